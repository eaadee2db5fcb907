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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_is_like_a_right_one() {
        assert_eq!(nearest("titel", ["id", "title", "text"]), Some("title"));
        assert_eq!(nearest("xyzzy", ["id", "title", "text"]), None);
    }
}
