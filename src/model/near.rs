//! What a wrong name should have been.

/// Names less alike than this are not what was meant.
const ALIKE: f64 = 0.8;

/// The name most like a wrong one, in whatever letter case; `None` if none is like it.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_ascii_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&wrong, &name.to_ascii_lowercase()), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// So many names are listed for somebody who named none of them.
const FEW: usize = 20;

/// The advice for a name that is none of `known`: the one that was probably meant, else all of them, if they are few.
pub fn meant(wrong: &str, known: &[String]) -> Option<String> {
    match nearest(wrong, known.iter().map(String::as_str)) {
        Some(name) => Some(format!("did you mean {name:?}?")),
        None => (1..=FEW).contains(&known.len()).then(|| format!("there are: {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_names_none_of_a_few_is_told_all() {
        let known = ["ants", "bees"].map(str::to_owned);
        assert_eq!(meant("bee", &known).as_deref(), Some("did you mean \"bees\"?"));
        assert_eq!(meant("xyzzy", &known).as_deref(), Some("there are: ants, bees"));
        assert_eq!(meant("xyzzy", &[]), None);
        assert_eq!(meant("xyzzy", &vec!["a".to_owned(); 21]), None);
    }

    #[test]
    fn a_wrong_name_is_like_a_right_one() {
        assert_eq!(nearest("titel", ["id", "title", "text"]), Some("title"));
        assert_eq!(nearest("xyzzy", ["id", "title", "text"]), None);
    }
}
