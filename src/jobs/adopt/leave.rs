//! What was not told for sure stays outside, and is listed and written down with the reason.

use super::books::{Books, Row, count};
use super::head::judge_head;
use super::judge::{Evidence, Match, Verdict};
use super::known::Episode;
use super::{Adopted, Doubt, Judged};
use crate::archive::{AdoptOutcome, Adoption};
use crate::model::Digest;

impl Books<'_> {
    /// What was not told for sure: no audio, perhaps an episode, or nothing that is known.
    pub(super) fn leave(&mut self, file: &Judged, adopted: &mut Adopted) {
        if let Err(why) = judge_head(&file.found.path, file.found.size) {
            return self.doubt(file, AdoptOutcome::Rejected, why, None, adopted);
        }
        let (outcome, why) = match &file.verdict {
            Verdict::MayBe(_, why) => (AdoptOutcome::Doubtful, why.as_str()),
            _ => (
                AdoptOutcome::Unmatched,
                "nothing tells which episode it is, or its show is not in the archive",
            ),
        };
        self.doubt(file, outcome, why.to_owned(), None, adopted);
    }

    /// Lists a file that stays outside, with the episode that is likeliest if it is doubtful, and owes it a row unless an earlier
    /// run wrote the same. `sha256`: of its bytes, if they were read.
    pub(super) fn doubt(
        &mut self,
        file: &Judged,
        outcome: AdoptOutcome,
        why: String,
        sha256: Option<Digest>,
        adopted: &mut Adopted,
    ) {
        let best = file.verdict.best().filter(|_| outcome == AdoptOutcome::Doubtful);
        let episode = best.and_then(|best| self.known.episodes.get(best.episode));
        let doubt = self.doubt_of(file, best, episode, why);
        if let Some(show) = &doubt.show {
            count(adopted, show).doubtful += 1;
        }
        let adoption = Adoption {
            program: file.program,
            found_path: doubt.path.clone(),
            size_bytes: file.found.size,
            sha256,
            outcome,
            resource_id: episode.map(|episode| episode.row.resource_id),
            file: None,
            evidence: json(&doubt.evidence),
            message: Some(doubt.why.clone()),
            replaces: self.replaced(&file.found),
        };
        match outcome {
            AdoptOutcome::Rejected => adopted.rejected.push(doubt),
            AdoptOutcome::Unmatched => adopted.unmatched.push(doubt),
            AdoptOutcome::Doubtful | AdoptOutcome::Adopted => adopted.doubtful.push(doubt),
        }
        if !self.dry_run && !self.is_written(&adoption) {
            self.rows.push(Row { adoption, kept: None, resource: None, moved: None });
        }
    }

    fn doubt_of(&self, file: &Judged, best: Option<&Match>, episode: Option<&Episode>, why: String) -> Doubt {
        let show = episode.and_then(|episode| self.known.shows.get(episode.show));
        Doubt {
            path: file.found.path.to_string_lossy().into_owned(),
            show: show.map(|show| show.slug.clone()),
            title: episode.and_then(|episode| episode.row.title.clone()),
            episode: episode.map(handle),
            why,
            needs_show: best.is_some_and(|best| best.is_lost),
            evidence: best.map(|best| best.evidence.clone()).unwrap_or_default(),
        }
    }
}

/// What `show SHOW EPISODE` takes for it.
fn handle(episode: &Episode) -> String {
    let row = &episode.row;
    row.guid.clone().or_else(|| row.title.clone()).unwrap_or_else(|| row.episode_id.to_string())
}

/// As the column `evidence` has it.
pub(super) fn json(evidence: &[Evidence]) -> String {
    serde_json::to_string(evidence).unwrap_or_else(|_| "[]".to_owned())
}
