-- Version 6: what was chosen away, adopted, renamed, written beside the audio, and what hooks were called for.
DROP INDEX resources_missing;
DROP VIEW show_list;
DROP VIEW audio;
DROP VIEW missing_enclosures;
ALTER TABLE shows ADD COLUMN choice INTEGER;
ALTER TABLE resources ADD COLUMN bitrate INTEGER;
ALTER TABLE resources ADD COLUMN height INTEGER;
ALTER TABLE resources ADD COLUMN skip_reason TEXT;
ALTER TABLE runs ADD COLUMN error TEXT;
CREATE INDEX resources_missing ON resources (role, is_wanted, show_id, is_current, file_id)
    WHERE file_id IS NULL AND is_current = 1 AND skip_reason IS NULL;
CREATE INDEX resources_skipped ON resources (role, show_id, episode_id) WHERE skip_reason IS NOT NULL;
CREATE INDEX resources_replaced ON resources (role, is_current, episode_id)
    WHERE role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND skip_reason GLOB 'alternates = *';
CREATE TABLE adoptions (
    id          INTEGER PRIMARY KEY,
    run_id      INTEGER NOT NULL REFERENCES runs (id),
    program     TEXT NOT NULL,
    found_path  TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL,
    sha256      TEXT CHECK (length(sha256) = 64),
    outcome     TEXT NOT NULL CHECK (outcome IN ('adopted', 'doubtful', 'unmatched', 'rejected')),
    resource_id INTEGER REFERENCES resources (id),
    file_id     INTEGER REFERENCES files (id),
    evidence    TEXT NOT NULL CHECK (json_valid(evidence)),
    message     TEXT,
    seen_at     TEXT NOT NULL
) STRICT;
CREATE INDEX adoptions_run ON adoptions (run_id);
CREATE INDEX adoptions_resource ON adoptions (resource_id);
CREATE INDEX adoptions_file ON adoptions (file_id);
CREATE TABLE renames (
    id          INTEGER PRIMARY KEY,
    file_id     INTEGER REFERENCES files (id),
    sidecar_id  INTEGER REFERENCES sidecar_files (id),
    old_path    TEXT NOT NULL,
    new_path    TEXT NOT NULL,
    run_id      INTEGER NOT NULL REFERENCES runs (id),
    intended_at TEXT NOT NULL,
    done_at     TEXT,
    CHECK ((file_id IS NULL) <> (sidecar_id IS NULL))
) STRICT;
CREATE INDEX renames_file ON renames (file_id);
CREATE INDEX renames_sidecar ON renames (sidecar_id) WHERE sidecar_id IS NOT NULL;
CREATE INDEX renames_run ON renames (run_id);
CREATE INDEX renames_open ON renames (id) WHERE done_at IS NULL;
CREATE TABLE sidecar_files (
    id         INTEGER PRIMARY KEY,
    episode_id INTEGER NOT NULL REFERENCES episodes (id),
    kind       TEXT NOT NULL CHECK (kind IN ('json', 'html', 'cover', 'transcript')),
    path       TEXT NOT NULL UNIQUE,
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    size_bytes INTEGER NOT NULL,
    written_at TEXT NOT NULL,
    made_from  TEXT NOT NULL
) STRICT;
CREATE INDEX sidecar_files_episode ON sidecar_files (episode_id, kind);
CREATE TABLE hook_runs (
    id              INTEGER PRIMARY KEY,
    episode_id      INTEGER NOT NULL UNIQUE REFERENCES episodes (id),
    file_id         INTEGER NOT NULL REFERENCES files (id),
    created_at      TEXT NOT NULL,
    outcome         TEXT NOT NULL DEFAULT 'pending' CHECK (outcome IN ('pending', 'ok', 'failed', 'abandoned')),
    command         TEXT,
    attempts        INTEGER NOT NULL DEFAULT 0,
    started_at      TEXT,
    finished_at     TEXT,
    exit_code       INTEGER,
    error           TEXT,
    next_attempt_at TEXT
) STRICT;
CREATE INDEX hook_runs_file ON hook_runs (file_id);
CREATE INDEX hook_runs_due ON hook_runs (id) WHERE outcome IN ('pending', 'failed');
CREATE VIEW show_list AS
SELECT s.id AS show_id,
       s.slug AS show,
       s.title,
       s.state,
       s.language,
       (SELECT count(*) FROM episodes e WHERE e.show_id = s.id) AS episodes,
       (SELECT count(DISTINCT r.episode_id) FROM resources r CROSS JOIN files f
         WHERE f.id = r.file_id AND r.show_id = s.id AND r.role IN ('enclosure', 'alternate') AND r.file_id IS NOT NULL AND f.state = 'present') AS with_audio,
       coalesce(m.missing, 0) AS missing,
       (SELECT count(*) FROM episodes e WHERE e.show_id = s.id AND e.gone_at IS NOT NULL) AS gone,
       (SELECT min(e.published_at) FROM episodes e WHERE e.show_id = s.id) AS oldest,
       (SELECT max(e.published_at) FROM episodes e WHERE e.show_id = s.id) AS newest,
       (SELECT coalesce(sum(f.size_bytes), 0)
        FROM (SELECT DISTINCT file_id FROM resources WHERE show_id = s.id AND file_id IS NOT NULL) r
        CROSS JOIN files f WHERE f.id = r.file_id AND f.state = 'present') AS bytes,
       s.author,
       s.feed_url,
       s.configured_url,
       s.link,
       s.first_seen_at,
       s.last_seen_at,
       s.next_fetch_at,
       s.error_count
