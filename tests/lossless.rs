//! Nothing that a feed says is lost: every text and every attribute of every element, as an independent reader of XML
//! sees them, is found in what castkeep makes of the item or the channel that holds them. So are the members of a
//! JSON Feed.
//!
//! "Found" means equal but for white space and references, or what [`Given::holds`] names: a number, a truth value,
//! an address made absolute, a word in lower case, a part of markup that is kept as markup, what stands in a CDATA
//! section that was escaped with its marks.

#[path = "support/say.rs"]
mod say;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use castkeep::feed::{Hints, parse};
use castkeep::model::Parsed;
use quick_xml::escape::resolve_html5_entity;
use say::say;
use serde::Serialize;
use serde_json::Value;

/// What a fixture is read relative to.
const BASE: &str = "https://show.example/feed.xml";

/// What an item or channel was read as: the texts, numbers and truth values of all its columns and of `extra`.
#[derive(Default)]
struct Given {
    texts: HashSet<String>,
    numbers: Vec<f64>,
    truths: Vec<bool>,
    /// All texts, one after another, to look for parts of markup.
    all: String,
}

impl Given {
    fn of(value: impl Serialize) -> Self {
        let mut given = Self::default();
        given.take(&serde_json::to_value(value).unwrap());
        given
    }

    fn take(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(truth) => self.truths.push(*truth),
            Value::Number(number) => {
                self.numbers.push(number.as_f64().unwrap());
                self.texts.insert(number.to_string());
            }
            Value::String(text) => {
                let text = plain(text);
                self.all.push_str(&text);
                self.all.push('\n');
                self.texts.insert(text);
            }
            Value::Array(all) => all.iter().for_each(|value| self.take(value)),
            Value::Object(map) => {
                let told = map.iter().filter(|(name, _)| *name != "item_sha256");
                told.for_each(|(_, value)| self.take(value));
            }
        }
    }

    /// Whether a text is here in one of the forms that the columns give it.
    fn holds(&self, text: &str, in_markup: bool) -> bool {
        let text = plain(text);
        text.is_empty()
            || self.texts.contains(&text)
            || self.texts.contains(&text.to_lowercase())
            || number(&text).is_some_and(|number| self.numbers.contains(&number))
            || truth(&text).is_some_and(|truth| self.truths.contains(&truth))
            || self.is_made_absolute(&text)
            || inside_cdata(&text).is_some_and(|inside| self.texts.contains(inside.trim()))
            || in_markup && self.all.contains(&text)
    }

    fn is_made_absolute(&self, text: &str) -> bool {
        let base: url::Url = BASE.parse().unwrap();
        let ends = |held: &String| held.contains("://") && held.ends_with(text);
        base.join(text).is_ok_and(|url| self.texts.contains(url.as_str()))
            || text.contains(['/', '.']) && self.texts.iter().any(ends)
    }
}

/// References replaced, as often as programs write them, and white space made one space.
fn plain(text: &str) -> String {
    let mut text =
        text.replace('\u{92}', "’").replace('\u{93}', "“").replace('\u{94}', "”").replace('\u{96}', "–");
    for _ in 0..2 {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let name = rest[1..].split_once(';').map(|(name, _)| name).filter(|name| name.len() < 32);
            let meaning = name.and_then(reference);
            let length = if meaning.is_some() { name.map_or(1, |name| name.len() + 2) } else { 1 };
            out.push_str(meaning.as_deref().unwrap_or("&"));
            rest = &rest[length..];
        }
        out.push_str(rest);
        text = out;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn reference(name: &str) -> Option<String> {
    let code = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16).ok(),
        Some(decimal) => decimal.parse().ok(),
        None => return resolve_html5_entity(name).map(str::to_owned),
    };
    code.and_then(char::from_u32).map(String::from)
}

fn inside_cdata(text: &str) -> Option<&str> {
    text.strip_prefix("<![CDATA[")?.strip_suffix("]]>")
}

/// A number, or a length of time in seconds.
fn number(text: &str) -> Option<f64> {
    let clock = |text: &str| {
        text.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.trim().parse::<f64>().ok()?))
    };
    text.parse().ok().or_else(|| clock(text.trim_start_matches(':')))
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

