//! `castkeep show`

use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::Usage;
use super::setting::Setting;
use crate::archive::{EpisodeDetail, SegmentDetail};
use crate::report::{escape, human_bytes};

/// Print an episode with its notes in order
#[derive(Args)]
pub(super) struct Show {
    /// The show
    show: String,
    /// Its number, its guid, words of its title, or `latest`
    episode: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let Some(show) = reader.find_show(&self.show)? else {
            let known: Vec<_> = reader.status()?.into_iter().map(|show| show.show).collect();
            let hint = (!known.is_empty()).then(|| format!("there are: {}", known.join(", ")));
            return Err(
                Usage { message: format!("there is no show {:?} in the archive", self.show), hint }.into()
            );
        };
        let found = reader.episode(show.id, &self.episode)?;
        let episode = match found.as_slice() {
            [episode] => episode,
            [] => {
                let message = format!("{} has no episode {:?}", self.show, self.episode);
                return Err(Usage { message, hint: None }.into());
            }
            several => return Err(ambiguous(&self, several).into()),
        };
        let mut out = stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(episode)?)?;
        } else {
            write!(out, "{}", text(episode))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn ambiguous(asked: &Show, several: &[EpisodeDetail]) -> Usage {
    let list: Vec<_> = several.iter().map(|episode| format!("\n  {}", heading(episode))).collect();
    Usage {
        message: format!("{:?} could be any of these:{}", asked.episode, list.concat()),
        hint: Some("use more words of the title, or its guid".to_owned()),
    }
}

fn heading(episode: &EpisodeDetail) -> String {
    let title = episode.title.as_deref().unwrap_or("(untitled)");
    match episode.number {
        Some(number) if !title.contains(&number.to_string()) => format!("#{number} {title}"),
        _ => title.to_owned(),
    }
}

fn text(episode: &EpisodeDetail) -> String {
    let mut text = format!("{}\n{}", heading(episode), escape(&episode.show, &[]));
    if let Some(at) = episode.published_at {
        let _ = write!(text, ", {}", at.format("%-d %B %Y"));
    }
    if let Some(seconds) = episode.duration_seconds {
        let _ = write!(text, ", {}", clock(seconds));
    }
    if let Some(at) = episode.gone_at {
        let _ = write!(text, ", left the feed on {}", at.format("%-d %B %Y"));
    }
    text.push('\n');
    for (role, word) in [("guest", "with"), ("host", "hosted by")] {
        let names: Vec<_> =
            episode.people.iter().filter(|(_, r)| r == role).map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            let _ = writeln!(text, "{word} {}", names.join(", "));
        }
    }
    if !episode.sponsors.is_empty() {
        let names: Vec<_> = episode.sponsors.iter().map(|(name, _)| name.as_str()).collect();
        let _ = writeln!(text, "paid for by {}", names.join(", "));
    }
    match &episode.audio {
        Some(audio) => {
            let _ = writeln!(
                text,
                "{} ({}, sha256 {}, {})",
                audio.path,
                human_bytes(audio.size_bytes),
                audio.sha256,
                audio.state
            );
        }
        None => text.push_str("no audio captured\n"),
    }
    for segment in &episode.segments {
        text.push_str(&segment_text(segment));
    }
    escape(&text, &['\n'])
}

fn segment_text(segment: &SegmentDetail) -> String {
    let mut text = format!("\n[{}", segment.kind);
    if let Some(number) = segment.number {
        let _ = write!(text, " {number}");
    }
    if let Some(presenter) = &segment.presenter {
        let _ = write!(text, ", {presenter}");
    }
    if let Some(seconds) = segment.start_seconds {
        let _ = write!(text, ", {}", clock(seconds));
    }
    text.push_str("]\n");
    text.push_str(segment.text.trim_end());
    text.push('\n');
    for (url, words) in &segment.links {
        match words.as_deref().filter(|words| words != url) {
            Some(words) => {
                let _ = writeln!(text, "  -> {words}: {url}");
            }
            None => {
                let _ = writeln!(text, "  -> {url}");
            }
        }
    }
    text
}

fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{:02}", seconds % 60)
    } else {
        format!("{minutes}:{:02}", seconds % 60)
    }
}
