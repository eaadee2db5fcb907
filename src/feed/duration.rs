//! Lengths of time as feeds write them.

/// Longer than any episode (seconds); more is a slip.
const LONGEST: f64 = 1_000_000.0;

/// Reads `1:02:03`, `62:03`, `3723`, `3723.5`, `1h 2m 3s`, `PT1H2M3S` as seconds. `None` for what is no length,
/// and for zero, which programs write for want of one.
pub(super) fn read(raw: &str) -> Option<f64> {
    let raw = raw.trim();
    let seconds = if raw.contains(':') { clock(raw)? } else { number(raw).or_else(|| units(raw))? };
    (seconds > 0.0 && seconds <= LONGEST).then_some(seconds)
}

/// Reads a place in an episode: as [`read`], and zero is one.
pub(super) fn read_offset(raw: &str) -> Option<f64> {
    let raw = raw.trim();
    let seconds = if raw.contains(':') { clock(raw)? } else { number(raw).or_else(|| units(raw))? };
    (0.0..=LONGEST).contains(&seconds).then_some(seconds)
}

/// Digits with at most one point, and nothing else: not `NaN`, `1e308` or `+5`.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.len() <= 20;
    if plain { text.parse().ok() } else { None }
}

/// `HH:MM:SS` and `MM:SS`, the first part of any size.
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [minutes, seconds] => (0.0, part(minutes)?, number(seconds)?),
        [hours, minutes, seconds] => (part(hours)?, part(minutes)?, number(seconds)?),
        _ => return None,
    };
    let sound = seconds < 60.0 && (minutes < 60.0 || hours == 0.0);
    sound.then_some(hours * 3600.0 + minutes * 60.0 + seconds)
}

/// A whole number; nothing where a part is left out, as in `:45:12`.
fn part(text: &str) -> Option<f64> {
    if text.is_empty() { Some(0.0) } else { number(text).filter(|_| !text.contains('.')) }
}

/// Numbers with units: `1h 2m`, `1 hr 2 min 3 sec`, `PT1H2M`.
fn units(text: &str) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.strip_prefix("pt").unwrap_or(&lower).trim();
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (value, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let size = match &after[..letters] {
            "h" | "hr" | "hrs" | "hour" | "hours" | "std" => 3600.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "s" | "sec" | "secs" | "second" | "seconds" | "sek" => 1.0,
            _ => return None,
        };
        seconds += number(value)? * size;
        rest = after[letters..].trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.'));
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_junk_is_not() {
        for (raw, want) in [
            ("1:02:03", Some(3723.0)),
            ("62:03", Some(3723.0)),
            ("00:75:00", Some(4500.0)),
            (" 3723 ", Some(3723.0)),
            ("3723.5", Some(3723.5)),
            ("1h 2m", Some(3720.0)),
            ("1 hr, 2 min", Some(3720.0)),
            ("PT1H2M3S", Some(3723.0)),
            (":45:12", Some(2712.0)),
            ("0", None),
            ("00:00:00", None),
            ("-1", None),
            ("99:99:99", None),
            ("NaN", None),
            ("1e308", None),
            ("about an hour", None),
            ("1:2:3:4", None),
            ("", None),
            (".", None),
            ("9999999999", None),
        ] {
            assert_eq!(read(raw), want, "{raw}");
        }
        assert_eq!(read_offset("00:00:00.000"), Some(0.0));
    }
}
