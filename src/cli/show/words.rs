//! Runs of notes -> words to print, and the addresses that have to be written out beside them.

use std::collections::HashMap;

use super::hyperlink;
use super::wrap::{Span, Style};
use crate::cli::look::Look;
use crate::notes::Run;

/// The words of a line.
pub(super) struct Words {
    pub(super) spans: Vec<Span>,
    /// The addresses that no hyperlink and no words tell: to be written under the line. Several are numbered, and the words
    /// that lead to them are marked.
    pub(super) under: Vec<String>,
}

impl Words {
    pub(super) fn of(runs: &[Run], look: Look, style: Style) -> Self {
        let links: Vec<&[Run]> = runs.chunk_by(|a, b| a.link == b.link).collect();
        let mut under: Vec<&str> = Vec::new();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for url in links.iter().filter_map(|runs| untold(runs, look)) {
            numbers.entry(url).or_insert_with(|| {
                under.push(url);
                under.len()
            });
        }
        let mut words = Self { spans: Vec::new(), under: Vec::new() };
        for runs in links {
            let mark = untold(runs, look).filter(|_| under.len() > 1);
            words.push(runs, mark.and_then(|url| numbers.get(url).copied()), look, style);
        }
        words.under = match under.as_slice() {
            [url] => vec![(*url).to_owned()],
            several => (1..).zip(several).map(|(number, url)| format!("[{number}] {url}")).collect(),
        };
        words
    }

    /// The words of one link, or of none.
    fn push(&mut self, runs: &[Run], number: Option<usize>, look: Look, style: Style) {
        let link = runs.first().and_then(|run| run.link.as_deref());
        let target = link.filter(|_| look.hyperlinks).and_then(hyperlink::target);
        let set = |text: &str, run: &Run| {
            let bold = style.bold || (run.bold && !style.dim);
            Span::new(&cells(text), Style { bold, code: run.code, ..style })
                .whole(link.is_some_and(|url| tells(text, url)))
                .to(target.clone())
        };
        let mark = |number: usize| Span::new(&format!("[{number}]"), style).whole(true);
        if let Some(url) = link.filter(|_| is_blank(runs)) {
            // The space of a link without words is that before it: `see <a><img></a>, too`.
            for run in runs {
                self.add(Span::new(&run.text, style));
            }
            self.add(set(runs[0].alt.as_deref().unwrap_or(url), &runs[0]));
            self.spans.extend(number.map(mark));
            return;
        }
        for (at, run) in runs.iter().enumerate() {
            let words = run.text.trim_end_matches(' ');
            let is_last = at + 1 == runs.len();
            self.add(set(words, run));
            if let Some(number) = number.filter(|_| is_last) {
                self.add(mark(number));
            }
            // The space after words is not set like them.
            let gap = Span::new(&run.text[words.len()..], style);
            self.add(if is_last { gap } else { gap.to(target.clone()) });
        }
    }

    /// Adds words; to those before where they are set alike.
    fn add(&mut self, span: Span) {
        let apart = match self.spans.last_mut() {
            Some(last) => last.join(span),
            None => Some(span),
        };
        self.spans.extend(apart);
    }
}

/// The address of these words, if neither they nor a hyperlink tell it.
fn untold(runs: &[Run], look: Look) -> Option<&str> {
    let url = runs.first()?.link.as_deref()?;
    let shown: String = runs.iter().map(|run| run.text.as_str()).collect();
    let told = tells(shown.trim(), url) || (is_blank(runs) && runs[0].alt.is_none());
    let linked = look.hyperlinks && hyperlink::target(url).is_some();
    (!told && !linked).then_some(url)
}

/// The words are the address itself, or all of it that a person types.
fn tells(words: &str, url: &str) -> bool {
    let typed = match url.split_once(':') {
        Some(("mailto", address)) => address,
        Some(("http", rest)) if rest.starts_with("//www.") => &rest[2..],
        _ => url,
    };
    words == url || words == typed
}

fn is_blank(runs: &[Run]) -> bool {
    runs.iter().all(|run| run.text.trim().is_empty())
}

/// Tabs part the cells of a table.
fn cells(text: &str) -> String {
    text.replace('\t', " | ")
}
