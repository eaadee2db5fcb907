//! A folder with a configuration, in which the binary is run and its archive looked at.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use castkeep::model::Digest;
use rusqlite::Connection;
use rusqlite::types::Value;

/// A scene; its folder goes with it.
pub struct Scene {
    folder: tempfile::TempDir,
}

/// What a run of the binary gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The run was well and had no failure to tell.
    #[track_caller]
    pub fn assert_no_failure(&self) {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""));
    }

    /// The run was well and had nothing to say.
    #[track_caller]
    pub fn assert_silent(&self) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (0, "", ""));
    }
}

impl Scene {
    /// A configuration that follows the feeds, on loopback alone.
    pub fn new(feeds: &[&str]) -> Self {
        Self::with(feeds, "")
    }

    /// The same, with more lines in its `[http]` section.
    pub fn with(feeds: &[&str], http: &str) -> Self {
        let shows: String = feeds.iter().map(|feed| format!("[[shows]]\nfeed = \"{feed}\"\n")).collect();
        Self::configured(&format!(
            "[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n{http}\n{shows}"
        ))
    }

    /// A configuration word for word.
    pub fn configured(config: &str) -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap() };
        scene.configure(config);
        scene
    }

    pub fn configure(&self, config: &str) {
        fs::write(self.path("config.toml"), config).unwrap();
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_castkeep"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["CASTKEEP_CONFIG", "CASTKEEP_LOG"] {
            command.env_remove(name);
        }
        command
    }

    /// Takes the archive of another scene over, as it is.
    pub fn copy_archive(&self, from: &Scene) {
        let copied = Command::new("cp").arg("-a").arg(from.path("archive")).arg(self.path("")).status();
        assert!(copied.unwrap().success());
    }

    /// Runs the binary to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// Starts the binary.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits for a started run.
    pub fn wait(child: Child) -> Ran {
        Ran::of(child.wait_with_output().unwrap())
    }

    pub fn database(&self) -> Connection {
        Connection::open_with_flags(
            self.path("archive/archive.db"),
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
        )
        .unwrap()
    }

    /// The rows of a query, values joined by `|`.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let db = self.database();
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let values: Vec<String> = (0..columns).map(|i| shown(&row.get(i).unwrap())).collect();
            Ok(values.join("|"))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The single value of a query.
    pub fn value(&self, sql: &str) -> String {
        self.rows(sql).concat()
    }

    /// Files under `archive/audio`, by path, with their digests.
    pub fn audio(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let root = self.path("archive");
        walk(&root.join("audio"), &mut |path| {
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            found.insert(name, Digest::of(&fs::read(path).unwrap()).to_string());
        });
        found
    }

    /// What must hold after every run: each file row that is present names a file of its length and digest (I1), the database is
    /// whole (I3), nothing is left running in the books.
    #[track_caller]
    pub fn assert_sound(&self) {
        let on_disk = self.audio();
        for row in self.rows("SELECT path, sha256 FROM files WHERE state = 'present'") {
            let (path, sha256) = row.rsplit_once('|').unwrap();
            assert_eq!(on_disk.get(path).map(String::as_str), Some(sha256), "{path}");
        }
        assert_eq!(self.value("PRAGMA integrity_check"), "ok");
        assert_eq!(self.rows("PRAGMA foreign_key_check"), Vec::<String>::new());
    }

    /// Meddles with the database, as time would.
    pub fn meddle(&self, sql: &str) {
        Connection::open(self.path("archive/archive.db")).unwrap().execute_batch(sql).unwrap();
    }

    /// All of the archive that does not depend on when, how often and by which port it was made: to compare a disturbed run
    /// with an undisturbed one (I5).
    pub fn canon(&self) -> Vec<String> {
        let mut all = Vec::new();
        for sql in [
            "SELECT 'show', slug, title, description, state FROM shows ORDER BY slug",
            "SELECT 'episode', guid, identity_source, title, number, published_at, notes_text, gone_at IS NULL FROM episodes ORDER BY guid, title",
            "SELECT 'segment', e.guid, g.position, g.kind, g.number, g.presenter, g.title, g.text FROM segments g JOIN episodes e ON e.id = g.episode_id ORDER BY 2, 3",
            "SELECT 'link', e.guid, l.position, l.url, l.text FROM links l JOIN episodes e ON e.id = l.episode_id ORDER BY 2, 3",
            "SELECT 'file', f.path, f.sha256, f.size_bytes, f.state, f.media_type FROM files f ORDER BY f.path",
            "SELECT 'audio', number, title, path, sha256 FROM audio ORDER BY title",
            "SELECT 'missing', number, title FROM missing_audio ORDER BY title",
        ] {
            all.extend(self.rows(sql));
        }
        all.extend(self.audio().into_iter().map(|(path, sha256)| format!("disk|{path}|{sha256}")));
        all
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(n) => n.to_string(),
        Value::Real(n) => n.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, visit) } else { visit(&path) }
    }
}
