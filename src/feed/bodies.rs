//! Which of an item's texts are its notes.

use std::cmp::Reverse;

use memchr::{memchr, memchr2, memmem, memrchr};

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
/// more links, then more markup, then the first by [`ORDER`]. Texts that say the same are equally full. A field
/// that breaks off inside a tag loses.
pub(super) fn take_fullest<'a>(bodies: &mut Vec<Body<'a>>) -> Option<Body<'a>> {
    if bodies.len() <= 1 {
        return bodies.pop();
    }
    let first = bodies.first().map_or("", |body| body.text.as_ref());
    let best = if bodies.iter().all(|body| same(&body.text, first)) {
        let whole = bodies.iter().any(|body| !breaks_off(&body.text));
        most_marked(bodies.iter().enumerate().filter(|(_, body)| !whole || !breaks_off(&body.text)))
    } else {
        longest_by_far(bodies).or_else(|| fullest(bodies))
    };
    Some(bodies.remove(best?))
}

/// The body whose visible text alone is longer than all others with their markup, which need no measuring then.
fn longest_by_far(bodies: &[Body<'_>]) -> Option<usize> {
    let (at, longest) = bodies.iter().enumerate().max_by_key(|(_, body)| body.text.len())?;
    let others = bodies.iter().enumerate().filter(|(other, _)| *other != at);
    let enough = others.map(|(_, body)| body.text.len()).max()? as f64 / NEARLY;
    let far = longest.text.len() as f64 > enough
        && visible(&longest.text, enough as usize) as f64 > enough
        && !breaks_off(&longest.text);
    far.then_some(at)
}

fn fullest(bodies: &[Body<'_>]) -> Option<usize> {
    let measured: Vec<Measure> = bodies.iter().map(Measure::of).collect();
    let whole = measured.iter().any(|measure| !measure.breaks_off && measure.visible > 0);
    let counts = |measure: &Measure| !(whole && measure.breaks_off);
    let longest = measured.iter().filter(|measure| counts(measure)).map(|measure| measure.visible).max()?;
    let enough = longest as f64 * NEARLY;
    let is_full = |at: usize| counts(&measured[at]) && measured[at].visible as f64 >= enough;
    most_marked(bodies.iter().enumerate().filter(|(at, _)| is_full(*at)))
}

/// The one with the most links, then tags, then the first by [`ORDER`].
fn most_marked<'a>(bodies: impl Iterator<Item = (usize, &'a Body<'a>)>) -> Option<usize> {
    let rank = |body: &Body| ORDER.iter().position(|source| *source == body.source).unwrap_or(ORDER.len());
    bodies
        .max_by_key(|(_, body)| (links(&body.text), tags(&body.text), Reverse(rank(body))))
        .map(|(at, _)| at)
}

#[derive(Debug)]
struct Measure {
    /// Characters a reader sees, runs of white space as one.
    visible: usize,
    breaks_off: bool,
}

impl Measure {
    fn of(body: &Body<'_>) -> Self {
        Self { visible: visible(&body.text, usize::MAX), breaks_off: breaks_off(&body.text) }
    }
}

fn links(text: &str) -> usize {
    let opened = memmem::find_iter(text.as_bytes(), "<a");
    opened.filter(|at| text.as_bytes().get(at + 2).is_some_and(u8::is_ascii_whitespace)).count()
}

fn tags(text: &str) -> usize {
    let (mut tags, mut rest) = (0, text);
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        let markup = &rest[at..];
        tags += usize::from(opens_tag(markup));
        rest = &markup[step(markup)..];
    }
    tags
}

/// How many characters of a text are seen, counted until there are more than `enough`. A reference counts as one
/// character, and so does a no-break space however it is written.
fn visible(text: &str, enough: usize) -> usize {
    let (mut seen, mut before) = (0, b' ');
    let mut rest = text;
    while seen <= enough {
        let (plain, markup) = rest.split_at(memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len()));
        if let [first, .., last] | [first @ last] = plain.as_bytes() {
            seen += usize::from(is_seen(before, *first)) + seen_behind_first(plain.as_bytes());
            before = *last;
        }
        if markup.is_empty() {
            break;
        }
        if !opens_tag(markup) {
            seen += 1;
            before = b'&';
        }
        rest = &markup[step(markup)..];
    }
    seen - usize::from(is_white(before) && seen > 0)
}

