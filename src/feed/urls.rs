//! Addresses: made absolute, and what they seem to lead to.

use std::borrow::Cow;
use std::rc::Rc;

use url::Url;

use super::wire::{Address, Pointer};
use crate::model::ResourceKind;

/// What relative addresses are relative to: the document's base, narrowed by each `xml:base` on the way.
#[derive(Debug, Clone, Default)]
pub(super) struct Base {
    url: Option<Rc<Url>>,
    /// An `xml:base` names it.
    said: bool,
}

impl Base {
    pub(super) fn new(url: Option<Url>) -> Self {
        Self { url: url.map(Rc::new), said: false }
    }

    /// The base within an element that bears this `xml:base`.
    pub(super) fn within(&self, base: Option<&str>) -> Self {
        let Some(base) = base else { return self.clone() };
        let narrowed = match &self.url {
            Some(outer) => outer.join(base.trim()).ok(),
            None => Url::parse(base.trim()).ok(),
        };
        Self {
            said: self.said || narrowed.is_some(),
            url: narrowed.map(Rc::new).or_else(|| self.url.clone()),
        }
    }

    /// The base of what stands on a page of its own, where no `xml:base` says otherwise.
    pub(super) fn on_page(&self, page: Option<&str>) -> Self {
        let page = page.filter(|_| !self.said).and_then(|page| Url::parse(page).ok());
        page.map_or_else(|| self.clone(), |page| Self::new(Some(page)))
    }

    /// An address as published where it is absolute, else made so; as published where nothing is known of its base.
    pub(super) fn absolute(&self, address: &Address<'_>) -> String {
        let text = address.url.trim();
        if has_scheme(text) {
            return text.to_owned();
        }
        if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
            return format!("http://{text}");
        }
        let base = self.within(address.base.as_deref());
        base.url.and_then(|base| base.join(text).ok()).map_or_else(|| text.to_owned(), String::from)
    }

    /// The base less file name and query.
    pub(super) fn folder(&self) -> Option<String> {
        self.url.as_ref().and_then(|base| base.join(".").ok()).map(String::from)
    }

    pub(super) fn text(&self) -> Option<String> {
        self.url.as_ref().map(|base| base.as_str().to_owned())
    }
}

/// Whether an address begins with a scheme (RFC 3986 section 3.1).
fn has_scheme(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let end = text.bytes().position(|byte| !fits(byte)).unwrap_or(text.len());
    text.as_bytes()[end..].starts_with(b":") && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// What a pointer leads to: by its media type, else its medium, else the ending of its address.
pub(super) fn kind_of(pointer: &Pointer<'_>) -> ResourceKind {
    let by_type = pointer.media_type.as_deref().and_then(kind_of_type);
    let by_medium = pointer.medium.as_deref().and_then(kind_of_type);
    by_type.or(by_medium).unwrap_or_else(|| kind_of_ending(&pointer.address.url))
}

fn kind_of_type(media_type: &str) -> Option<ResourceKind> {
    let lower = lower(media_type);
    match lower.split('/').next().unwrap_or("") {
        "audio" | "mp3" => Some(ResourceKind::Audio),
        "video" => Some(ResourceKind::Video),
        "image" => Some(ResourceKind::Image),
        "application" if lower.starts_with("application/ogg") || lower.contains("mpegurl") => {
            Some(ResourceKind::Audio)
        }
        // Servers say octet-stream of anything: the ending tells more.
        "application" if !lower.contains("octet-stream") => Some(ResourceKind::Other),
        "text" => Some(ResourceKind::Other),
        _ => None,
    }
}

/// What an address leads to, by its ending.
pub(super) fn kind_of_ending(url: &str) -> ResourceKind {
    let path = url.split(['?', '#']).next().unwrap_or("");
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    match ending.map(lower).as_deref() {
        Some(
            "mp3" | "m4a" | "m4b" | "aac" | "ogg" | "oga" | "opus" | "wav" | "flac" | "wma" | "mka" | "weba"
            | "mpga",
        ) => ResourceKind::Audio,
        Some("mp4" | "m4v" | "mov" | "webm" | "mkv" | "avi" | "ogv" | "wmv" | "mpg" | "mpeg" | "3gp") => {
            ResourceKind::Video
        }
        Some("jpg" | "jpeg" | "png" | "gif" | "webp" | "svg" | "avif" | "bmp") => ResourceKind::Image,
        _ => ResourceKind::Other,
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_ascii_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'a>(url: &'a str, base: Option<&str>) -> Address<'a> {
        Address { url: url.into(), base: base.map(str::to_owned) }
    }

    #[test]
    fn addresses_become_absolute_and_else_stay_as_they_are() {
        let base = Base::new(Url::parse("https://a.example/feeds/x.xml").ok());
        assert_eq!(base.absolute(&at("HTTP://B.example/é x", None)), "HTTP://B.example/é x");
        assert_eq!(base.absolute(&at("y.mp3", None)), "https://a.example/feeds/y.mp3");
        assert_eq!(base.absolute(&at("/y.mp3", Some("https://c.example/"))), "https://c.example/y.mp3");
        assert_eq!(base.within(Some("z/")).absolute(&at("y.mp3", None)), "https://a.example/feeds/z/y.mp3");
        assert_eq!(base.absolute(&at("www.c.example/y.mp3", None)), "http://www.c.example/y.mp3");
        assert_eq!(Base::default().absolute(&at("y.mp3", None)), "y.mp3");
    }

    #[test]
    fn kinds_are_told_by_type_then_ending() {
        let kind = |url, media_type: Option<&str>| {
            kind_of(&Pointer {
                address: at(url, None),
                media_type: media_type.map(Cow::Borrowed),
                ..Pointer::default()
            })
        };
        assert_eq!(kind("x.mp3", None), ResourceKind::Audio);
        assert_eq!(kind("x?f=y.mp3", Some("audio/mpeg")), ResourceKind::Audio);
        assert_eq!(kind("x.m4v?y", Some("application/octet-stream")), ResourceKind::Video);
        assert_eq!(kind("x.pdf", Some("application/pdf")), ResourceKind::Other);
    }
}
