//! Which of the things that episodes point at are downloaded, and why the others are not. Pure: rules and candidates are arguments.

mod apply;
mod catch_up;
mod plan;

pub(super) use apply::apply;
pub use catch_up::{CaughtUp, Request as CatchUpRequest, catch_up};
pub use plan::{LeftOut, Plan, Planned, Waiting, plan};

use super::session::MEGABYTE;
use crate::archive::{CAUGHT_UP, Candidate, EVERYTHING};
use crate::config::{self, Alternates, Choose, Config, EpisodeType, Kind};
use crate::model::{Hasher, ResourceRole};

/// The rules for one show.
pub(super) struct Rules {
    choose: Choose,
    alternates: Alternates,
    /// Lower case.
    languages: Vec<String>,
}

impl Rules {
    /// Those of the configuration for this show.
    pub(super) fn of(config: &Config, show: &config::Show) -> Self {
        let languages = show.languages.as_ref().unwrap_or(&config.capture.languages);
        Self {
            choose: config.choose.of(show),
            alternates: show.alternates.unwrap_or(config.capture.alternates),
            languages: languages.iter().map(|language| language.to_lowercase()).collect(),
        }
    }

    /// Which other forms of the audio are captured.
    pub(super) fn alternates(&self) -> Alternates {
        self.alternates
    }

    /// Whether anything is downloaded at all.
    pub(super) fn audio(&self) -> bool {
        self.choose.audio
    }

    /// The most bytes that an enclosure may have, where the rules say so.
    pub(super) fn max_bytes(&self) -> Option<u64> {
        Some(self.choose.max_mb).filter(|megabytes| *megabytes > 0).map(|mb| mb.saturating_mul(MEGABYTE))
    }

    /// What is said of an enclosure larger than that.
    pub(super) fn too_large(&self) -> String {
        format!("max_mb = {}", self.choose.max_mb)
    }

    /// Tells these rules from others.
    pub(super) fn key(&self) -> i64 {
        let said = self.said();
        if said.is_empty() && !matches!(self.alternates, Alternates::Best | Alternates::Smallest) {
            return EVERYTHING;
        }
        let mut hasher = Hasher::default();
        hasher.update(format!("{} {}", said.join("\n"), self.alternates.name()).as_bytes());
        // Any key but that of everything will do: half of a digest, never zero.
        let digits = hasher.finish().to_string();
        i64::from_str_radix(&digits[..15], 16).unwrap_or_default() | 1
    }

    /// Every rule that is in force, as the configuration writes it.
    fn said(&self) -> Vec<String> {
        let Choose { audio, only, skip, since, until, newest, seasons, types, kinds, max_mb } = &self.choose;
        let mut said = Vec::new();
        said.extend((!audio).then(|| "audio = false".to_owned()));
        said.extend(only.as_ref().map(|pattern| format!("only = {:?}", pattern.to_string())));
        said.extend(skip.as_ref().map(|pattern| format!("skip = {:?}", pattern.to_string())));
        said.extend(since.as_ref().map(|day| format!("since = {}", day.begins().format("%Y-%m-%d"))));
        said.extend(until.as_ref().map(|day| format!("until = {}", day.ends().format("%Y-%m-%d"))));
        said.extend((!seasons.is_empty()).then(|| format!("seasons = {seasons:?}")));
        said.extend((!types.is_empty()).then(|| named("types", types.iter().map(|one| one.name()))));
        said.extend((*newest > 0).then(|| format!("newest = {newest}")));
        said.extend((!kinds.is_empty()).then(|| named("kinds", kinds.iter().map(|one| one.name()))));
        said.extend((*max_mb > 0).then(|| format!("max_mb = {max_mb}")));
        said.extend((!self.languages.is_empty()).then(|| format!("languages = {:?}", self.languages)));
        said
    }

    /// Why each candidate is not downloaded, in their order; `None` for those that may be. What was caught up with stays so.
    /// Candidates come newest episode first.
    pub(super) fn reasons(&self, candidates: &[Candidate]) -> Vec<Option<String>> {
        let mut reasons = Vec::with_capacity(candidates.len());
        let mut left = if self.choose.newest == 0 { u64::MAX } else { self.choose.newest };
        for episode in candidates.chunk_by(|a, b| a.episode_id == b.episode_id) {
            let Some(first) = episode.first() else { continue };
            let mut of_episode = self.against_episode(first);
            let own: Vec<Option<String>> = self.against_each(episode);
            let is_chosen = |(thing, reason): (&Candidate, &Option<String>)| {
                thing.role == ResourceRole::Enclosure && reason.is_none() && !is_caught_up(thing)
            };
            if of_episode.is_none() && episode.iter().zip(&own).any(is_chosen) {
                match left.checked_sub(1) {
                    Some(fewer) => left = fewer,
                    None => of_episode = Some(format!("newest = {}", self.choose.newest)),
                }
            }
            for (thing, own) in episode.iter().zip(own) {
                let reason = match thing.is_captured {
                    true => None,
                    false if is_caught_up(thing) => Some(CAUGHT_UP.to_owned()),
                    false => of_episode.clone().or(own),
                };
                reasons.push(reason);
            }
        }
        reasons
    }