/// How many characters are seen of a text without markup, its first byte left out. Summed up in bytes, which a
/// machine does many at a time.
fn seen_behind_first(bytes: &[u8]) -> usize {
    let (before, after) = (&bytes[..bytes.len() - 1], &bytes[1..]);
    let chunks = before.chunks(255).zip(after.chunks(255));
    let count = |(before, after): (&[u8], &[u8])| {
        let seen = before.iter().zip(after).map(|(before, byte)| u8::from(is_seen(*before, *byte)));
        usize::from(seen.fold(0_u8, u8::wrapping_add))
    };
    chunks.map(count).sum()
}

/// Whether a byte begins a character that is seen: no white space behind white space.
fn is_seen(before: u8, byte: u8) -> bool {
    byte & 0xc0 != 0x80 && !(is_white(byte) & is_white(before))
}

fn is_white(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5)
}

/// The length of the tag, reference or lone `<` or `&` that `text` begins with.
fn step(text: &str) -> usize {
    if opens_tag(text) {
        return memchr(b'>', text.as_bytes()).map_or(text.len(), |end| end + 1);
    }
    let end = text.bytes().take(12).position(|byte| byte == b';').filter(|_| text.starts_with('&'));
    end.filter(|end| text[1..*end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#'))
        .map_or(1, |end| end + 1)
}

fn opens_tag(text: &str) -> bool {
    matches!(text.as_bytes(), [b'<', b'/' | b'!' | b'a'..=b'z' | b'A'..=b'Z', ..])
}

/// Whether a text ends inside a tag, as one cut to a fixed length does.
fn breaks_off(text: &str) -> bool {
    memrchr(b'<', text.as_bytes()).is_some_and(|last| opens_tag(&text[last..]) && !text[last..].contains('>'))
}

/// Whether two texts say the same to a reader's eye: equal but for tags, references and white space.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || a.len().abs_diff(b.len()) < 4096 && same_letters(a, b)
}

fn same_letters(mut a: &str, mut b: &str) -> bool {
    loop {
        let common = common(a, b);
        (a, b) = (&a[common..], &b[common..]);
        match (next_letter(&mut a), next_letter(&mut b)) {
            (None, None) => return true,
            (a, b) if a != b => return false,
            _ => {}
        }
    }
}

/// The length of what both texts begin with, up to the next markup.
fn common(a: &str, b: &str) -> usize {
    let is_markup = |byte: &u8| matches!(byte, b'<' | b'&');
    let (blocks, others) = (a.as_bytes().as_chunks::<16>().0, b.as_bytes().as_chunks::<16>().0);
    let alike = blocks.iter().zip(others).take_while(|(a, b)| a == b && !a.iter().any(is_markup));
    let blocks = alike.count() * 16;
    let pairs = a.as_bytes()[blocks..].iter().zip(&b.as_bytes()[blocks..]);
    let end = blocks + pairs.take_while(|(a, b)| a == b && !is_markup(a)).count();
    (0..=end).rev().find(|at| a.is_char_boundary(*at)).unwrap_or(0)
}

/// Passes over the next letter or digit, and what stands before it.
fn next_letter(text: &mut &str) -> Option<char> {
    while let Some(first) = text.chars().next() {
        let markup = matches!(first, '<' | '&');
        *text = &text[if markup { step(text) } else { first.len_utf8() }..];
        if !markup && first.is_alphanumeric() {
            return Some(first);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fullest(fields: &[(&'static str, &str)]) -> &'static str {
        let mut bodies: Vec<_> =
            fields.iter().map(|(source, text)| Body { source, text: (*text).into(), base: None }).collect();
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
        assert_eq!(visible("<p>a &amp; b</p>  \n <br/>c", 99), 7);
        assert_eq!(visible("1 < 2 & 3", 99), 9);
        assert!(same("<p>It&#8217;s  here</p>", "Its here"));
    }
}
