//! Why a document holds no rows: what it is instead.

/// A document that is no transcript or no list of chapters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No bytes, or nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// A web page, such as a server's way to say that something is not there.
    #[error("the document is a web page{}", titled(.title.as_deref()))]
    Page {
        /// What it calls itself, cut to 80 characters.
        title: Option<String>,
    },
    /// XML of another kind.
    #[error("the document is XML with the root element `{root}`")]
    Xml {
        /// The root's name, cut to 60 characters.
        root: String,
    },
    /// JSON that holds nothing of the kind.
    #[error("the document is JSON without {wanted}{}", keyed(.keys))]
    Json {
        /// What was looked for.
        wanted: &'static str,
        /// The keys it holds instead, the first few.
        keys: Vec<String>,
    },
    /// JSON that breaks off or never was any.
    #[error("the document is damaged JSON: {0}")]
    BadJson(String),
    /// Sound, a picture, an archive.
    #[error("the document is no text")]
    Binary,
    /// Text of another kind.
    #[error("the document is text without {wanted}, beginning with {start:?}")]
    Text {
        /// What was looked for.
        wanted: &'static str,
        /// Its first words.
        start: String,
    },
}

fn titled(title: Option<&str>) -> String {
    title.map(|title| format!(" with the title {title:?}")).unwrap_or_default()
}

fn keyed(keys: &[String]) -> String {
    if keys.is_empty() { String::new() } else { format!(", but with {}", keys.join(", ")) }
}

/// At most so many characters of a text, trimmed.
pub(super) fn short(text: &str, most: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
