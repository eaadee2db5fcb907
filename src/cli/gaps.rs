//! What a show's record lacks, as text.

use std::fmt::Write as _;

use crate::jobs::{Gaps, Sequence, Silence};

/// More than this many are counted, not listed.
const MOST_LISTED: usize = 20;

/// Lines on audio, numbers and silences, each behind two blanks.
pub(super) fn text(gaps: &Gaps) -> String {
    let missing = gaps.missing_audio.len();
    let chosen = match gaps.left_out {
        0 => String::new(),
        left_out => format!(", {left_out} left out by choice"),
    };
    let mut text = format!(
        "  audio: {} of {} captured, {missing} missing{chosen}\n",
        gaps.captured, gaps.with_enclosure
    );
    for (title, error) in gaps.missing_audio.iter().take(MOST_LISTED) {
        let _ = writeln!(text, "    {title}: {}", error.as_deref().unwrap_or("not tried yet"));
    }
    if missing > MOST_LISTED {
        let _ = writeln!(text, "    and {} more: SELECT * FROM missing_audio", missing - MOST_LISTED);
    }
    for (title, remark) in gaps.odd_audio.iter().take(MOST_LISTED) {
        let _ = writeln!(text, "    {title}: captured, but {remark}");
    }
    gaps.sequences.iter().for_each(|sequence| text.push_str(&numbers(sequence)));
    silences(&mut text, &gaps.silences);
    text
}

fn numbers(sequence: &Sequence) -> String {
    let season = sequence.season.map_or_else(String::new, |season| format!(" of season {season}"));
    let holes = match ranges(&sequence.missing) {
        ranges if ranges.is_empty() => "none missing".to_owned(),
        ranges if ranges.len() > MOST_LISTED => format!("{} missing", sequence.missing.len()),
        ranges => format!("missing {}", ranges.join(", ")),
    };
    let before = if sequence.first > 1 { "; none before is here" } else { "" };
    format!("  numbers{season}: {} to {}, {holes}{before}\n", sequence.first, sequence.last)
}

/// What all this comes to, as far as the record tells by itself.
pub(super) fn verdict(gaps: &Gaps) -> &'static str {
    match (gaps.is_whole(), gaps.silences.is_empty()) {
        (true, true) if gaps.sequences.is_empty() && gaps.left_out > 0 => {
            "  complete as far as its feed tells, but for what was left out by choice; it has no numbers that would show a gap\n"
        }
        (true, true) if gaps.sequences.is_empty() => {
            "  complete as far as its feed tells; it has no numbers that would show a gap\n"
        }
        (true, true) if gaps.left_out > 0 => "  complete, but for what was left out by choice\n",
        (true, true) => "  complete\n",
        (true, false) => "  complete, unless a silence hides something\n",
        (false, _) => "  not complete\n",
    }
}

/// `4, 7-9`, as a list.
fn ranges(numbers: &[i64]) -> Vec<String> {
    numbers
        .chunk_by(|a, b| a + 1 == *b)
        .filter_map(|run| match (run.first()?, run.last()?) {
            (first, last) if first == last => Some(first.to_string()),
            (first, last) => Some(format!("{first}-{last}")),
        })
        .collect()
}

fn silences(text: &mut String, silences: &[Silence]) {
    for silence in silences.iter().take(MOST_LISTED) {
        let (from, until) = (silence.from.format("%Y-%m-%d"), silence.until.format("%Y-%m-%d"));
        let Silence { days, usual_days, .. } = silence;
        let after = silence.after.as_deref().map_or_else(String::new, |title| format!(", after {title:?}"));
        let _ =
            writeln!(text, "  silence: {from} to {until}, {days} days where {usual_days} were usual{after}");
    }
    if silences.len() > MOST_LISTED {
        let _ = writeln!(text, "  and {} more silences", silences.len() - MOST_LISTED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_show_without_numbers_is_complete_as_far_as_its_feed_tells() {
        let with = |sequences, left_out| Gaps { left_out, sequences, ..Gaps::default() };
        let numbered = || vec![Sequence { first: 1, last: 3, ..Sequence::default() }];
        let of_feed = "  complete as far as its feed tells";
        for (gaps, want) in [
            (with(numbered(), 0), "  complete\n".to_owned()),
            (with(numbered(), 1), "  complete, but for what was left out by choice\n".to_owned()),
            (with(Vec::new(), 0), format!("{of_feed}; it has no numbers that would show a gap\n")),
            (
                with(Vec::new(), 1),
                format!(
                    "{of_feed}, but for what was left out by choice; it has no numbers that would show a gap\n"
                ),
            ),
        ] {
            assert_eq!(verdict(&gaps), want);
        }
    }

    #[test]
    fn neighbours_are_told_as_a_range() {
        assert_eq!(ranges(&[4, 7, 8, 9, 11]), ["4", "7-9", "11"]);
        assert!(ranges(&[]).is_empty());
    }
}