fn is_item(node: roxmltree::Node<'_, '_>) -> bool {
    let name = node.tag_name().name();
    let outer =
        |name: &str| ["rss", "rdf", "channel", "feed"].iter().any(|outer| outer.eq_ignore_ascii_case(name));
    ["item", "entry"].iter().any(|item| item.eq_ignore_ascii_case(name))
        && node.parent().is_some_and(|parent| parent.is_root() || outer(parent.tag_name().name()))
}

fn is_outer(node: roxmltree::Node<'_, '_>) -> bool {
    let name = node.tag_name().name();
    node.parent().is_some_and(|parent| parent.is_root()) && !is_item(node)
        || name.eq_ignore_ascii_case("channel")
            && node.parent().is_some_and(|parent| parent == node.document().root_element())
}

/// What an element and its descendants say that `given` does not hold.
fn lost(node: roxmltree::Node<'_, '_>, given: &Given, depth: usize, out: &mut Vec<String>) {
    let name = node.tag_name().name();
    let holders = ["content", "encoded", "summary", "description", "title", "subtitle", "tagline"];
    // XHTML in a field for notes is kept as the markup it is.
    let in_markup = node.ancestors().skip(1).any(|outer| holders.contains(&outer.tag_name().name()));
    for attribute in node.attributes() {
        // Which column the address of a link has, says what the link is.
        let is_role = name == "link" && matches!(attribute.value(), "alternate" | "enclosure");
        if !is_role && !given.holds(attribute.value(), in_markup) {
            out.push(format!("<{name} {}={:?}>", attribute.name(), attribute.value()));
        }
    }
    if node.attribute("mode") == Some("base64") {
        // Unpacked, it is other text; `fixtures/feeds/atom_0_3.xml` shows which.
        return;
    }
    let texts = || node.children().filter(roxmltree::Node::is_text).filter_map(|text| text.text());
    let whole: String = texts().collect();
    let holds_markup = in_markup || holders.contains(&name);
    let held = given.holds(&whole, in_markup) || holds_markup && texts().all(|text| given.holds(text, true));
    if !held {
        out.push(format!("<{name}> {:?}", whole.trim()));
    }
    for child in node.children().filter(roxmltree::Node::is_element) {
        let apart = is_item(child) || depth == 0 && is_outer(child);
        if !apart {
            lost(child, given, depth + 1, out);
        }
    }
}

fn text_of(body: &[u8]) -> String {
    let head = String::from_utf8_lossy(&body[..body.len().min(200)]).to_lowercase();
    let label =
        head.split_once("encoding=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(label, _)| label);
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding.unwrap_or(encoding_rs::UTF_8).decode(body).0.into_owned(),
    }
}

/// A document as a strict reader takes it: prefixes declared, and one that was cut ended behind its last item.
fn mended(mut text: String) -> Option<String> {
    for _ in 0..8 {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        match roxmltree::Document::parse_with_options(&text, options) {
            Ok(_) => return Some(text),
            Err(roxmltree::Error::UnknownNamespace(prefix, _)) => {
                let root =
                    ["<rss", "<rdf:RDF", "<feed"].iter().find_map(|root| Some(text.find(root)? + root.len()));
                text.insert_str(root?, &format!(" xmlns:{prefix}=\"urn:undeclared:{prefix}\""));
            }
            Err(_) if !text.ends_with("</rss>") => {
                text.truncate(text.rfind("</item>")? + "</item>".len());
                text.push_str("</channel></rss>");
            }
            Err(_) => return None,
        }
    }
    None
}

/// What is lost of an XML document; `None` if it is not well-formed, or holds more items than were read.
fn lost_of_xml(body: &[u8]) -> Option<Vec<String>> {
    let url = BASE.parse().unwrap();
    let parsed = parse(body, Hints { content_type: None, url: Some(&url) }, &|_| false).ok()?;
    lost_between(body, &parsed)
}

fn lost_between(body: &[u8], parsed: &Parsed) -> Option<Vec<String>> {
    let text = text_of(body);
    if text.contains('\u{fffd}') {
        return None;
    }
    let text = mended(text.trim_start().to_owned())?;
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&text, options).ok()?;
    // A reference to half a character: a strict reader would not go on.
    if document.descendants().any(|node| node.text().is_some_and(|text| text.contains('\u{fffd}'))) {
        return None;
    }
    let mut out = Vec::new();
    let show = Given::of((&parsed.show, &parsed.paging.next, &parsed.paging.prev_archive));
    for outer in document.descendants().filter(|node| node.is_element() && is_outer(*node)) {
        lost(outer, &show, 0, &mut out);
    }
    let items: Vec<_> = document.descendants().filter(|node| node.is_element() && is_item(*node)).collect();
    assert!(items.len() <= parsed.episodes.len());
    for (item, episode) in items.into_iter().zip(&parsed.episodes) {
        lost(item, &Given::of(episode), 1, &mut out);
    }
    Some(out)
}

