//! Which of the things that episodes point at are downloaded, and why the others are not. Pure: rules and candidates are arguments.

mod apply;
mod catch_up;
mod plan;

pub(super) use apply::apply;
pub use catch_up::{CaughtUp, Request as CatchUpRequest, catch_up};
pub use plan::{LeftOut, Plan, Planned, Waiting, plan};

use super::session::MEGABYTE;
use crate::archive::{Candidate, EVERYTHING, is_by_hand};
use crate::config::{self, Alternates, Choose, Config, EpisodeType, Kind};
use crate::model::{Hasher, ResourceRole, Time};

/// A rule that leaves things out, by its key in the configuration (`Size`: `max_mb`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Audio,
    Only,
    Skip,
    Since,
    Until,
    Seasons,
    Types,
    Newest,
    Kinds,
    Size,
    Languages,
}

/// All of them, in the order in which they are asked and written down: [`Rules::key`] depends on it.
const RULES: &[Rule] = &[
    Rule::Audio,
    Rule::Only,
    Rule::Skip,
    Rule::Since,
    Rule::Until,
    Rule::Seasons,
    Rule::Types,
    Rule::Newest,
    Rule::Kinds,
    Rule::Size,
    Rule::Languages,
];

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

    /// What of an episode may be its audio: of these, one is wanted.
    pub(super) fn audio_roles(&self) -> &'static [ResourceRole] {
        if self.is_in_place() {
            &[ResourceRole::Enclosure, ResourceRole::Alternate]
        } else {
            &[ResourceRole::Enclosure]
        }
    }

    /// Whether another form of the audio may be taken in place of the enclosure.
    fn is_in_place(&self) -> bool {
        matches!(self.alternates, Alternates::Best | Alternates::Smallest)
    }

    /// What is said of the forms that are not taken, where one is. The views know it by how it begins.
    fn is_other(&self) -> String {
        format!("alternates = {}", self.alternates.name())
    }

    /// Whether any file is downloaded at all.
    pub(super) fn audio(&self) -> bool {
        self.choose.audio
    }

    /// The most bytes that an enclosure may have, where the rules say so.
    pub(super) fn max_bytes(&self) -> Option<u64> {
        Some(self.choose.max_mb).filter(|megabytes| *megabytes > 0).map(|mb| mb.saturating_mul(MEGABYTE))
    }

    /// What is said of an enclosure that turned out to be larger than that.
    pub(super) fn found_larger(&self) -> String {
        format!("max_mb = {}, by its host", self.choose.max_mb)
    }

    /// Tells these rules from others.
    pub(super) fn key(&self) -> i64 {
        let said = self.said();
        if said.is_empty() && !self.is_in_place() {
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
        RULES.iter().filter_map(|rule| self.written(*rule)).collect()
    }

    /// A rule as the configuration writes it; `None` if it is not in force.
    fn written(&self, rule: Rule) -> Option<String> {
        let Choose { audio, only, skip, since, until, newest, seasons, types, kinds, max_mb } = &self.choose;
        match rule {
            Rule::Audio => (!audio).then(|| "audio = false".to_owned()),
            Rule::Only => only.as_ref().map(|pattern| format!("only = {:?}", pattern.to_string())),
            Rule::Skip => skip.as_ref().map(|pattern| format!("skip = {:?}", pattern.to_string())),
            Rule::Since => since.as_ref().map(|day| format!("since = {}", day.begins().format("%Y-%m-%d"))),
            Rule::Until => until.as_ref().map(|day| format!("until = {}", day.ends().format("%Y-%m-%d"))),
            Rule::Seasons => (!seasons.is_empty()).then(|| format!("seasons = {seasons:?}")),
            Rule::Types => (!types.is_empty()).then(|| named("types", types.iter().map(|one| one.name()))),
            Rule::Newest => (*newest > 0).then(|| format!("newest = {newest}")),
            Rule::Kinds => (!kinds.is_empty()).then(|| named("kinds", kinds.iter().map(|one| one.name()))),
            Rule::Size => (*max_mb > 0).then(|| format!("max_mb = {max_mb}")),
            Rule::Languages => {
                (!self.languages.is_empty()).then(|| format!("languages = {:?}", self.languages))
            }
        }
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
                self.stands_for_its_episode(thing) && reason.is_none() && by_hand(thing).is_none()
            };
            if of_episode.is_none() && episode.iter().zip(&own).any(is_chosen) {
                match left.checked_sub(1) {
                    Some(fewer) => left = fewer,
                    None => of_episode = self.written(Rule::Newest),
                }
            }
            for (thing, own) in episode.iter().zip(own) {
                let left_out = || by_hand(thing).or_else(|| of_episode.clone()).or(own);
                let reason = if thing.is_captured { None } else { left_out() };
                reasons.push(reason);
            }
        }
        reasons
    }

    /// Whether an episode counts as downloaded with this: its enclosure, or another form in place of it.
    fn stands_for_its_episode(&self, thing: &Candidate) -> bool {
        self.audio_roles().contains(&thing.role)
    }

    /// What speaks against all that an episode points at: the first rule that does.
    fn against_episode(&self, episode: &Candidate) -> Option<String> {
        let first = RULES.iter().find(|rule| self.excludes(**rule, episode))?;
        self.written(*first)
    }

    /// Whether a rule about episodes leaves this one out.
    fn excludes(&self, rule: Rule, episode: &Candidate) -> bool {
        let rules = &self.choose;
        let title = episode.title.as_deref().unwrap_or_default();
        // What has no date can't be told to be older or newer: it is kept.
        let is_published = |is: &dyn Fn(Time) -> bool| episode.published_at.is_some_and(is);
        let told = EpisodeType::told(episode.episode_type.as_deref());
        match rule {
            Rule::Audio => !rules.audio,
            Rule::Only => rules.only.as_ref().is_some_and(|only| !only.matches(title)),
            Rule::Skip => rules.skip.as_ref().is_some_and(|skip| skip.matches(title)),
            Rule::Since => rules.since.is_some_and(|day| is_published(&|at| at < day.begins())),
            Rule::Until => rules.until.is_some_and(|day| is_published(&|at| at > day.ends())),
            Rule::Seasons => {
                let is_of = episode.season.is_some_and(|season| rules.seasons.contains(&season));
                !rules.seasons.is_empty() && !is_of
            }
            Rule::Types => !rules.types.is_empty() && !rules.types.contains(&told),
            Rule::Newest | Rule::Kinds | Rule::Size | Rule::Languages => false,
        }
    }

    /// What speaks against single things that an episode points at.
    fn against_each(&self, episode: &[Candidate]) -> Vec<Option<String>> {
        let preferred = self.preferred(episode);
        let one = |thing: &Candidate| {
            if !self.speaks(thing) {
                return self.written(Rule::Languages);
            }
            if !is_playable(thing) {
                return None;
            }
            let kinds = &self.choose.kinds;
            if !kinds.is_empty() && !kinds.contains(&Kind::of(thing.kind)) {
                return self.written(Rule::Kinds);
            }
            let is_told_larger =
                self.max_bytes().zip(thing.length_bytes).is_some_and(|(most, length)| length > most);
            // What a server said of its length is not forgotten for what the feed says.
            if thing.skip_reason.as_ref() == Some(&self.found_larger()) {
                return thing.skip_reason.clone();
            }
            if is_told_larger {
                return self.written(Rule::Size);
            }
            let is_other = preferred.is_some_and(|preferred| preferred != thing.resource_id);
            is_other.then(|| self.is_other())
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
        if !self.is_in_place() {
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

/// That a user left it out by a command.
fn by_hand(thing: &Candidate) -> Option<String> {
    thing.skip_reason.clone().filter(|reason| is_by_hand(reason))
}

fn named<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> String {
    format!("{key} = {:?}", names.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ResourceKind;

    fn candidate(resource_id: i64, episode_id: i64, role: ResourceRole, length: u64) -> Candidate {
        Candidate {
            resource_id,
            episode_id,
            title: None,
            season: None,
            episode_type: None,
            published_at: None,
            kind: ResourceKind::Audio,
            role,
            length_bytes: Some(length),
            language: None,
            bitrate: None,
            height: None,
            is_captured: false,
            skip_reason: None,
        }
    }

    #[test]
    fn an_episode_in_another_form_counts_among_the_newest() {
        let rules = Rules {
            choose: Choose { newest: 1, ..Choose::default() },
            alternates: Alternates::Smallest,
            languages: Vec::new(),
        };
        let of = |episode: i64| {
            [
                candidate(episode * 2, episode, ResourceRole::Enclosure, 9000),
                candidate(episode * 2 + 1, episode, ResourceRole::Alternate, 3000),
            ]
        };
        let (other, older) = ("alternates = \"smallest\"".to_owned(), "newest = 1".to_owned());
        let reasons = rules.reasons(&[of(2), of(1)].concat());
        assert_eq!(reasons, [Some(other), None, Some(older.clone()), Some(older)]);
    }

    #[test]
    fn what_the_feed_corrects_comes_back_and_what_the_host_said_does_not() {
        let rules = Rules {
            choose: Choose { max_mb: 1, ..Choose::default() },
            alternates: Alternates::None,
            languages: Vec::new(),
        };
        let was = |reason: &str| Candidate {
            skip_reason: Some(reason.to_owned()),
            ..candidate(1, 1, ResourceRole::Enclosure, 900)
        };
        assert_eq!(rules.reasons(&[was("max_mb = 1")]), [None]);
        let found = rules.found_larger();
        assert_eq!(rules.reasons(&[was(&found)]), [Some(found)]);
    }
}