    /// What speaks against all that an episode points at.
    fn against_episode(&self, episode: &Candidate) -> Option<String> {
        let rules = &self.choose;
        if !rules.audio {
            return Some("audio = false".to_owned());
        }
        let title = episode.title.as_deref().unwrap_or_default();
        if let Some(only) = rules.only.as_ref().filter(|only| !only.matches(title)) {
            return Some(format!("only = {:?}", only.to_string()));
        }
        if let Some(skip) = rules.skip.as_ref().filter(|skip| skip.matches(title)) {
            return Some(format!("skip = {:?}", skip.to_string()));
        }
        // What has no date can't be told to be older or newer: it is kept.
        let published = episode.published_at;
        if let Some(since) = rules.since.filter(|day| published.is_some_and(|at| at < day.begins())) {
            return Some(format!("since = {}", since.begins().format("%Y-%m-%d")));
        }
        if let Some(until) = rules.until.filter(|day| published.is_some_and(|at| at > day.ends())) {
            return Some(format!("until = {}", until.ends().format("%Y-%m-%d")));
        }
        let in_season = |season: i64| rules.seasons.contains(&season);
        if !rules.seasons.is_empty() && !episode.season.is_some_and(in_season) {
            return Some(format!("seasons = {:?}", rules.seasons));
        }
        let told = EpisodeType::told(episode.episode_type.as_deref());
        let is_of = rules.types.is_empty() || rules.types.contains(&told);
        (!is_of).then(|| named("types", rules.types.iter().map(|one| one.name())))
    }

    /// What speaks against single things that an episode points at.
    fn against_each(&self, episode: &[Candidate]) -> Vec<Option<String>> {
        let preferred = self.preferred(episode);
        let one = |thing: &Candidate| {
            if !self.speaks(thing) {
                return Some(format!("languages = {:?}", self.languages));
            }
            if !is_playable(thing) {
                return None;
            }
            let kinds = &self.choose.kinds;
            if !kinds.is_empty() && !kinds.contains(&Kind::of(thing.kind)) {
                return Some(named("kinds", kinds.iter().map(|one| one.name())));
            }
            let is_told_larger =
                self.max_bytes().zip(thing.length_bytes).is_some_and(|(most, length)| length > most);
            // What a server said of its length is not forgotten for what the feed says.
            let was_found_larger = thing.skip_reason.as_ref() == Some(&self.too_large());
            if is_told_larger || was_found_larger {
                return Some(self.too_large());
            }
            let is_other = preferred.is_some_and(|preferred| preferred != thing.resource_id);
            is_other.then(|| format!("alternates = {}", self.alternates.name()))
        };
        episode.iter().map(one).collect()
    }

    /// Whether a thing speaks one of the languages; an enclosure does where it names none, and where the episode has nothing else.
    fn speaks(&self, thing: &Candidate) -> bool {
        let is_either = matches!(thing.role, ResourceRole::Transcript | ResourceRole::Alternate);
        let Some(said) = thing.language.as_ref().filter(|_| is_either && !self.languages.is_empty()) else {
            return true;
        };
        // en-US is English (BCP 47).
        let said = said.to_lowercase().replace('_', "-");
        self.languages.iter().any(|one| said == *one || said.starts_with(&format!("{one}-")))
    }

    /// Of the enclosure and its other forms, the one that is captured, where one is.
    fn preferred(&self, episode: &[Candidate]) -> Option<i64> {
        if !matches!(self.alternates, Alternates::Best | Alternates::Smallest) {
            return None;
        }
        let enclosure = episode.iter().find(|thing| thing.role == ResourceRole::Enclosure)?;
        let forms: Vec<&Candidate> = episode
            .iter()
            .filter(|thing| is_playable(thing) && thing.kind == enclosure.kind && self.speaks(thing))
            .collect();
        // What is here already is not fetched again in another form.
        if let Some(captured) = forms.iter().find(|thing| thing.is_captured) {
            return Some(captured.resource_id);
        }
        let sizes = told(&forms, |thing| thing.bitrate)
            .or_else(|| told(&forms, |thing| thing.length_bytes))
            .or_else(|| told(&forms, |thing| thing.height.map(u64::from)));
        let by_size = forms.iter().zip(sizes?);
        let chosen = match self.alternates {
            Alternates::Smallest => by_size.min_by_key(|(_, size)| *size),
            // Of several that are alike, the feed's first.
            _ => by_size.rev().max_by_key(|(_, size)| *size),
        };
        chosen.map(|(thing, _)| thing.resource_id)
    }
}

/// Sizes of one measure, if the feed tells them of all forms; of the enclosure it may not tell the bitrate.
fn told(forms: &[&Candidate], size: impl Fn(&Candidate) -> Option<u64>) -> Option<Vec<u64>> {
    forms.iter().map(|thing| size(thing)).collect()
}

fn is_playable(thing: &Candidate) -> bool {
    matches!(thing.role, ResourceRole::Enclosure | ResourceRole::Alternate)
}

fn is_caught_up(thing: &Candidate) -> bool {
    thing.skip_reason.as_deref() == Some(CAUGHT_UP)
}

fn named<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> String {
    format!("{key} = {:?}", names.collect::<Vec<_>>())
}
