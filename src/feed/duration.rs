//! Lengths of time as feeds write them.
//!
//! The whole text must be understood: `about an hour` and `45 minutes of x` are no lengths, nor is `1:02:03:04`,
//! which may begin with days or end with frames.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Longer than any episode (seconds); more is a slip.
const LONGEST: f64 = 1_000_000.0;

/// Longer than any length is written (bytes).
const LONGEST_TEXT: usize = 100;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// Reads `1:02:03`, `62:03`, `3723`, `3723.5`, `1h 2m 3s`, `62 min`, `PT1H2M3S` as seconds. `None` for what is no
/// length, and for zero, which programs write for want of one.
pub(super) fn read(raw: &str) -> Option<f64> {
    seconds(raw).filter(|seconds| *seconds > 0.0)
}

/// Reads a place in an episode: as [`read`], and zero is one.
pub(super) fn read_offset(raw: &str) -> Option<f64> {
    seconds(raw)
}

fn seconds(raw: &str) -> Option<f64> {
    let raw = raw.trim();
    if raw.len() > LONGEST_TEXT {
        return None;
    }
    let text = plain(raw);
    let seconds = number(&text)
        .or_else(|| clock(&text))
        .or_else(|| dotted(&text))
        .or_else(|| iso(&text))
        .or_else(|| units(&text))?;
    (0.0..=LONGEST).contains(&seconds).then_some(seconds)
}

/// Lower case, full-width digits and marks made plain.
fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')) {
        Cow::Borrowed(text)
    } else if text.is_ascii() {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Owned(text.nfkc().collect::<String>().to_lowercase())
    }
}

/// Digits with at most one point, and nothing else: not `NaN`, `1e308` or `+5`. A comma is a point unless it
/// may stand for thousands.
fn number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.len() <= 20;
    if is_plain {
        return text.parse().ok();
    }
    let (whole, fraction) = text.split_once(',')?;
    let is_fraction = fraction.len() != 3 && !fraction.is_empty() && !text.contains('.');
    if is_fraction { number(&format!("{whole}.{fraction}")) } else { None }
}

/// `HH:MM:SS` and `MM:SS`, the first part that is not zero of any size; `1:02 h` is hours and minutes.
fn clock(text: &str) -> Option<f64> {
    let end = text.rfind(|found: char| found.is_ascii_digit())? + 1;
    let (time, unit) = text.split_at(end);
    let unit = unit.trim_matches(|found: char| found.is_whitespace() || found == '.');
    let size = if unit.is_empty() { None } else { Some(size_of(unit)?) };
    // `:45:12` leaves out its hours.
    let time = time.strip_prefix(':').unwrap_or(time);
    let parts: Vec<&str> = time.split(':').map(str::trim).collect();
    let (hours, minutes, seconds) = match (parts.as_slice(), size) {
        ([hours, minutes], Some(HOUR)) => (part(hours)?, part(minutes)?, 0.0),
        ([minutes, seconds], None | Some(MINUTE)) => (0.0, part(minutes)?, point(seconds)?),
        ([hours, minutes, seconds], None | Some(HOUR)) => (part(hours)?, part(minutes)?, point(seconds)?),
        _ => return None,
    };
    let is_sound = (seconds < 60.0 || minutes == 0.0 && hours == 0.0) && (minutes < 60.0 || hours == 0.0);
    is_sound.then_some(hours * HOUR + minutes * MINUTE + seconds)
}

/// Seconds of a clock, where a comma can only be a point.
fn point(text: &str) -> Option<f64> {
    number(&text.replacen(',', ".", 1))
}

