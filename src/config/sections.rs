//! The sections of the configuration, with their defaults.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::{Alternates, Interval};
use crate::download::Template;

/// `[archive]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Archive {
    /// The folder of `archive.db`, `audio/` and `tmp/`; relative to the configuration file.
    pub directory: PathBuf,
    /// Makes the archive where there is none; `false` takes its absence for a disk that is not mounted.
    pub create: bool,
    /// Downloads stop when less than this is free, in megabytes.
    pub min_free_mb: u64,
}

impl Default for Archive {
    fn default() -> Self {
        Self { directory: "archive".into(), create: true, min_free_mb: 200 }
    }
}

/// `[http]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Only these hosts may be asked anything (`host` or `host:port`); empty: any.
    pub only_hosts: Vec<String>,
    /// Hosts on private networks that feeds may point at (`host` or `host:port`).
    pub allow_hosts: Vec<String>,
    /// Feeds fetched side by side.
    pub feeds_at_once: usize,
    /// Downloads side by side.
    pub downloads_at_once: usize,
    /// Downloads side by side from one host.
    pub downloads_per_host: usize,
    /// Kilobytes a second that all downloads together keep to; 0: as fast as they come.
    pub max_rate_kb: u64,
    /// Seconds between two downloads from one host.
    pub download_pause_seconds: f64,
    /// Seconds to wait for a connection.
    pub connect_seconds: u64,
    /// Seconds to wait for the header of an answer.
    pub header_seconds: u64,
    /// Seconds to wait for the next bytes of a body.
    pub read_seconds: u64,
    /// A body slower than this many bytes a second, over `rate_seconds`, is given up.
    pub least_rate: u64,
    /// Seconds that `least_rate` is measured over.
    pub rate_seconds: u64,
    /// Largest feed that is read, in megabytes.
    pub max_feed_mb: u64,
    /// Largest file that is downloaded, in megabytes.
    pub max_audio_mb: u64,
    /// Pages of a paged feed that a backfill asks for at most.
    pub max_pages: usize,
    /// Seconds between two pages.
    pub page_pause_seconds: f64,
    /// Where it is asked which feed a page of Apple Podcasts stands for.
    pub apple_lookup: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            only_hosts: Vec::new(),
            allow_hosts: Vec::new(),
            feeds_at_once: 8,
            downloads_at_once: 4,
            downloads_per_host: 2,
            max_rate_kb: 0,
            download_pause_seconds: 0.0,
            connect_seconds: 15,
            header_seconds: 30,
            read_seconds: 30,
            least_rate: 1024,
            rate_seconds: 60,
            max_feed_mb: 64,
            max_audio_mb: 4096,
            max_pages: 1000,
            page_pause_seconds: 1.0,
            apple_lookup: "https://itunes.apple.com/lookup".to_owned(),
        }
    }
}

/// `[capture]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capture {
    /// Transcripts, in all languages and forms.
    pub transcripts: bool,
    /// Files of chapters.
    pub chapters: bool,
    /// Covers of shows and pictures of episodes.
    pub images: bool,
    /// The same audio or video in other forms.
    pub alternates: Alternates,
    /// Of transcripts and alternates that say a language, only those in these; empty: all.
    pub languages: Vec<String>,
}

impl Default for Capture {
    fn default() -> Self {
        Self {
            transcripts: true,
            chapters: true,
            images: true,
            alternates: Alternates::None,
            languages: Vec::new(),
        }
    }
}

/// `[sync]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sync {
    /// How long a feed rests between two requests, at the least: `30m`, `1h`, `1d`.
    pub interval: Interval,
}

impl Default for Sync {
    fn default() -> Self {
        Self { interval: Interval::Every(Duration::from_hours(1)) }
    }
}

/// `[naming]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Naming {
    /// How files are called; `None`: as castkeep does by itself.
    pub template: Option<Template>,
    /// What is written beside the audio of each episode.
    pub beside: Vec<Beside>,
}

/// A file that castkeep writes beside the audio of an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Beside {
    /// All that the archive knows of the episode.
    Json,
    /// Its notes as a page.
    Html,
    /// Its picture, or that of the show.
    Cover,
    /// The spoken words.
    Transcript,
}

/// `[hooks]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hooks {
    /// A program and its arguments, run once for each episode whose audio was stored; empty: none.
    pub on_episode: Vec<String>,
    /// It is stopped after so many seconds.
    pub timeout_seconds: u64,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { on_episode: Vec::new(), timeout_seconds: 300 }
    }
}

/// `[notify]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notify {
    /// An address that is asked for after a run that went well.
    pub on_success: Option<String>,
    /// An address that is asked for after any other run.
    pub on_failure: Option<String>,
    /// A file in the text format of Prometheus, written after each run; relative to the configuration file.
    pub metrics: Option<PathBuf>,
}
