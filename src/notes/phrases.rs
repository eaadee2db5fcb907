//! Many phrases looked for at once: by the byte they begin with, where words begin.

/// Phrases in lower case, in order of precedence.
pub(super) struct Phrases {
    all: Vec<&'static str>,
    /// For each byte the phrases that begin with it.
    by_first: Vec<Vec<usize>>,
}

impl Phrases {
    pub(super) fn new(all: impl IntoIterator<Item = &'static str>) -> Self {
        let all: Vec<&'static str> = all.into_iter().collect();
        let mut by_first = vec![Vec::new(); 256];
        for (place, phrase) in all.iter().enumerate() {
            if let Some(first) = phrase.bytes().next() {
                by_first[usize::from(first)].push(place);
            }
        }
        Self { all, by_first }
    }

    pub(super) fn get(&self, place: usize) -> &'static str {
        self.all[place]
    }

    /// The phrases that begin where a word of `text` does, as `(which, where)`. ASCII is compared in any case, the
    /// rest as it is. Scripts without spaces have no word ends: there a phrase may begin anywhere.
    pub(super) fn within<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let bytes = text.as_bytes();
        (0..bytes.len())
            .filter(|&at| at == 0 || !bytes[at - 1].is_ascii_alphanumeric() || !bytes[at].is_ascii())
            .flat_map(move |at| self.at(bytes, at).map(move |place| (place, at)))
    }

    /// The phrases that stand at a place.
    pub(super) fn at<'a>(&'a self, text: &'a [u8], at: usize) -> impl Iterator<Item = usize> + 'a {
        let rest = &text[at.min(text.len())..];
        let first = rest.first().map_or(0, u8::to_ascii_lowercase);
        self.by_first[usize::from(first)].iter().copied().filter(move |&place| {
            let phrase = self.all[place].as_bytes();
            rest.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_begin_where_words_do() {
        let phrases = Phrases::new(["join us", "us", "订阅"]);
        let found: Vec<_> = phrases.within("Focus: JOIN US, 请订阅").collect();
        assert_eq!(found, [(0, 7), (1, 12), (2, 19)]);
    }
}
