//! Who goes with whom: what lies beside the audio gets a new name with it, or not at all.

use std::collections::{HashMap, HashSet};

use crate::archive::{Names, Subject};

/// Files beside the audio, and audio that keeps its name.
#[derive(Debug, Default)]
pub(super) struct Company {
    /// What each lies beside.
    audio: HashMap<Subject, Subject>,
    stuck: HashSet<Subject>,
}

impl Company {
    pub(super) fn of(names: &Names) -> Self {
        let sidecars = names.sidecars.iter();
        let pairs = sidecars.filter_map(|one| Some((Subject::Sidecar(one.id), Subject::File(one.audio?))));
        Self { audio: pairs.collect(), stuck: HashSet::new() }
    }

    /// This file could not get its new name.
    pub(super) fn note_stuck(&mut self, subject: Subject) {
        self.stuck.insert(subject);
    }

    /// Whether it has to stay since its audio did.
    pub(super) fn must_stay(&self, subject: Subject) -> bool {
        self.audio.get(&subject).is_some_and(|audio| self.stuck.contains(audio))
    }
}
