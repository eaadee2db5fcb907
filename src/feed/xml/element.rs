//! An element with all that it holds, as a value.

use std::borrow::Cow;
use std::mem;

use super::text::{self, short};
use super::{Ns, Scope, Token, Tokens, attributes, local_of, prefix_of};

/// Elements nested deeper than this are read for their text only.
const DEEPEST: usize = 256;
/// More elements than any honest item holds; what follows them is read for its text only.
const MOST_ELEMENTS: usize = 20_000;

/// An element. Texts have their references replaced and are not trimmed.
#[derive(Debug)]
pub(in crate::feed) struct Element<'a> {
    pub(in crate::feed) ns: Ns,
    /// The name as written, prefix included.
    pub(in crate::feed) name: &'a str,
    /// What it is matched by: the local name in lower case, since `<ITEM>` is met in real feeds.
    pub(in crate::feed) key: Cow<'a, str>,
    pub(in crate::feed) attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// All character data directly inside it.
    pub(in crate::feed) text: Cow<'a, str>,
    pub(in crate::feed) children: Vec<Element<'a>>,
    /// All between its tags, as the document holds it.
    pub(in crate::feed) inner: &'a str,
}

impl<'a> Element<'a> {
    fn new(scope: &Scope<'_>, name: &'a str, attributes: Vec<(&'a str, Cow<'a, str>)>) -> Self {
        let local = local_of(name);
        let key = match local {
            // Saves making anew what nearly every item has.
            "pubDate" => Cow::Borrowed("pubdate"),
            "episodeType" => Cow::Borrowed("episodetype"),
            _ if local.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Cow::Owned(local.to_ascii_lowercase())
            }
            _ => Cow::Borrowed(local),
        };
        Self {
            ns: scope.of(name),
            name,
            key,
            attributes,
            text: Cow::Borrowed(""),
            children: Vec::new(),
            inner: "",
        }
    }

    /// The trimmed value of an attribute, by its name in lower case; `None` if it is absent or empty.
    pub(in crate::feed) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// As [`Element::attribute`], not copied where the document holds it as it is.
    pub(in crate::feed) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| trimmed(value)).filter(|value| !value.is_empty())
    }

    /// What it says: its text, or where it holds markup that should have been escaped, that markup.
    pub(in crate::feed) fn content(&self) -> Cow<'a, str> {
        if self.children.is_empty() { trimmed(&self.text) } else { Cow::Borrowed(self.inner.trim()) }
    }

    /// The child of the same vocabulary with this name.
    pub(in crate::feed) fn child(&self, key: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| child.key == key && child.ns == self.ns)
    }

    /// The name with the prefix that most feeds use for its vocabulary, such as `itunes:author`.
    pub(in crate::feed) fn usual_name(&self) -> String {
        let local = if self.key.as_ref().eq_ignore_ascii_case(local_of(self.name)) {
            local_of(self.name)
        } else {
            &self.key
        };
        match self.ns.usual_prefix() {
            None => self.name.to_owned(),
            Some("") => local.to_owned(),
            Some("atom") if prefix_of(self.name).is_empty() => local.to_owned(),
            Some(prefix) => [prefix, ":", local].concat(),
        }
    }
}

fn trimmed<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Reads the one element that `raw` holds. Its children stand in `room`, so that elements read one after the other
/// may share it. `remark` is told of what was mended: where in `raw`, and what.
pub(in crate::feed) fn read<'a>(
    raw: &'a str,
    scope: &mut Scope<'a>,
    room: Vec<Element<'a>>,
    remark: &mut dyn FnMut(usize, String),
) -> Option<Element<'a>> {
    let mut tokens = Tokens::new(raw);
    let mut open = Open { scope, stack: Vec::with_capacity(4), room, deeper: 0, seen: 0 };
    let outer = open.scope.bind(std::iter::empty());
    let mut root = None;
    while let Some((token, span)) = tokens.next() {
        match token {
            Token::Start { name, tag, empty } => root = open.start(name, tag, empty, span.end),
            Token::End(name) => root = open.end(name, raw, span.start, remark),
            Token::Text(piece) => {
                if let Some(text) = open.inside() {
                    text::add_escaped(text, piece, span.start, remark);
                }
            }
            Token::Cdata(piece) => {
                if let Some(text) = open.inside() {
                    text::add(text, piece);
                }
            }
            Token::Doctype | Token::Aside => {}
        }
        for (at, what) in tokens.repairs.drain(..) {
            remark(at, what.to_owned());
        }
        if root.is_some() {
            break;
        }
    }
    let root = root.or_else(|| open.close_all(raw));
    scope.leave(outer);
    root
}

