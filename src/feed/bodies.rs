//! Which of an item's texts are its notes.

use super::wire::Body;

/// The order in which fields are tried where nothing else tells them apart.
const ORDER: [&str; 10] = [
    "content:encoded",
    "content",
    "content_html",
    "content_text",
    "description",
    "itunes:summary",
    "summary",
    "dc:description",
    "subtitle",
    "tagline",
];

/// Fields whose visible texts differ in length by no more than this count as equally full.
const NEARLY: f64 = 0.95;

/// Takes the fullest of `bodies` out: the one with the longest visible text, of nearly equal ones the one with
/// more links, then more markup, then the first by [`ORDER`]. A field that breaks off inside a tag loses.
pub(super) fn take_fullest(bodies: &mut Vec<Body>) -> Option<Body> {
    if bodies.len() <= 1 {
        return bodies.pop();
    }
    let measured: Vec<Measure> = bodies.iter().map(Measure::of).collect();
    let whole = measured.iter().any(|measure| !measure.breaks_off && measure.visible > 0);
    let counts = |measure: &&Measure| !(whole && measure.breaks_off);
    let longest = measured.iter().filter(counts).map(|measure| measure.visible).max()?;
    let enough = longest as f64 * NEARLY;
    let candidates = measured
        .iter()
        .enumerate()
        .filter(|(_, measure)| counts(measure) && measure.visible as f64 >= enough);
    let (best, _) = candidates.max_by_key(|(_, m)| (m.links, m.tags, std::cmp::Reverse(m.rank)))?;
    Some(bodies.remove(best))
}

#[derive(Debug)]
struct Measure {
    /// Characters a reader sees, runs of white space as one.
    visible: usize,
    links: usize,
    tags: usize,
    breaks_off: bool,
    rank: usize,
}

impl Measure {
    fn of(body: &Body) -> Self {
        let text = body.text.as_str();
        let (visible, tags) = visible(text);
        let links = text
            .match_indices("<a")
            .filter(|(at, _)| text.as_bytes().get(at + 2).is_some_and(u8::is_ascii_whitespace));
        Self {
            visible,
            links: links.count(),
            tags,
            breaks_off: breaks_off(text),
            rank: ORDER.iter().position(|source| *source == body.source).unwrap_or(ORDER.len()),
        }
    }
}

/// How many characters of a text are seen, and how many tags it has. A reference counts as one character.
fn visible(text: &str) -> (usize, usize) {
    let (mut seen, mut tags, mut blank) = (0, 0, true);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut step = first.len_utf8();
        match first {
            '<' if opens_tag(rest) => {
                tags += 1;
                step = rest.find('>').map_or(rest.len(), |end| end + 1);
            }
            _ if first.is_whitespace() => {
                seen += usize::from(!blank);
                blank = true;
            }
            _ => {
                if first == '&' {
                    step = reference(rest);
                }
                seen += 1;
                blank = false;
            }
        }
        rest = &rest[step..];
    }
    (seen - usize::from(blank && seen > 0), tags)
}

/// The length of the reference that `text` begins with, else of its `&`.
fn reference(text: &str) -> usize {
    let end = text.bytes().take(12).position(|byte| byte == b';');
    end.filter(|end| text[1..*end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#'))
        .map_or(1, |end| end + 1)
}

fn opens_tag(text: &str) -> bool {
    text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
}

/// Whether a text ends inside a tag, as one cut to a fixed length does.
fn breaks_off(text: &str) -> bool {
    text.rfind('<').is_some_and(|last| opens_tag(&text[last..]) && !text[last..].contains('>'))
}

/// Whether two texts say the same to a reader's eye: equal but for tags, references and white space.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || a.len().abs_diff(b.len()) < 4096 && skeleton(a) == skeleton(b)
}

fn skeleton(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut step = first.len_utf8();
        match first {
            '<' if opens_tag(rest) => step = rest.find('>').map_or(rest.len(), |end| end + 1),
            '&' => step = reference(rest),
            _ if first.is_alphanumeric() => out.push(first),
            _ => {}
        }
        rest = &rest[step..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fullest(fields: &[(&'static str, &str)]) -> &'static str {
        let mut bodies: Vec<_> = fields
            .iter()
            .map(|(source, text)| Body { source, text: (*text).to_owned(), base: None })
            .collect();
        take_fullest(&mut bodies).unwrap().source
    }

    #[test]
    fn the_fullest_field_holds_the_notes() {
        assert_eq!(
            fullest(&[("description", "short"), ("content:encoded", "<p>much longer</p>")]),
            "content:encoded"
        );
        assert_eq!(
            fullest(&[("description", "much longer text"), ("content:encoded", "<b>x</b>")]),
            "description"
        );
        assert_eq!(fullest(&[("description", "same"), ("content:encoded", "same")]), "content:encoded");
        assert_eq!(
            fullest(&[("content:encoded", "same"), ("itunes:summary", "<a href='x'>same</a>")]),
            "itunes:summary"
        );
        assert_eq!(
            fullest(&[("itunes:summary", "longer, but cut <a hre"), ("description", "short")]),
            "description"
        );
        assert_eq!(fullest(&[("description", "<!-- -->"), ("itunes:summary", "x")]), "itunes:summary");
    }

    #[test]
    fn markup_is_not_seen() {
        assert_eq!(visible("<p>a &amp; b</p>  \n <br/>c"), (7, 3));
        assert_eq!(visible("1 < 2 & 3"), (9, 0));
        assert!(same("<p>It&#8217;s  here</p>", "Its here"));
    }
}
