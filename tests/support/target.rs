//! An archive under fire, and what it must never lose: the same claims after every run, however that ended.

use std::collections::BTreeSet;
use std::fs;

use super::host::Host;
use super::ordeal::kept;
use super::scene::Scene;

/// An archive, with what is known to be in it for good.
pub struct Target {
    pub scene: Scene,
    kept: BTreeSet<String>,
    /// Paths of the audio whose rows are committed: nobody may ask for them again.
    captured: BTreeSet<String>,
}

impl Target {
    pub fn new(scene: Scene) -> Self {
        Self { scene, kept: BTreeSet::new(), captured: BTreeSet::new() }
    }

    /// After a run, however it ended: the archive is sound, has lost nothing, and nothing was fetched that it had.
    #[track_caller]
    pub fn check(&mut self, host: &Host) {
        if !self.has_tables() {
            return;
        }
        self.check_sound();
        let asked: BTreeSet<String> = host.take_paths().into_iter().collect();
        let again: Vec<_> = self.captured.intersection(&asked).collect();
        assert!(again.is_empty(), "asked for again: {again:?}");
        let captured = self.scene.rows("SELECT url FROM audio WHERE captured IS NOT NULL");
        self.captured = captured.iter().map(|url| url.replace(&host.url(""), "")).collect();
    }

    /// The archive is sound and has lost nothing.
    #[track_caller]
    pub fn check_sound(&mut self) {
        if !self.has_tables() {
            return;
        }
        self.scene.assert_sound();
        let kept = kept(&self.scene);
        let lost: Vec<_> = self.kept.difference(&kept).collect();
        assert!(lost.is_empty(), "lost: {lost:#?}");
        self.kept = kept;
    }

    /// The archive is complete, as if nothing had happened.
    #[track_caller]
    pub fn check_whole(&self, undisturbed: &[String]) {
        assert_eq!(self.scene.canon(), undisturbed);
        assert_eq!(fs::read_dir(self.scene.path("archive/tmp")).unwrap().count(), 0, "parts are left over");
    }

    /// Whether the archive came as far as having its tables. A journal is there only before the first write-ahead log.
    pub fn has_tables(&self) -> bool {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name IN ('files', 'runs', 'audio')";
        self.scene.path("archive/archive.db").exists()
            && !self.scene.path("archive/archive.db-journal").exists()
            && self.scene.value(sql) == "3"
    }
}
