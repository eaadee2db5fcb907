//! A list of shows as OPML 2.0: <http://opml.org/spec2.opml>.

use std::io::{self, Write};

use super::xml::Xml;
use crate::model::{Show, Time, redact_text};

/// A list being written.
pub struct Opml<W: Write>(Xml<W>);

impl<W: Write> Opml<W> {
    /// Begins it.
    pub fn begin(out: W, made: Time) -> io::Result<Self> {
        let mut xml = Xml::begin(out)?;
        xml.open("opml", &[("version", "2.0")])?;
        xml.open("head", &[])?;
        xml.leaf("title", &[], "Podcasts")?;
        xml.leaf("dateCreated", &[], &made.format("%a, %d %b %Y %H:%M:%S GMT"))?;
        xml.leaf("docs", &[], "http://opml.org/spec2.opml")?;
        xml.close()?;
        xml.open("body", &[])?;
        Ok(Self(xml))
    }

    /// Adds a show: its name where it has no title, and the address of its feed.
    pub fn show(&mut self, name: &str, feed: &str, show: &Show) -> io::Result<()> {
        let title = show.title.as_deref().unwrap_or(name);
        let mut outline = vec![("type", "rss"), ("text", title), ("title", title), ("xmlUrl", feed)];
        let more =
            [("htmlUrl", &show.link), ("description", &show.description), ("language", &show.language)];
        outline.extend(more.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
        let shown: Vec<(&str, String)> =
            outline.into_iter().map(|(name, value)| (name, redact_text(value))).collect();
        let shown: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.0.empty("outline", &shown)
    }

    /// Ends it.
    pub fn end(mut self) -> io::Result<()> {
        self.0.close()?;
        self.0.end()
    }
}