/// The elements that are open while reading.
struct Open<'s, 'a> {
    scope: &'s mut Scope<'a>,
    /// Each with the scope's mark before it, and where its inside begins.
    stack: Vec<(Element<'a>, usize, usize)>,
    /// For the children of the outermost.
    room: Vec<Element<'a>>,
    /// How many elements are open below the deepest one kept.
    deeper: usize,
    seen: usize,
}

impl<'a> Open<'_, 'a> {
    /// Opens an element. The whole is given back if it is the outermost and empty.
    fn start(&mut self, name: &'a str, tag: &'a str, empty: bool, end: usize) -> Option<Element<'a>> {
        if self.stack.len() >= DEEPEST || self.seen >= MOST_ELEMENTS {
            self.deeper += usize::from(!empty);
            return None;
        }
        self.seen += 1;
        let attributes: Vec<_> = attributes(tag).collect();
        let mark = self.scope.bind(attributes.iter().map(|(name, value)| (*name, value.as_ref())));
        let mut element = Element::new(self.scope, name, attributes);
        if self.stack.is_empty() {
            element.children = mem::take(&mut self.room);
        }
        self.stack.push((element, mark, end));
        if empty { self.close("") } else { None }
    }

    /// Closes the innermost element, which goes to its parent; the outermost is given back.
    fn close(&mut self, inner: &'a str) -> Option<Element<'a>> {
        let (mut element, mark, _) = self.stack.pop()?;
        element.inner = inner;
        self.scope.leave(mark);
        match self.stack.last_mut() {
            None => Some(element),
            Some((parent, ..)) => {
                parent.children.push(element);
                None
            }
        }
    }

    fn end(
        &mut self,
        name: &str,
        raw: &'a str,
        start: usize,
        remark: &mut dyn FnMut(usize, String),
    ) -> Option<Element<'a>> {
        let Some(depth) = self.stack.iter().rposition(|(element, ..)| element.name == name) else {
            if self.deeper > 0 {
                self.deeper -= 1;
            } else {
                remark(start, format!("`</{}>` closes nothing and was passed over", short(name)));
            }
            return None;
        };
        if self.deeper > 0 && depth != 0 {
            self.deeper -= 1;
            return None;
        }
        if depth + 1 < self.stack.len() {
            remark(start, format!("`</{}>` closed the elements left open inside it", short(name)));
        }
        self.deeper = 0;
        while self.stack.len() > depth + 1 {
            let inner = self.inner(raw, start);
            self.close(inner);
        }
        let inner = self.inner(raw, start);
        self.close(inner)
    }

    fn inner(&self, raw: &'a str, end: usize) -> &'a str {
        self.stack.last().and_then(|(_, _, begin)| raw.get(*begin..end)).unwrap_or("")
    }

    fn close_all(&mut self, raw: &'a str) -> Option<Element<'a>> {
        while !self.stack.is_empty() {
            let inner = self.inner(raw, raw.len());
            if let Some(root) = self.close(inner) {
                return Some(root);
            }
        }
        None
    }

    /// The text of the innermost element.
    fn inside(&mut self) -> Option<&mut Cow<'a, str>> {
        self.stack.last_mut().map(|(element, ..)| &mut element.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(raw: &str) -> (Cow<'_, str>, Vec<String>) {
        let mut remarks = Vec::new();
        let mut scope = Scope::new(Ns::Rss);
        let element = read(raw, &mut scope, Vec::new(), &mut |_, what| remarks.push(what)).unwrap();
        (element.text, remarks)
    }

    #[test]
    fn text_is_put_together() {
        assert_eq!(text_of("<t>a&amp;b<![CDATA[<c>]]><!-- d -->\r\ne</t>").0, "a&b<c>\ne");
        assert_eq!(text_of("<t><![CDATA[a ]]]]><![CDATA[> b]]></t>").0, "a ]]> b");
        let (text, remarks) = text_of("<t>caf&eacute; &bogus; Q & A</t>");
        assert_eq!(text, "café &bogus; Q & A");
        assert_eq!(remarks.len(), 3, "{remarks:?}");
    }

    #[test]
    fn crossed_and_unclosed_tags_do_not_end_reading() {
        let mut scope = Scope::new(Ns::Rss);
        let item =
            read("<item><a><b></a></b><title>x</title><p>y</item>", &mut scope, Vec::new(), &mut |_, _| {})
                .unwrap();
        let names: Vec<_> = item.children.iter().map(|child| child.name).collect();
        assert_eq!(names, ["a", "title", "p"]);
        assert_eq!(item.child("title").unwrap().text, "x");
    }

    #[test]
    fn depth_is_bounded() {
        let mut scope = Scope::new(Ns::Rss);
        let raw = format!("<item>{}x{}<t>y</t></item>", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let item = read(&raw, &mut scope, Vec::new(), &mut |_, _| {}).unwrap();
        assert_eq!(item.child("t").unwrap().text, "y");
    }
}
