//! A list as a message tells it: its beginning, and how much more there is.

/// So many are told one by one.
const MOST_TOLD: usize = 3;

/// The first few of a list, `between` them; and how many more there are.
pub fn few(list: &[String], between: &str) -> String {
    let told = list.get(..MOST_TOLD).unwrap_or(list).join(between);
    match list.len().saturating_sub(MOST_TOLD) {
        0 => told,
        more => format!("{told}{between}and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_are_told_and_the_others_counted() {
        let list = ["a", "b", "c", "d", "e"].map(str::to_owned);
        assert_eq!(few(&[], "; "), "");
        assert_eq!(few(&list[..3], "; "), "a; b; c");
        assert_eq!(few(&list, ", "), "a, b, c, and 2 more");
    }
}
