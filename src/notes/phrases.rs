//! Many phrases looked for at once: by the byte they begin with, where words begin.

/// Phrases in lower case, in order of precedence.
pub(super) struct Phrases {
    all: Vec<&'static str>,
    /// The phrases that begin with two bytes, and few others; see [`bucket`].
    buckets: Vec<Vec<usize>>,
    /// For each byte the bytes that follow it in some phrase, a bit each; letters in both cases.
    second: Vec<[u64; 4]>,
    /// For each byte whether a word goes on after it, and whether some phrase begins with it.
    marks: [Mark; 256],
}

#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    inside: bool,
    begins: bool,
}

impl Phrases {
    pub(super) fn new(all: impl IntoIterator<Item = &'static str>) -> Self {
        let all: Vec<&'static str> = all.into_iter().collect();
        let mut buckets = vec![Vec::new(); BUCKETS];
        let mut marks = [Mark::default(); 256];
        let mut second = vec![[0; 4]; 256];
        for (place, phrase) in all.iter().enumerate() {
            let mut bytes = phrase.bytes();
            let first = bytes.next().unwrap_or_default();
            let next = bytes.next().unwrap_or_default();
            buckets[bucket(first, next)].push(place);
            for first in [first, first.to_ascii_uppercase()].map(usize::from) {
                marks[first].begins = true;
                for next in [next, next.to_ascii_uppercase()] {
                    second[first][usize::from(next) / 64] |= 1 << (next % 64);
                }
            }
        }
        for byte in 0..=u8::MAX {
            marks[usize::from(byte)].inside = byte.is_ascii_alphanumeric();
        }
        Self { all, buckets, second, marks }
    }

    pub(super) fn get(&self, place: usize) -> &'static str {
        self.all[place]
    }

    /// The phrase of highest precedence that begins where a word of `text` does and passes a test, as
    /// `(which, where)`. ASCII is compared in any case, the rest as it is. Scripts without spaces have no word ends:
    /// there a phrase may begin anywhere.
    pub(super) fn first_within(
        &self,
        text: &str,
        passes: impl Fn(&'static str) -> bool,
    ) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        let mut best: Option<(usize, usize)> = None;
        for at in self.beginnings(bytes) {
            let found = self.at(bytes, at).take_while(|place| best.is_none_or(|(best, _)| *place < best));
            if let Some(place) = { found }.find(|place| passes(self.all[*place])) {
                best = Some((place, at));
            }
        }
        best
    }

    /// Whether any phrase begins where a word of `text` does.
    pub(super) fn any_within(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        self.beginnings(bytes).any(|at| self.at(bytes, at).next().is_some())
    }

    /// Where words begin as some phrase does.
    fn beginnings<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let mut inside = false;
        text.iter().enumerate().filter_map(move |(at, byte)| {
            let mark = self.marks[usize::from(*byte)];
            let begins = mark.begins && (!inside || !byte.is_ascii()) && self.may_stand(text, at);
            inside = mark.inside;
            begins.then_some(at)
        })
    }

    /// By its first two bytes.
    fn may_stand(&self, text: &[u8], at: usize) -> bool {
        let next = text.get(at + 1).copied().unwrap_or_default();
        self.second[usize::from(text[at])][usize::from(next) / 64] >> (next % 64) & 1 == 1
    }

    /// The phrases that stand at a place, in order of precedence.
    pub(super) fn at<'a>(&'a self, text: &'a [u8], at: usize) -> impl Iterator<Item = usize> + 'a {
        let rest = &text[at.min(text.len())..];
        let likely = match rest {
            [first, next, ..] if self.may_stand(rest, 0) => self.buckets[bucket(*first, *next)].as_slice(),
            [first] if self.may_stand(rest, 0) => self.buckets[bucket(*first, 0)].as_slice(),
            _ => &[],
        };
        likely.iter().copied().filter(move |&place| {
            let phrase = self.all[place].as_bytes();
            rest.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
        })
    }
}

const BUCKETS: usize = 1024;

/// Where phrases are that begin with two bytes, in any case.
fn bucket(first: u8, next: u8) -> usize {
    let [first, next] = [first, next].map(|byte| usize::from(byte.to_ascii_lowercase()));
    (first * 31 + next) % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_begin_where_words_do() {
        let phrases = Phrases::new(["join us", "us", "订阅"]);
        assert_eq!(phrases.first_within("Focus: JOIN US, 请订阅", |_| true), Some((0, 7)));
        assert_eq!(phrases.first_within("Focus: JOIN US", |phrase| phrase == "us"), Some((1, 12)));
        assert_eq!(phrases.first_within("请订阅", |_| true), Some((2, 3)));
        assert!(!phrases.any_within("focus bus"));
    }
}
