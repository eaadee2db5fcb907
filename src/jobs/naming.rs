//! What the file of a resource is called: the template of its show, filled with what the archive knows.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::session::Show;
use crate::archive::Named;
use crate::config::Config;
use crate::download::{Naming, Template};
use crate::http::Url;
use crate::model::{ResourceRole, redact_text};

/// The templates that the configuration names.
#[derive(Debug, Clone, Default)]
pub(super) struct Templates {
    general: Template,
    /// Of shows that have one of their own, by row.
    own: HashMap<i64, Template>,
}

impl Templates {
    pub(super) fn new(config: &Config) -> Self {
        let general = config.naming.template.clone().unwrap_or_default();
        Self { general, own: HashMap::new() }
    }

    /// The same for all shows.
    pub(super) fn one(template: Template) -> Self {
        Self { general: template, own: HashMap::new() }
    }

    /// Takes up what the configuration says of shows.
    pub(super) fn add(&mut self, shows: &[Show]) {
        for show in shows {
            if let Some(template) = &show.config.template {
                self.own.insert(show.row.id, template.clone());
            }
        }
    }

    /// That of a show, by row.
    pub(super) fn of(&self, show: i64) -> &Template {
        self.own.get(&show).unwrap_or(&self.general)
    }

    /// The path below `audio/`, without ending.
    pub(super) fn stem(&self, named: &Named) -> String {
        let is_of_show = named.episode_id.is_none();
        let original = named.enclosure_url.as_deref().and_then(original);
        let guid = named.guid.as_deref().map(redact_text);
        self.of(named.show_id).stem(&Naming {
            show: &named.show,
            show_title: named.show_title.as_deref(),
            title: if is_of_show { Some("cover") } else { named.title.as_deref() },
            published: named.published_at,
            number: named.number,
            season: named.season,
            episode_type: named.episode_type.as_deref(),
            author: named.author.as_deref(),
            guid: guid.as_deref(),
            original: original.as_deref(),
            id: named.episode_id.unwrap_or(named.resource_id),
            beside: beside(named),
            is_of_show,
        })
    }
}

/// What it is to its episode, if it is not the audio or the picture.
fn beside(named: &Named) -> Option<&str> {
    match named.role {
        ResourceRole::Enclosure | ResourceRole::Image => None,
        ResourceRole::Transcript => Some(named.language.as_deref().unwrap_or("transcript")),
        ResourceRole::Chapters => Some("chapters"),
        ResourceRole::Alternate => Some("alternate"),
    }
}

/// The name of the file in an address, without its ending.
fn original(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    let name = percent_decode_str(last).decode_utf8_lossy().into_owned();
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => Some(stem.to_owned()),
        _ => Some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_was_called_something_by_its_host() {
        let original = |url: &str| original(url);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(original("https://a.example/b/ep%2042.final.mp3?x=1"), some("ep 42.final"));
        assert_eq!(original("https://a.example/b/%E2%82%ac/"), some("€"));
        assert_eq!(
            original("https://a.example/Show.Episode about things"),
            some("Show.Episode about things")
        );
        assert_eq!(original("https://a.example/%2e%2e%2fx.mp3"), some("../x"));
        assert_eq!(original("https://a.example/"), None);
        assert_eq!(original("nothing"), None);
    }
}