fn lost_of_json(value: &Value, given: &Given, name: &str, out: &mut Vec<String>) {
    let held = match value {
        Value::Null => true,
        Value::Bool(truth) => given.truths.contains(truth),
        Value::Number(number) => given.holds(&number.to_string(), false),
        Value::String(text) => given.holds(text, name == "name"),
        Value::Array(all) => return all.iter().for_each(|value| lost_of_json(value, given, name, out)),
        Value::Object(map) => {
            return map.iter().for_each(|(name, value)| lost_of_json(value, given, name, out));
        }
    };
    if !held {
        out.push(format!("{name}: {value}"));
    }
}

fn lost_of_json_feed(body: &[u8]) -> Option<Vec<String>> {
    let url = BASE.parse().unwrap();
    let parsed = parse(body, Hints { content_type: None, url: Some(&url) }, &|_| false).unwrap();
    let Value::Object(mut document) = serde_json::from_slice(body).ok()? else { return None };
    let mut out = Vec::new();
    let items = document.remove("items").unwrap_or_default();
    lost_of_json(&Value::Object(document), &Given::of(&parsed.show), "", &mut out);
    for (item, episode) in items.as_array().unwrap().iter().zip(&parsed.episodes) {
        lost_of_json(item, &Given::of(episode), "", &mut out);
    }
    Some(out)
}

/// A feed in XML, or one in JSON, beside which lies what it is read as.
fn is_input(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "xml") || path.to_string_lossy().ends_with(".feed.json")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn check(paths: Vec<PathBuf>) -> (usize, usize, Vec<String>) {
    let (mut read, mut damaged, mut wrong) = (0, 0, Vec::new());
    for path in paths {
        let body = fs::read(&path).unwrap();
        let is_json = path.extension().unwrap() == "json";
        let Some(lost) = (if is_json { lost_of_json_feed(&body) } else { lost_of_xml(&body) }) else {
            say!("{}: damaged, so that no strict reader reads it", path.display());
            damaged += 1;
            continue;
        };
        read += 1;
        if !lost.is_empty() {
            let shown: Vec<&String> = lost.iter().take(12).collect();
            wrong.push(format!("{}: {} lost: {shown:#?}", path.display(), lost.len()));
        }
    }
    (read, damaged, wrong)
}

#[test]
fn nothing_in_a_fixture_is_lost() {
    let mut paths = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds"));
    paths.retain(|path| is_input(path));
    let (read, damaged, wrong) = check(paths);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // What the damaged ones hold is written down beside them (`tests/feeds.rs`).
    assert!(read > 2 * damaged, "only {read} fixtures were read, and {damaged} were not");
}

#[test]
fn nothing_in_a_real_feed_is_lost() {
    let Some(shared) = std::env::var_os("CASTKEEP_SHARED") else {
        say!("skipped: CASTKEEP_SHARED does not name a folder with corpus/feeds");
        return;
    };
    let (read, damaged, wrong) = check(files(&Path::new(&shared).join("corpus/feeds")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(damaged, 0, "documents that were not compared");
    say!("{read} documents hold nothing that is lost");
}

/// The comparison itself: what one document says and the reading of another does not hold, is told.
#[test]
fn a_loss_would_be_noticed() {
    let document = |extra: &str| {
        format!(
            "<rss version='2.0'><channel><title>A</title>{extra}<item><title>One</title>{extra}</item></channel></rss>"
        )
    };
    let parsed = parse(document("").as_bytes(), Hints::default(), &|_| false).unwrap();
    let lost =
        lost_between(document("<docs at='urn:x'>here</docs><a><b c='7'/></a>").as_bytes(), &parsed).unwrap();
    let one = ["<docs at=\"urn:x\">", "<docs> \"here\"", "<b c=\"7\">"];
    assert_eq!(lost, [one, one].concat());
    assert_eq!(lost_between(document("").as_bytes(), &parsed).unwrap(), Vec::<String>::new());
}
