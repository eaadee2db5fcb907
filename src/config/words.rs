//! What serde and TOML say of a value, in plain words.

/// What is expected, after the value that is not it: in serde's words, in ours.
const EXPECTED: &[(&str, &str)] = &[
    ("a sequence", "expected a list in brackets, such as [\"one\", \"two\"]"),
    ("a boolean", "expected true or false"),
    ("a string", "expected a text in quotes"),
    ("f64", "expected a number"),
];

/// What a list of whole numbers calls itself.
pub(super) const NUMBERS: &str = "a list of whole numbers";

/// The types of whole numbers.
const WHOLE: &[&str] = &["u8", "u16", "u32", "u64", "usize", "i64"];

/// A message for people; one that is plain enough, as it is.
pub(super) fn plain(message: &str) -> String {
    translated(message).unwrap_or_else(|| message.to_owned())
}

fn translated(message: &str) -> Option<String> {
    if message == "string values must be quoted, expected literal string" {
        return Some("a text stands in quotes: \"...\"".to_owned());
    }
    if let Some(rest) = message.strip_prefix("invalid date, ") {
        // What the parser misses in a month would make it a day.
        let why = if rest.starts_with("expected `-`") { String::new() } else { format!(", {rest}") };
        return Some(format!(
            "not a date{why}; a day is written as 2021-06-30, a month or a year in quotes: \"2021-06\", \"2021\""
        ));
    }
    let rest = ["invalid type: ", "invalid value: "].iter().find_map(|start| message.strip_prefix(start))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    match (found, expected) {
        ("map", "a sequence") => {
            Some("expected a list; a list of sections has two brackets, such as [[shows]]".to_owned())
        }
        (found, "a sequence") if found.starts_with("string ") => {
            let text = found.strip_prefix("string ")?;
            Some(format!("expected a list, such as [{text}]"))
        }
        (found, NUMBERS) => Some(numbers(found)),
        (found, number) if WHOLE.contains(&number) => Some(whole(found).to_owned()),
        (_, section) if section.starts_with("struct ") => {
            let name = section.strip_prefix("struct ")?.to_ascii_lowercase();
            Some(format!("expected a section, such as [{name}]"))
        }
        (_, expected) => {
            EXPECTED.iter().find(|(theirs, _)| *theirs == expected).map(|(_, ours)| (*ours).to_owned())
        }
    }
}

/// A number that stands alone is shown as it stands in a list.
fn numbers(found: &str) -> String {
    let alone = found.split(['`', '"']).nth(1).and_then(|text| text.trim().parse::<i64>().ok());
    let example = alone.map_or_else(|| "1, 2".to_owned(), |number| number.to_string());
    format!("expected a list of whole numbers, such as [{example}]")
}

fn whole(found: &str) -> &'static str {
    match found {
        found if found.starts_with("integer `-") => "expected a whole number, 0 or more",
        found if found.starts_with("string ") => "expected a whole number, without quotes",
        found if found.starts_with("integer ") => "expected a smaller whole number",
        _ => "expected a whole number",
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_list_of_numbers_is_advised_as_one() {
        for (found, advised) in
            [("string \"2\"", "[2]"), ("integer `2`", "[2]"), ("string \"one\"", "[1, 2]"), ("map", "[1, 2]")]
        {
            let theirs = format!("invalid type: {found}, expected a list of whole numbers");
            assert_eq!(plain(&theirs), format!("expected a list of whole numbers, such as {advised}"));
        }
    }

    #[test]
    fn what_rust_calls_a_type_is_told_in_plain_words() {
        for (theirs, ours) in [
            (
                "invalid type: string \"tell-me\", expected a sequence",
                "expected a list, such as [\"tell-me\"]",
            ),
            (
                "invalid type: integer `3`, expected a sequence",
                "expected a list in brackets, such as [\"one\", \"two\"]",
            ),
            ("invalid type: string \"5\", expected u64", "expected a whole number, without quotes"),
            ("invalid type: floating point `1.5`, expected u64", "expected a whole number"),
            ("invalid value: integer `-5`, expected u64", "expected a whole number, 0 or more"),
            ("invalid value: integer `300`, expected u8", "expected a smaller whole number"),
            ("invalid type: string \"x\", expected a boolean", "expected true or false"),
            ("invalid type: integer `3`, expected a string", "expected a text in quotes"),
            ("invalid type: integer `3`, expected struct Naming", "expected a section, such as [naming]"),
            (
                "invalid type: map, expected a sequence",
                "expected a list; a list of sections has two brackets, such as [[shows]]",
            ),
            (
                "invalid date, expected month between 01 and 12",
                "not a date, expected month between 01 and 12; a day is written as 2021-06-30, \
                 a month or a year in quotes: \"2021-06\", \"2021\"",
            ),
            (
                "invalid date, expected `-` (MM-DD)",
                "not a date; a day is written as 2021-06-30, a month or a year in quotes: \"2021-06\", \"2021\"",
            ),
            ("string values must be quoted, expected literal string", "a text stands in quotes: \"...\""),
            ("duplicate key", "duplicate key"),
        ] {
            assert_eq!(plain(theirs), ours);
        }
    }
}
