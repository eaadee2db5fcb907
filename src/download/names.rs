//! Names of kept files: such as a person would choose, and safe on every file system they may be copied to.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;

use crate::model::Time;

/// The longest file name in bytes, ending included.
const LONGEST_NAME: usize = 120;
/// Kept free for the ending and for ` (9999)`.
const ROOM: usize = " (9999)".len() + ".opus4".len();
/// The longest folder name in bytes.
const LONGEST_FOLDER: usize = 80;

/// What a file is named after.
#[derive(Debug, Clone, Default)]
pub struct Naming<'a> {
    /// The show's slug.
    pub show: &'a str,
    /// The episode's title.
    pub title: Option<&'a str>,
    /// When it was published.
    pub published: Option<Time>,
    /// The episode's number.
    pub number: Option<i64>,
    /// The season.
    pub season: Option<i64>,
    /// The episode's row, which stands in for a missing title.
    pub id: i64,
}

/// How file names are made: `{show}/{published:%Y-%m-%d} {title}.{ext}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Show,
    Title,
    Published(String),
    Number,
    Season,
    Id,
}

/// The text is no template for file names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a template for file names: {text:?}: {reason}")]
pub struct BadTemplate {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Default for Template {
    fn default() -> Self {
        let text = |text: &str| Piece::Text(text.to_owned());
        Self(vec![Piece::Show, text("/"), Piece::Published("%Y-%m-%d".to_owned()), text(" "), Piece::Title])
    }
}

impl FromStr for Template {
    type Err = BadTemplate;

    fn from_str(text: &str) -> Result<Self, BadTemplate> {
        let bad = |reason: String| BadTemplate { text: text.to_owned(), reason };
        let mut rest = text.strip_suffix(".{ext}").unwrap_or(text);
        let mut pieces = Vec::new();
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}').ok_or_else(|| bad("a { without }".to_owned()))?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::from_field(field).ok_or_else(|| bad(format!("no field {{{field}}}")))?);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        if !pieces.iter().any(|piece| matches!(piece, Piece::Title | Piece::Id | Piece::Number)) {
            return Err(bad("it needs {title}, {number} or {id}".to_owned()));
        }
        Ok(Self(pieces))
    }
}

impl Piece {
    fn from_field(field: &str) -> Option<Self> {
        Some(match field.split_once(':').unwrap_or((field, "")) {
            ("show", "") => Self::Show,
            ("title", "") => Self::Title,
            ("published", "") => Self::Published("%Y-%m-%d".to_owned()),
            ("published", format) => Self::Published(format.to_owned()),
            ("number", "") => Self::Number,
            ("season", "") => Self::Season,
            ("id", "") => Self::Id,
            _ => return None,
        })
    }

    /// What it stands for, on one level: a title makes no folders.
    fn text(&self, naming: &Naming<'_>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Show => one_level(naming.show),
            Self::Title => title(naming),
            Self::Published(format) => {
                naming.published.map(|at| one_level(&at.format(format))).unwrap_or_default()
            }
            Self::Number => naming.number.map(|number| number.to_string()).unwrap_or_default(),
            Self::Season => naming.season.map(|season| season.to_string()).unwrap_or_default(),
            Self::Id => naming.id.to_string(),
        }
    }
}

impl Template {
    /// The path below `audio/`, without ending, such as `show/2019-04-19 Title`. Each name in it is safe and bounded.
    pub fn stem(&self, naming: &Naming<'_>) -> String {
        let path: String = self.0.iter().map(|piece| piece.text(naming)).collect();
        let mut names: Vec<&str> = path.split('/').filter(|name| !name.trim().is_empty()).collect();
        let file = names.pop().unwrap_or_default();
        let folders = names.into_iter().map(|name| safe_name(name, LONGEST_FOLDER));
        let file = safe_name(file, LONGEST_NAME - ROOM);
        folders.chain([file]).collect::<Vec<_>>().join("/")
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Show => f.write_str("{show}")?,
                Piece::Title => f.write_str("{title}")?,
                Piece::Published(format) => write!(f, "{{published:{format}}}")?,
                Piece::Number => f.write_str("{number}")?,
                Piece::Season => f.write_str("{season}")?,
                Piece::Id => f.write_str("{id}")?,
            }
        }
        f.write_str(".{ext}")
    }
}

/// The path by the default template.
pub fn stem(naming: &Naming<'_>) -> String {
    Template::default().stem(naming)
}

fn title(naming: &Naming<'_>) -> String {
    let title = naming.title.map(one_level).filter(|title| title.chars().any(char::is_alphanumeric));
    title.unwrap_or_else(|| match naming.number {
        Some(number) => format!("episode {number}"),
        None => format!("episode id {}", naming.id),
    })
}

