//! Names that every file system takes, whatever the words were that they are made of.

use unicode_normalization::UnicodeNormalization as _;

/// The text with nothing in it that a path would be split at.
pub(super) fn one_level(text: &str) -> String {
    text.replace(['/', '\\'], "-")
}

/// A name of at most `longest` bytes that ext4, APFS, NTFS, exFAT and SMB all take, and that no shell, glob or file
/// list trips over: no control or invisible characters, none of `<>:"\|?*`, no dot, dash or tilde in front, no dot or
/// space behind, no name reserved by Windows; NFC. Empty if nothing of the text is left.
pub(super) fn safe_or_empty(text: &str, longest: usize) -> String {
    let replaced: String = text.replace(": ", " - ").nfc().filter_map(safe_char).collect();
    let single_spaced = replaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let started = single_spaced.trim_start_matches(['.', '-', '~', ' ']);
    let name = cut(started, longest).trim_end_matches(['.', ' ']);
    if is_reserved(name) { cut(&format!("_{name}"), longest).to_owned() } else { name.to_owned() }
}

/// The same; `untitled` for what would be empty.
pub(super) fn safe_name(text: &str, longest: usize) -> String {
    Some(safe_or_empty(text, longest))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "untitled".to_owned())
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
pub(super) fn cut(text: &str, longest: usize) -> &str {
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

/// Names that are one file on some file system have one such form.
pub fn case_blind(name: &str) -> String {
    name.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}
