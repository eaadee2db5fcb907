//! Names and titles made comparable: what a program left out of a file name is left out of the title, too.

use unicode_normalization::UnicodeNormalization as _;

/// Letters and digits alone, small, without accents.
pub(super) fn fold(text: &str) -> String {
    text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The same as programs spell it that write ASCII only: `ü` as `ue`, other scripts by their sound.
pub(super) fn spelled(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfc().filter(|c| c.is_alphanumeric()) {
        match c {
            'ä' | 'Ä' => out.push_str("ae"),
            'ö' | 'Ö' => out.push_str("oe"),
            'ü' | 'Ü' => out.push_str("ue"),
            c => out.push_str(deunicode::deunicode_char(c).unwrap_or_default()),
        }
    }
    fold(&out)
}

/// Both forms, once each; none for a text without letters and digits.
pub(super) fn forms(text: &str) -> Vec<String> {
    let mut forms = vec![fold(text), spelled(text)];
    forms.dedup();
    forms.retain(|form| !form.is_empty());
    forms
}

/// A day as a count from 1970-01-01.
pub(super) type Day = i64;

/// A date in a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) day: Day,
    /// Written `20190419`, as programs do that go by local time; else it mostly is that of UTC.
    pub(super) is_compact: bool,
    /// The name without it.
    pub(super) rest: String,
}

/// The date that stands in a name: `2019-04-19`, `2019_04_19`, `2019.04.19`, `20190419`, `19.04.2019`.
pub(super) fn date(name: &str) -> Option<Dated> {
    let digits: Vec<(usize, char)> = name.char_indices().collect();
    let is_digit = |at: usize| digits.get(at).is_some_and(|(_, c)| c.is_ascii_digit());
    for start in 0..digits.len() {
        if !is_digit(start) || start > 0 && is_digit(start - 1) {
            continue;
        }
        let number = |from: usize, count: usize| -> Option<i64> {
            let run = digits.get(start + from..start + from + count)?;
            let ends = from + count;
            let all = run.iter().all(|(_, c)| c.is_ascii_digit());
            let text: String = run.iter().map(|(_, c)| *c).collect();
            (all && ends > 0).then(|| text.parse().ok()).flatten()
        };
        let sign = |from: usize| digits.get(start + from).map(|(_, c)| *c).filter(|c| "-_. ".contains(*c));
        let parted = || sign(4).filter(|c| sign(7) == Some(*c));
        let found = if let Some(day) = parted().and_then(|_| day(number(0, 4)?, number(5, 2)?, number(8, 2)?))
        {
            Some((day, 10))
        } else if let Some(day) = (|| day(number(0, 4)?, number(4, 2)?, number(6, 2)?))() {
            Some((day, 8))
        } else if sign(2) == Some('.') && sign(5) == Some('.') {
            (|| day(number(6, 4)?, number(3, 2)?, number(0, 2)?))().map(|day| (day, 10))
        } else {
            None
        };
        let Some((day, length)) = found.filter(|(_, length)| !is_digit(start + length)) else { continue };
        let from = digits.get(start).map_or(0, |(at, _)| *at);
        let to = digits.get(start + length).map_or(name.len(), |(at, _)| *at);
        let rest = format!("{} {}", &name[..from], &name[to..]);
        return Some(Dated { day, is_compact: length == 8, rest });
    }
    None
}

fn day(year: i64, month: i64, day: i64) -> Option<Day> {
    if !(1990..2100).contains(&year) {
        return None;
    }
    let date = chrono::NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32)?;
    Some(date.signed_duration_since(chrono::NaiveDate::default()).num_days())
}

/// The number that opens a name (`012 `, `#12: `, `Ep. 12 - `, `S02E05 `), and the rest.
pub(super) fn number(name: &str) -> Option<(i64, &str)> {
    let lower = name.to_ascii_lowercase();
    let mut at = name.len() - name.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    for word in ["episode", "folge", "ep"] {
        if lower[at..].starts_with(word) {
            let rest = &name[at + word.len()..];
            let digits = rest.trim_start_matches(['.', ' ', '_', '-', '#']);
            if digits.starts_with(|c: char| c.is_ascii_digit()) {
                at = name.len() - digits.len();
            }
            break;
        }
    }
    if let Some(season) = lower[at..].strip_prefix('s') {
        let digits = season.trim_start_matches(|c: char| c.is_ascii_digit());
        if digits.len() < season.len() && digits.starts_with('e') {
            at = name.len() - digits.len() + 1;
        }
    }
    let rest = &name[at..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    let is_apart = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    let number = digits.parse().ok().filter(|_| is_apart && digits.len() <= 6)?;
    Some((number, rest))
}

/// `name (2)` without its count.
pub(super) fn uncounted(name: &str) -> Option<&str> {
    let (rest, count) = name.strip_suffix(')')?.rsplit_once(" (")?;
    (!count.is_empty() && count.bytes().all(|b| b.is_ascii_digit())).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_name_fold_alike() {
        let title = "Ünïcödé — «quotes»: \"and\" 😀/\\?";
        assert_eq!(fold(title), fold("Ünïcödé — «quotes»- -and- 😀---"));
        assert!(forms(title).contains(&fold("UEnicoede-quotes-and")));
        assert!(forms("Привет").contains(&fold("Privet")));
        assert_eq!(forms("!?"), Vec::<String>::new());
    }

    #[test]
    fn dates_are_found_where_they_stand() {
        let on = |name: &str| date(name).map(|found| (found.day, found.rest.trim().to_owned()));
        let day = 18_005;
        assert_eq!(on("2019-04-19 - Title"), Some((day, "- Title".to_owned())));
        assert_eq!(on("20190419-Title"), Some((day, "-Title".to_owned())));
        assert_eq!(on("Show_2019_04_19_x"), Some((day, "Show_ _x".to_owned())));
        assert_eq!(on("19.04.2019 x"), Some((day, "x".to_owned())));
        for none in ["2019-04 x", "2019-13-01", "120190419", "201904199", "2019-04_19", "", "1.2.3"] {
            assert_eq!(on(none), None, "{none}");
        }
    }

    #[test]
    fn numbers_open_names() {
        let number = |name: &'static str| number(name).map(|(n, rest)| (n, rest.trim()));
        assert_eq!(number("012 Title"), Some((12, "Title")));
        assert_eq!(number("#12: Title"), Some((12, ": Title")));
        assert_eq!(number("Ep. 12 - Title"), Some((12, "- Title")));
        assert_eq!(number("S02E05 Title"), Some((5, "Title")));
        assert_eq!(number("12th Night"), None);
        assert_eq!(number("Title 12"), None);
        assert_eq!(uncounted("default (2)"), Some("default"));
        assert_eq!(uncounted("default (x)"), None);
    }
}