/// The text with nothing in it that a path would be split at.
fn one_level(text: &str) -> String {
    text.replace(['/', '\\'], "-")
}

/// A name of at most `longest` bytes that ext4, APFS, NTFS, exFAT and SMB all take, and that no shell, glob or file
/// list trips over: no control or invisible characters, none of `<>:"\|?*`, no dot, dash or tilde in front, no dot or
/// space behind, no name reserved by Windows; NFC.
fn safe_name(text: &str, longest: usize) -> String {
    let replaced: String = text.replace(": ", " - ").nfc().filter_map(safe_char).collect();
    let single_spaced = replaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let started = single_spaced.trim_start_matches(['.', '-', '~', ' ']);
    let name = cut(started, longest).trim_end_matches(['.', ' ']);
    match name {
        "" => "untitled".to_owned(),
        reserved if is_reserved(reserved) => cut(&format!("_{reserved}"), longest).to_owned(),
        name => name.to_owned(),
    }
}

fn safe_char(c: char) -> Option<char> {
    match c {
        ':' | '|' | '\\' | '/' => Some('-'),
        '"' => Some('\''),
        '<' => Some('('),
        '>' => Some(')'),
        '?' | '*' => None,
        c if c.is_control() => Some(' '),
        c if is_invisible(c) => None,
        c => Some(c),
    }
}

/// Zero width, direction, private use and non-characters: nothing that a file list shows.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// The first `longest` bytes at most, at the end of a character.
fn cut(text: &str, longest: usize) -> &str {
    &text[..text.floor_char_boundary(longest)]
}

/// Device names of Windows, whatever ending follows.
fn is_reserved(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    match base.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$" => true,
        _ => base.strip_prefix("COM").or(base.strip_prefix("LPT")).is_some_and(|port| {
            let mut digits = port.chars();
            let digit = |c: char| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³');
            digits.next().is_some_and(digit) && digits.next().is_none()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(title: &str) -> String {
        let published = "2019-04-19T08:00:00Z".parse().ok();
        stem(&Naming { show: "show", title: Some(title), published, id: 7, ..Naming::default() })
    }

    #[test]
    fn a_name_is_a_date_and_a_title() {
        assert_eq!(titled("#126: WebAssembly? Yes/No"), "show/2019-04-19 #126 - WebAssembly Yes-No");
        let naming = Naming { show: "show", id: 7, ..Naming::default() };
        assert_eq!(stem(&naming), "show/episode id 7");
        assert_eq!(
            stem(&Naming { number: Some(3), title: Some(" \u{200b}!"), ..naming.clone() }),
            "show/episode 3"
        );
        assert_eq!(stem(&Naming { title: Some("CON"), ..naming.clone() }), "show/_CON");
        assert_eq!(stem(&Naming { title: Some("lpt1.mp3"), ..naming.clone() }), "show/_lpt1.mp3");
        assert_eq!(stem(&Naming { show: "../..", title: Some("-rf ~"), ..naming }), "untitled/rf ~");
    }

    #[test]
    fn hostile_titles_become_plain_names() {
        for title in [
            "../../etc/passwd",
            "..",
            ".",
            ".bashrc",
            "-rf",
            "a\0b",
            "\u{1b}[31mred",
            "a\u{202e}3pm",
            "nul",
            "x. . .",
            &"ä".repeat(300),
            &"👩‍👩‍👧".repeat(90),
            "C:\\x|<y>\"*?",
            "\u{feff}",
            "a\nb",
            "COM¹.txt",
        ] {
            let stem = titled(title);
            let (show, name) = stem.split_once('/').unwrap();
            assert_eq!(show, "show");
            assert!(name.len() + ".opus".len() + " (9999)".len() <= LONGEST_NAME, "{name}");
            assert!(!name.contains(['/', '\\', ':', '<', '>', '"', '|', '?', '*', '\u{202e}']), "{name}");
            assert!(!name.chars().any(char::is_control), "{name}");
            assert!(!name.starts_with(['.', '-']) && !name.ends_with(['.', ' ']), "{name}");
        }
        assert_eq!(titled("Cafe\u{301}"), titled("Café"));
    }

    #[test]
    fn templates_are_checked() {
        let template: Template = "{show}/S{season}/{number} {title}.{ext}".parse().unwrap();
        let naming =
            Naming { show: "s", title: Some("T"), number: Some(4), season: Some(2), ..Naming::default() };
        assert_eq!(template.stem(&naming), "s/S2/4 T");
        assert_eq!(Template::default().to_string(), "{show}/{published:%Y-%m-%d} {title}.{ext}");
        assert_eq!(Template::default().to_string().parse(), Ok(Template::default()));
        for bad in ["", "{show}/{published}", "{show/{title}", "{title}{guid}"] {
            assert!(bad.parse::<Template>().is_err(), "{bad}");
        }
    }
}
