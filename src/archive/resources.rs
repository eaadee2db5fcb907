//! Rows of `resources`: what items point at, as it is and as it was.

use rusqlite::{Connection, params};

use super::changes::{Change, Place};
use super::choices::{CAUGHT_UP, GIVEN_UP};
use super::values::text_value;
use crate::model::{Resource, ResourceRole};

/// What two addresses of one thing have in common.
pub(super) type AddressKey = fn(&str) -> String;

pub(super) fn insert(
    db: &Connection,
    place: Place,
    episode: i64,
    resources: &[Resource],
) -> rusqlite::Result<()> {
    resources.iter().try_for_each(|resource| insert_one(db, place, Some(episode), resource, true))
}

fn insert_one(
    db: &Connection,
    place: Place,
    episode: Option<i64>,
    resource: &Resource,
    wanted: bool,
) -> rusqlite::Result<()> {
    // A show has one picture for many episodes: it is captured once an address.
    db.prepare_cached(
        "INSERT INTO resources (show_id, episode_id, kind, role, position, url, media_type, length_bytes, language,
                                is_wanted, first_seen_at, last_seen_at, integrity, bitrate, height, file_id, skip_reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14,
                 (SELECT file_id FROM resources WHERE ?4 = 'image' AND show_id = ?1 AND url = ?6 AND role = 'image'
                     AND file_id IS NOT NULL LIMIT 1),
                 -- What a caught-up episode points at later is not wanted either.
                 (SELECT skip_reason FROM resources WHERE episode_id = ?2 AND skip_reason IN (?15, ?16) LIMIT 1))",
    )?
    .execute(params![
        place.show,
        episode,
        resource.kind.as_str(),
        resource.role.as_str(),
        resource.position,
        resource.url,
        resource.media_type,
        resource.length_bytes.and_then(|n| i64::try_from(n).ok()),
        resource.language,
        wanted,
        place.now,
        resource.integrity,
        resource.bitrate.and_then(|n| i64::try_from(n).ok()),
        resource.height,
        CAUGHT_UP,
        GIVEN_UP,
    ])?;
    Ok(())
}

/// A resource as the archive has it.
struct Old {
    id: i64,
    role: String,
    position: Option<u32>,
    url: String,
    length_bytes: Option<u64>,
    is_current: bool,
    is_captured: bool,
}

/// Those of an episode, or of the show itself.
fn of(db: &Connection, show: i64, episode: Option<i64>) -> rusqlite::Result<Vec<Old>> {
    db.prepare_cached(
        "SELECT id, role, position, url, length_bytes, is_current, file_id IS NOT NULL FROM resources
         WHERE show_id = ?1 AND episode_id IS ?2 ORDER BY is_current DESC, id DESC",
    )?
    .query_map(params![show, episode], |row| {
        Ok(Old {
            id: row.get(0)?,
            role: row.get(1)?,
            position: row.get(2)?,
            url: row.get(3)?,
            length_bytes: row.get::<_, Option<i64>>(4)?.and_then(|n| u64::try_from(n).ok()),
            is_current: row.get(5)?,
            is_captured: row.get(6)?,
        })
    })?
    .collect()
}

/// Brings the rows of a known episode, or of the show itself, in line with what is pointed at now; the changes of its
/// enclosures. `is_all`: what is not pointed at is pointed at no more.
pub(super) fn update(
    db: &Connection,
    place: Place,
    episode: Option<i64>,
    resources: &[Resource],
    key: AddressKey,
    is_all: bool,
) -> rusqlite::Result<Vec<Change>> {
    let olds = of(db, place.show, episode)?;
    let listed: Vec<&str> = resources.iter().map(|resource| resource.url.as_str()).collect();
    let mut kept = Vec::new();
    let mut changes = Vec::new();
    for resource in resources {
        let before = olds.iter().find(|old| {
            old.is_current && old.role == resource.role.as_str() && old.position == Some(resource.position)
        });
        let same = find(&olds, &kept, resource, key);
        if let Some(old) = same {
            kept.push(old.id);
            keep(db, place, old.id, resource)?;
            // It comes back: what it stood for may have been captured from another address by now.
            if !old.is_current && !old.is_captured {
                let wanted = is_wanted(&olds, &listed, resource);
                db.prepare_cached("UPDATE resources SET is_wanted = ?2 WHERE id = ?1")?
                    .execute(params![old.id, wanted])?;
            }
        } else {
            let wanted = is_wanted(&olds, &listed, resource);
            insert_one(db, place, episode, resource, wanted)?;
        }
        if resource.role == ResourceRole::Enclosure {
            changes.extend(change(before.map(|old| old.url.as_str()), Some(&resource.url)));
        }
    }
    // A copy in a poorer format names no transcripts: that does not say that there are none.
    let is_told = |role: &str| is_all || resources.iter().any(|resource| resource.role.as_str() == role);
    for old in olds.iter().filter(|old| old.is_current && !kept.contains(&old.id) && is_told(&old.role)) {
        db.prepare_cached("UPDATE resources SET is_current = 0 WHERE id = ?1")?.execute([old.id])?;
        let place_is_taken =
            resources.iter().any(|new| new.role.as_str() == old.role && Some(new.position) == old.position);
        if old.role == ResourceRole::Enclosure.as_str() && !place_is_taken {
            changes.extend(change(Some(&old.url), None));
        }
    }
    Ok(changes)
}

/// The row that this resource is already: by its very address, else by what the address has in common with another's.
fn find<'a>(olds: &'a [Old], kept: &[i64], resource: &Resource, key: AddressKey) -> Option<&'a Old> {
    let free = || olds.iter().filter(|old| old.role == resource.role.as_str() && !kept.contains(&old.id));
    free().find(|old| old.url == resource.url).or_else(|| {
        let wanted = key(&resource.url);
        free().find(|old| old.is_current && key(&old.url) == wanted)
    })
}

fn keep(db: &Connection, place: Place, id: i64, resource: &Resource) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE resources SET url = ?2, kind = ?3, position = ?4, media_type = ?5, length_bytes = ?6, language = ?7,
                              is_current = 1, last_seen_at = ?8, integrity = ?9, bitrate = ?10, height = ?11
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        resource.url,
        resource.kind.as_str(),
        resource.position,
        resource.media_type,
        resource.length_bytes.and_then(|n| i64::try_from(n).ok()),
        resource.language,
        place.now,
        resource.integrity,
        resource.bitrate.and_then(|n| i64::try_from(n).ok()),
        resource.height,
    ])?;
    Ok(())
}

/// A new address of an episode whose audio is captured is a move, not new audio: unless the same host gives the file another
/// name or another length, as it does with a corrected one. What is still `listed` has not moved.
fn is_wanted(olds: &[Old], listed: &[&str], resource: &Resource) -> bool {
    let captured = olds.iter().filter(|old| !listed.contains(&old.url.as_str())).find(|old| {
        old.is_captured && old.role == resource.role.as_str() && old.position == Some(resource.position)
    });
    captured.is_none_or(|old| {
        let other_length =
            matches!((old.length_bytes, resource.length_bytes), (Some(was), Some(is)) if was != is);
        host(&old.url) == host(&resource.url) && (other_length || name(&old.url) != name(&resource.url))
    })
}

/// The last segment of an address's path.
fn name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

fn host(url: &str) -> &str {
    url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

fn change(old: Option<&str>, new: Option<&str>) -> Option<Change> {
    Change::new("enclosure_url", text_value(old), text_value(new))
}