FROM shows s LEFT JOIN (SELECT show_id, count(*) AS missing FROM missing_enclosures GROUP BY show_id) m ON m.show_id = s.id;
CREATE VIEW audio AS
SELECT e.id AS episode_id,
       s.slug AS show,
       e.number,
       e.title,
       e.published_at,
       f.path,
       f.sha256,
       f.size_bytes AS size,
       f.stored_at AS captured,
       f.media_type,
       e.duration_seconds,
       f.duration_seconds AS measured_seconds,
       f.bitrate,
       f.state,
       f.verified_at,
       r.url
FROM episodes e JOIN shows s ON s.id = e.show_id
JOIN resources r ON r.id = (
    SELECT x.id FROM resources x WHERE x.episode_id = e.id AND x.role IN ('enclosure', 'alternate')
    ORDER BY x.file_id IS NULL, x.role = 'alternate', x.is_current DESC, x.position, x.id DESC LIMIT 1)
LEFT JOIN files f ON f.id = r.file_id;
CREATE VIEW missing_enclosures AS
SELECT id AS resource_id,
       show_id,
       file_id
FROM resources WHERE role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND skip_reason IS NULL AND is_wanted = 1
UNION ALL
SELECT a.id, a.show_id, a.file_id FROM (
    SELECT DISTINCT episode_id FROM resources WHERE role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND skip_reason GLOB 'alternates = *') x
CROSS JOIN resources a
WHERE a.episode_id = x.episode_id AND a.role = 'alternate' AND a.is_current = 1 AND a.file_id IS NULL AND a.skip_reason IS NULL AND a.is_wanted = 1
UNION ALL
SELECT r.id, r.show_id, r.file_id FROM files f CROSS JOIN resources r
WHERE r.file_id = f.id AND f.state <> 'present' AND r.is_current = 1
  AND (r.role = 'enclosure' OR r.role = 'alternate' AND r.skip_reason IS NULL
    AND r.episode_id IN (SELECT episode_id FROM resources WHERE role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND skip_reason GLOB 'alternates = *'))
UNION ALL
SELECT r.id, r.show_id, f.id FROM resources r LEFT JOIN files f ON f.id = (
    SELECT x.file_id FROM resources x
    WHERE x.episode_id = r.episode_id AND x.role = r.role AND coalesce(x.position, 0) = coalesce(r.position, 0) AND x.file_id IS NOT NULL
    ORDER BY x.id DESC LIMIT 1)
WHERE r.role IN ('enclosure', 'alternate') AND r.is_current = 1 AND r.file_id IS NULL AND r.skip_reason IS NULL AND r.is_wanted = 0 AND (f.id IS NULL OR f.state <> 'present')
  AND (r.role = 'enclosure'
    OR r.episode_id IN (SELECT episode_id FROM resources WHERE role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND skip_reason GLOB 'alternates = *'));
CREATE VIEW skipped_audio AS
SELECT e.id AS episode_id,
       s.slug AS show,
       e.number,
       e.title,
       e.published_at,
       r.url,
       r.length_bytes,
       r.skip_reason
FROM resources r JOIN episodes e ON e.id = r.episode_id JOIN shows s ON s.id = r.show_id
WHERE r.skip_reason IS NOT NULL AND r.role = 'enclosure' AND r.file_id IS NULL AND r.is_current = 1
  AND (r.skip_reason NOT GLOB 'alternates = *' OR NOT EXISTS (
    SELECT 1 FROM resources x WHERE x.episode_id = r.episode_id AND x.role IN ('enclosure', 'alternate') AND x.is_current = 1 AND x.skip_reason IS NULL));
CREATE VIEW adoption_list AS
SELECT a.id AS adoption_id,
       s.slug AS show,
       e.number,
       e.title,
       a.outcome,
       a.program,
       a.found_path,
       f.path,
       a.message,
       a.evidence,
       a.seen_at
FROM adoptions a LEFT JOIN resources r ON r.id = a.resource_id LEFT JOIN episodes e ON e.id = r.episode_id
LEFT JOIN shows s ON s.id = r.show_id LEFT JOIN files f ON f.id = a.file_id;
CREATE VIEW hook_list AS
SELECT h.id AS hook_run_id,
       s.slug AS show,
       e.number,
       e.title,
       f.path,
       h.outcome,
       h.attempts,
       h.exit_code,
       h.error,
       h.finished_at,
       h.next_attempt_at
FROM hook_runs h JOIN episodes e ON e.id = h.episode_id JOIN shows s ON s.id = e.show_id JOIN files f ON f.id = h.file_id;
