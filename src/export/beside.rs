//! What lies beside the audio of an episode: a JSON file and a page, made of all that is known of it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::archive::Record;
use crate::model::redact_text;

/// Raised when the same record makes other bytes: what is there is made anew.
pub const VERSION: u32 = 1;

/// The record as JSON: each part a row, its members named as the columns of the archive.
pub fn json(record: &Record) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&bare(record)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The record without the secrets in its addresses: a web server may give the folder out, a program may log what it gets.
pub fn bare(record: &Record) -> Record {
    let mut record = record.clone();
    let addresses = record.resources.iter_mut().filter_map(|resource| resource.get_mut("url"));
    let own = ["guid", "identity", "link"].into_iter();
    let show = record.show.get_mut("feed_url");
    addresses.chain(show).for_each(hide);
    own.for_each(|name| record.episode.get_mut(name).into_iter().for_each(hide));
    record
}

/// Takes the secrets out of an address.
fn hide(address: &mut Value) {
    if let Value::String(text) = address {
        *text = redact_text(text);
    }
}

/// The notes as a page that needs nothing else and runs nothing: `audio` and `cover` are the names of files beside it.
pub fn html(record: &Record, audio: &str, cover: Option<&str>) -> Vec<u8> {
    let (episode, show) = (&record.episode, &record.show);
    let title = text(episode, "title").unwrap_or("Untitled");
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file:\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escaped(text(show, "language").unwrap_or("und")),
        escaped(title)
    );
    if let Some(cover) = cover {
        page += &format!("<img src=\"{}\" alt=\"\">\n", relative(cover));
    }
    page += &format!("<h1>{}</h1>\n<p>{}</p>\n", escaped(title), facts(record));
    page += &format!("<audio controls preload=\"none\" src=\"{}\"></audio>\n", relative(audio));
    page += &people(&record.people);
    for segment in &record.segments {
        page += &part(segment, &record.links);
    }
    if record.segments.is_empty() {
        page +=
            &format!("<p class=\"text\">{}</p>\n", escaped(text(episode, "notes_text").unwrap_or_default()));
    }
    page += "</body>\n</html>\n";
    page.into_bytes()
}

const STYLE: &str = "body{max-width:42em;margin:2em auto;padding:0 1em;font:1em/1.5 sans-serif}img{float:right;width:10em;margin:0 0 1em 1em}\
audio{width:100%}.text{white-space:pre-line}.boilerplate{color:#666}";

/// The show, the day, the number, the page of the episode.
fn facts(record: &Record) -> String {
    let episode = &record.episode;
    let name = text(&record.show, "title").or(text(&record.show, "slug")).unwrap_or_default();
    let day = text(episode, "published_at").and_then(|at| at.get(..10));
    let number = episode.get("number").and_then(Value::as_i64).map(|number| format!("episode {number}"));
    let page = text(episode, "link").filter(|url| is_web(url)).map(|url| link(&redact_text(url), "web page"));
    let words = [Some(escaped(name)), day.map(escaped), number, page];
    words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn people(people: &[Map<String, Value>]) -> String {
    let one = |person: &Map<String, Value>| {
        let (name, role) = (text(person, "name")?, text(person, "role")?);
        Some(format!("{} ({})", escaped(name), escaped(role)))
    };
    let names: Vec<String> = people.iter().filter_map(one).collect();
    if names.is_empty() { String::new() } else { format!("<p>With {}</p>\n", names.join(", ")) }
}

/// A segment: its heading, its words, its links.
fn part(segment: &Map<String, Value>, links: &[Map<String, Value>]) -> String {
    let class = if text(segment, "kind") == Some("boilerplate") { " class=\"boilerplate\"" } else { "" };
    let start = segment.get("start_seconds").and_then(Value::as_f64).map(clock);
    let heading = [start, text(segment, "presenter").map(escaped), text(segment, "title").map(escaped)];
    let heading = heading.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let mut out = format!("<section{class}>\n");
    if !heading.is_empty() {
        out += &format!("<h2>{heading}</h2>\n");
    }
    out += &format!("<p class=\"text\">{}</p>\n", escaped(text(segment, "text").unwrap_or_default()));
    let position = segment.get("position");
    let is_here = |link: &&Map<String, Value>| position.is_some() && link.get("segment_position") == position;
    let items: String = links.iter().filter(is_here).filter_map(item).collect();
    if !items.is_empty() {
        out += &format!("<ul>\n{items}</ul>\n");
    }
    out + "</section>\n"
}

fn item(of: &Map<String, Value>) -> Option<String> {
    let url = text(of, "url").filter(|url| is_web(url))?;
    Some(format!(
        "<li>{}</li>\n",
        link(url, text(of, "text").filter(|text| !text.trim().is_empty()).unwrap_or(url))
    ))
}

fn link(url: &str, words: &str) -> String {
    format!("<a href=\"{}\" rel=\"noreferrer\">{}</a>", escaped(url), escaped(words))
}

/// Nothing that runs: no `javascript:`, no `data:`.
fn is_web(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

/// Hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// What stands for itself in a path (RFC 3986, 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a file in the same folder.
fn relative(name: &str) -> String {
    utf8_percent_encode(name, PLAIN).to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn text<'m>(of: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    of.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_page_shows_what_was_written_and_runs_none_of_it() {
        let record = Record {
            episode: map(
                &json!({"title": "<script>alert(1)</script>", "number": 7, "published_at": "2024-03-09T06:00:00Z",
                                  "link": "javascript:alert(2)"}),
            ),
            show: map(&json!({"title": "A \"Show\"", "language": "en\" onload=\"x"})),
            segments: vec![map(
                &json!({"position": 1, "kind": "topic", "title": "T & U", "start_seconds": 3723.4,
                                        "text": "one\n<img src=x onerror=alert(3)>"}),
            )],
            links: vec![
                map(&json!({"segment_position": 1, "url": "https://a.example/?a=1&b=\"", "text": "there"})),
                map(&json!({"segment_position": 1, "url": "data:text/html,x", "text": "no"})),
                map(&json!({"segment_position": 2, "url": "https://b.example/", "text": "elsewhere"})),
            ],
            people: vec![map(&json!({"name": "Ada", "role": "host"}))],
            ..Record::default()
        };
        let page = String::from_utf8(html(&record, "7 #é?.mp3", Some("7.jpg"))).unwrap();
        let body = page.split_once("<body>\n").unwrap().1;
        assert_eq!(
            body,
            "<img src=\"7.jpg\" alt=\"\">\n<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>\n\
             <p>A &quot;Show&quot; · 2024-03-09 · episode 7</p>\n\
             <audio controls preload=\"none\" src=\"7%20%23%C3%A9%3F.mp3\"></audio>\n<p>With Ada (host)</p>\n\
             <section>\n<h2>1:02:03 · T &amp; U</h2>\n<p class=\"text\">one\n&lt;img src=x onerror=alert(3)&gt;</p>\n\
             <ul>\n<li><a href=\"https://a.example/?a=1&amp;b=&quot;\" rel=\"noreferrer\">there</a></li>\n</ul>\n</section>\n\
             </body>\n</html>\n"
        );
        assert!(page.contains("<html lang=\"en&quot; onload=&quot;x\">"), "{page}");
    }
}
