//! Names of persons in a line that presents some.

use super::numbered::is_name;

/// Before a name, said of it.
const TITLES: &[&str] = &["dr", "prof", "professor", "mr", "mrs", "ms", "sir", "dame"];
/// What ends the part of a line that names persons.
const ENDS: &[&str] = &[
    " is a ", " is an ", " is the ", " from ", " of ", " at ", " on ", " -- ", " - ", " – ", " — ", " | ",
    " (", "(", " @", ":", "http", " / ", ";",
];
const JOINERS: &[&str] = &[" and ", " & ", ", ", " und ", " et ", " y ", " и ", " + ", "、"];
/// Words that open a presentation without a colon: `Special guest Ada Lovelace is ...`.
const LABELS: &[&str] =
    &["special guests", "special guest", "guest host", "our guest is", "our guest", "guests", "guest"];

/// The label and the rest of a line such as `Special guest Ada Lovelace is a mathematician`.
pub(super) fn after_label(line: &str) -> Option<(&'static str, &str)> {
    LABELS.iter().find_map(|label| {
        let start = line.get(..label.len())?;
        let rest = line.get(label.len()..)?;
        (start.eq_ignore_ascii_case(label) && rest.starts_with(' ')).then_some((*label, rest))
    })
}

/// The persons that a line names, joined by commas and conjunctions.
pub(super) fn listed(line: &str) -> Vec<String> {
    let end = ENDS.iter().filter_map(|end| line.find(end)).filter(|at| *at > 0).min().unwrap_or(line.len());
    split(&line[..end])
}

/// `Brian: @handle` in a list of where to find people.
pub(super) fn before_label(line: &str) -> Vec<String> {
    line.split_once(':').map(|(name, _)| split(name)).unwrap_or_default()
}

/// Names joined with commas and conjunctions.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for joiner in JOINERS {
        text = text.replace(joiner, "\n");
    }
    text.split('\n').map(tidy).filter(|name| is_person(name)).collect()
}

fn tidy(name: &str) -> String {
    let name = name.trim().trim_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    let titled = TITLES.contains(&first.trim_end_matches('.').to_lowercase().as_str());
    (if titled { rest } else { name }).trim().to_owned()
}

fn is_person(name: &str) -> bool {
    is_name(name) && name.chars().count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_lines() {
        assert_eq!(listed(" Ada Lovelace - @ada & guest on x"), ["Ada Lovelace"]);
        assert_eq!(listed("Ada Lovelace and Grace Hopper"), ["Ada Lovelace", "Grace Hopper"]);
        assert_eq!(listed("Dr. Ada Lovelace"), ["Ada Lovelace"]);
        assert_eq!(listed("we talk about things"), Vec::<String>::new());
        assert_eq!(after_label("Special guest Ada is here"), Some(("special guest", " Ada is here")));
    }
}
