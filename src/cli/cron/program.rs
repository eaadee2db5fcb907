//! The binary, by the name that outlives an upgrade.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// This program as it was called, where that name leads to it whatever the folder: package managers put the new version
/// behind the same link. Else where it really lies.
pub(super) fn path() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("the path of this program")?;
    let real = own.canonicalize().ok();
    let called = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    let is_it = |path: &PathBuf| real.is_some() && path.canonicalize().ok() == real;
    Ok(candidates(&called).into_iter().find(is_it).unwrap_or(own))
}

fn candidates(called: &Path) -> Vec<PathBuf> {
    if called.components().count() > 1 {
        return std::path::absolute(called).into_iter().collect();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(called))
        .collect()
}
