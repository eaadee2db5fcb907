//! What was typed at the prompt, kept from one time to the next. Where it can't be kept, the prompt does without.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::Typist;

pub(super) struct History {
    /// None without a home.
    path: Option<PathBuf>,
}

impl History {
    /// Gives what was kept to the editor.
    pub(super) fn load(editor: &mut Typist) -> Self {
        let path = path();
        if let Some(folder) = path.as_deref().and_then(Path::parent) {
            // A folder that is not there, or a file that can't be read, costs the history and nothing else.
            let _ = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        }
        if let Some(path) = &path {
            let _ = editor.load_history(path);
        }
        Self { path }
    }

    /// Keeps what was typed; the file is its owner's alone.
    pub(super) fn keep(&self, editor: &mut Typist, line: &str) {
        let _ = editor.add_history_entry(line);
        if let Some(path) = &self.path {
            let _ = editor.append_history(path);
        }
    }
}

/// `$XDG_STATE_HOME/castkeep/sql_history`, by default in `~/.local/state` (XDG Base Directory Specification).
fn path() -> Option<PathBuf> {
    let folder = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| {
            Some(Path::new(&std::env::var_os("HOME")?).join(".local/state")).filter(|path| path.is_absolute())
        })?;
    Some(folder.join("castkeep/sql_history"))
}
