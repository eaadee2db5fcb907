//! Every line of `fixtures/dates.tsv` is a test; and no text makes the reader stumble.

use super::*;

const TABLE: &str = include_str!("../../../fixtures/dates.tsv");

/// Text, second, and what had to be assumed.
fn table() -> Vec<(String, String, String)> {
    let lines = TABLE.lines().filter(|line| line.contains('\t') && !line.starts_with('#'));
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        let raw = cells.next().unwrap().replace("\\t", "\t").replace("\\n", "\n");
        (raw, cells.next().unwrap(), cells.next().unwrap_or_default())
    };
    lines.map(row).collect()
}

#[test]
fn every_line_of_the_table_is_read_as_it_says() {
    let mut wrong = Vec::new();
    for (raw, second, assumed) in table() {
        let got = read(&raw).map_or(("-".to_owned(), String::new()), |date| {
            (date.at.to_string(), date.assumed.unwrap_or_default())
        });
        if got != (second.clone(), assumed.clone()) {
            wrong.push(format!("{raw:?}: {got:?}, not {second:?} {assumed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} dates\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_mutation_of_the_table_makes_the_reader_stumble() {
    let mut random = fastrand::Rng::with_seed(19);
    let raws: Vec<Vec<char>> = table().into_iter().map(|(raw, ..)| raw.chars().collect()).collect();
    let letters: Vec<char> = "0919:-+/.,() TZPMamW年月日시분년오후ß\u{301}\u{fdfa}\u{0}İ".chars().collect();
    for _ in 0..30_000 {
        let mut text = random.choice(&raws).unwrap().clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..=text.len());
            match random.u8(..4) {
                0 => text.insert(at, *random.choice(&letters).unwrap()),
                1 if at < text.len() => drop(text.remove(at)),
                2 if at < text.len() => text[at] = *random.choice(&letters).unwrap(),
                _ => {
                    let other = random.choice(&raws).unwrap();
                    text.truncate(at);
                    text.extend(&other[random.usize(..=other.len())..]);
                }
            }
        }
        let text: String = text.into_iter().collect();
        if let Some(date) = read(&text) {
            // What was told is told of itself again.
            assert_eq!(read(&date.at.to_string()).map(|date| date.at), Some(date.at), "{text:?}");
        }
    }
}

#[test]
fn long_texts_are_read_as_far_as_dates_go() {
    assert_eq!(read(&"(".repeat(1_000_000)), None);
    assert_eq!(read(&"9".repeat(1_000_000)), None);
    assert_eq!(read(&"1:".repeat(500_000)), None);
    let after_blanks = format!("Fri,{}19 Apr 2019 08:00:00 +0100", " ".repeat(100_000));
    assert_eq!(read(&after_blanks).unwrap().at.to_string(), "2019-04-19T07:00:00Z");
    let before_junk = format!("Fri, 19 Apr 2019 08:00:00 +0100 {}", "and so on ".repeat(10_000));
    let date = read(&before_junk).unwrap();
    assert_eq!(date.at.to_string(), "2019-04-19T07:00:00Z");
    assert_eq!(date.assumed.as_deref(), Some("only its beginning was read"));
    // Cut in the middle, 2019 would be 20.
    assert_eq!(read(&format!("{}19 Apr 2019", "x".repeat(55))), None);
}