/// A whole number.
fn part(text: &str) -> Option<f64> {
    number(text).filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `1.02.03`: with two points they can be no decimals.
fn dotted(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split('.').collect();
    match parts.as_slice() {
        [hours, minutes, seconds] if !hours.is_empty() && minutes.len() == 2 && seconds.len() == 2 => {
            clock(&format!("{hours}:{minutes}:{seconds}"))
        }
        _ => None,
    }
}

/// `PT1H2M3S`, `P1DT2H` (ISO 8601). Months and years have no length.
fn iso(text: &str) -> Option<f64> {
    let (days, time) = text.strip_prefix('p')?.split_once('t')?;
    let days = if days.is_empty() { 0.0 } else { number(days.strip_suffix('d')?)? * DAY };
    Some(days + units(time)?)
}

/// Numbers with units, from large to small: `1h 2m`, `1 hr 2 min 3 sec`, `1h02`.
fn units(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut seconds = 0.0;
    let mut last = f64::INFINITY;
    while !rest.is_empty() {
        let end = rest.find(|found: char| !found.is_ascii_digit() && !matches!(found, '.' | ','));
        let (value, after) = rest.split_at(end.unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after.find(|found: char| {
            found.is_whitespace() || found.is_ascii_digit() || matches!(found, '.' | ',' | ':')
        });
        let (name, after) = after.split_at(end.unwrap_or(after.len()));
        let size = match last {
            // `1h02` and `62m03` leave out what is understood.
            HOUR if name.is_empty() && after.is_empty() => MINUTE,
            MINUTE if name.is_empty() && after.is_empty() => 1.0,
            _ => size_of(name)?,
        };
        if size >= last {
            return None;
        }
        seconds += number(value)? * size;
        last = size;
        rest = past_joints(after);
    }
    last.is_finite().then_some(seconds)
}

/// What stands behind `1 hour, and `.
fn past_joints(text: &str) -> &str {
    let trim = |text: &'_ str| {
        text.len() - text.trim_start_matches([' ', ',', '.', ':', '&', '\u{a0}', '\t', '\n']).len()
    };
    let rest = &text[trim(text)..];
    let word = rest.split_whitespace().next().unwrap_or_default();
    match word {
        "and" | "und" | "et" | "y" | "e" | "en" | "og" | "och" | "i" | "и" => {
            let rest = &rest[word.len()..];
            &rest[trim(rest)..]
        }
        _ => rest,
    }
}

/// The seconds of a unit.
fn size_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "d" | "day" | "days" | "tag" | "tage" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" | "heure" | "heures"
        | "hora" | "horas" | "ora" | "ore" | "uur" | "t" | "tim" | "time" | "timer" | "timme" | "timmar"
        | "godz" | "godzina" | "godziny" | "ч" | "час" | "часа" | "часов" | "saat" | "時間" | "小时"
        | "小時" | "时" | "시간" => HOUR,
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" | "minuto" | "minutos" | "minuti"
        | "minuut" | "minuter" | "minutt" | "minutter" | "minuta" | "minuty" | "minut" | "мин" | "минута"
        | "минуты" | "минут" | "dk" | "dakika" | "分" | "分钟" | "分鐘" | "분" | "'" | "’" | "′" => {
            MINUTE
        }
        "s" | "sec" | "secs" | "second" | "seconds" | "sek" | "sekunde" | "sekunden" | "seconde"
        | "secondes" | "segundo" | "segundos" | "secondi" | "sekunder" | "с" | "сек" | "секунд" | "sn"
        | "saniye" | "秒" | "초" | "\"" | "”" | "''" | "’’" | "′′" => 1.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../fixtures/durations.tsv");

    fn table() -> Vec<(&'static str, Option<f64>)> {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let rows = lines.filter_map(|line| line.split_once('\t'));
        rows.map(|(raw, want)| (raw, (want != "-").then(|| want.parse().unwrap()))).collect()
    }

    #[test]
    fn every_line_of_the_table_is_read_as_it_says() {
        let wrong: Vec<String> = table()
            .into_iter()
            .filter(|(raw, want)| read(raw) != *want)
            .map(|(raw, want)| format!("{raw:?}: {:?}, not {want:?}", read(raw)))
            .collect();
        assert!(wrong.is_empty(), "{} durations\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn zero_is_a_place_and_no_length() {
        for raw in ["0", "00:00:00.000", "PT0S", "0 min"] {
            assert_eq!((read(raw), read_offset(raw)), (None, Some(0.0)), "{raw}");
        }
    }

    #[test]
    fn no_mutation_of_the_table_makes_the_reader_stumble() {
        let mut random = fastrand::Rng::with_seed(19);
        let raws: Vec<Vec<char>> = table().into_iter().map(|(raw, _)| raw.chars().collect()).collect();
        let letters: Vec<char> =
            "0159:.,-+ hmsptdPT'\"′″年時間分ß\u{301}\u{fdfa}\u{a0}\u{0}e".chars().collect();
        for _ in 0..30_000 {
            let mut text = random.choice(&raws).unwrap().clone();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..=text.len());
                match random.u8(..3) {
                    0 => text.insert(at, *random.choice(&letters).unwrap()),
                    1 if at < text.len() => drop(text.remove(at)),
                    _ => text.extend(random.choice(&raws).unwrap()),
                }
            }
            let text: String = text.into_iter().collect();
            assert!(read(&text).is_none_or(|seconds| seconds > 0.0 && seconds <= LONGEST), "{text:?}");
        }
        assert_eq!(read(&"1h ".repeat(1_000_000)), None);
    }
}
