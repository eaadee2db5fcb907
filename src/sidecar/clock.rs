//! Places in time, as transcripts and chapters write them: `1:02:03,5`, `02:03.500`, `3723.5`.

/// Later than the end of any episode (seconds): such a number is a slip.
const LATEST: f64 = 1_000_000.0;

/// A time with colons at the beginning of a text, in seconds, and what follows it. Hours may be left out and minutes pass 59.
pub(super) fn leading(text: &str) -> Option<(f64, &str)> {
    let (first, mut rest) = digits(text)?;
    let mut parts = vec![first];
    while parts.len() < 3
        && let Some((part, after)) = rest.strip_prefix(':').and_then(digits)
    {
        parts.push(part);
        rest = after;
    }
    let (micros, rest) = fraction(rest);
    let [.., minutes, seconds] = parts[..] else { return None };
    let hours = if parts.len() == 3 { parts[0] } else { 0 };
    let sound = seconds < 60 && (minutes < 60 || parts.len() == 2);
    let whole = (hours * 60 + minutes) * 60 + seconds;
    let told = (whole * 1_000_000 + micros) as f64 / 1e6;
    (sound && told <= LATEST).then_some((told, rest))
}

/// A whole text that is a time: with colons, or as a number of seconds.
pub(super) fn whole(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some((seconds, rest)) = leading(text) {
        return rest.is_empty().then_some(seconds);
    }
    let number = text.strip_suffix('s').unwrap_or(text).replace(',', ".");
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && number.len() <= 20;
    if plain { number.parse().ok().and_then(sound) } else { None }
}

/// A number of seconds that may be a place in an episode.
pub(super) fn sound(seconds: f64) -> Option<f64> {
    (0.0..=LATEST).contains(&seconds).then_some(seconds)
}

/// Up to six digits, and what follows them.
fn digits(text: &str) -> Option<(u64, &str)> {
    let end = text.bytes().take(7).take_while(u8::is_ascii_digit).count();
    if !(1..=6).contains(&end) {
        return None;
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// `.5`, `,500` as millionths of a second; `:500` too, three digits long, as some programs write.
fn fraction(text: &str) -> (u64, &str) {
    let Some(after) = text.strip_prefix(['.', ',', ':']) else { return (0, text) };
    let end = after.bytes().take_while(u8::is_ascii_digit).count();
    if end == 0 || text.starts_with(':') && end != 3 {
        return (0, text);
    }
    let micros = after.bytes().take(end).chain(std::iter::repeat(b'0')).take(6);
    (micros.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')), &after[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, seconds, rest) in [
            ("00:00:01,000 --> x", 1.0, " --> x"),
            ("1:02:03,5", 3723.5, ""),
            ("02:03.25 x", 123.25, " x"),
            ("90:00", 5400.0, ""),
            ("00:01:02:500", 62.5, ""),
            ("00:01:02.1234567", 62.123_456, ""),
            ("100:00:00", 360_000.0, ""),
            ("00:01:02.", 62.0, "."),
        ] {
            assert_eq!(leading(text), Some((seconds, rest)), "{text}");
        }
        for text in ["", "12", "1:99", "1:60:00", "a:b", ":12", "9999999:00", "999999:00:00"] {
            assert_eq!(leading(text), None, "{text}");
        }
        assert_eq!(whole(" 12.5 "), Some(12.5));
        assert_eq!(whole("12.5s"), Some(12.5));
        assert_eq!(whole("00:12"), Some(12.0));
        assert_eq!([whole("NaN"), whole("1e9"), whole(""), whole("00:12 x"), whole("-1")], [None; 5]);
    }
}
