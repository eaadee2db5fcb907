-- Version 5: views for every book, indexes for what is asked across all shows, links counted by domain and year, links and scripts
-- without spaces found by their words.
DROP INDEX links_domain;
DROP INDEX sponsors_name;
DROP INDEX resources_show;
DROP INDEX resources_episode;
DROP INDEX resources_file;
DROP INDEX resources_missing;
DROP VIEW episode_list;
DROP VIEW link_list;
DROP VIEW audio;
DROP VIEW sponsor_list;
DROP VIEW guests;
DROP VIEW missing_audio;
CREATE INDEX episodes_published_at ON episodes (published_at);
CREATE INDEX episodes_brief ON episodes (id, show_id, number, published_at, title);
CREATE INDEX episodes_gone ON episodes (show_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX segments_presenter ON segments (presenter) WHERE presenter IS NOT NULL;
CREATE INDEX segments_kind ON segments (kind, presenter);
CREATE INDEX links_domain ON links (domain, episode_id);
CREATE TABLE domain_counts (
    year           TEXT NOT NULL,
    domain         TEXT NOT NULL,
    in_boilerplate INTEGER NOT NULL,
    links          INTEGER NOT NULL,
    PRIMARY KEY (year, domain, in_boilerplate)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER domain_counts_insert AFTER INSERT ON links WHEN new.domain IS NOT NULL BEGIN
    INSERT INTO domain_counts (year, domain, in_boilerplate, links)
    SELECT coalesce(substr(published_at, 1, 4), ''), new.domain, new.in_boilerplate, 1 FROM episodes WHERE id = new.episode_id
    ON CONFLICT DO UPDATE SET links = links + 1;
END;
CREATE TRIGGER domain_counts_delete AFTER DELETE ON links WHEN old.domain IS NOT NULL BEGIN
    UPDATE domain_counts SET links = links - 1
    WHERE (year, domain, in_boilerplate) = (
        SELECT coalesce(substr(published_at, 1, 4), ''), old.domain, old.in_boilerplate FROM episodes WHERE id = old.episode_id);
END;
CREATE TRIGGER domain_counts_update AFTER UPDATE OF episode_id, domain, in_boilerplate ON links BEGIN
    UPDATE domain_counts SET links = links - 1
    WHERE (year, domain, in_boilerplate) = (
        SELECT coalesce(substr(published_at, 1, 4), ''), old.domain, old.in_boilerplate FROM episodes WHERE id = old.episode_id);
    INSERT INTO domain_counts (year, domain, in_boilerplate, links)
    SELECT coalesce(substr(published_at, 1, 4), ''), new.domain, new.in_boilerplate, 1
    FROM episodes WHERE id = new.episode_id AND new.domain IS NOT NULL
    ON CONFLICT DO UPDATE SET links = links + 1;
END;
CREATE TRIGGER domain_counts_episode BEFORE DELETE ON episodes BEGIN
    INSERT INTO domain_counts (year, domain, in_boilerplate, links)
    SELECT coalesce(substr(old.published_at, 1, 4), ''), domain, in_boilerplate, -count(*)
    FROM links WHERE episode_id = old.id AND domain IS NOT NULL GROUP BY domain, in_boilerplate
    ON CONFLICT DO UPDATE SET links = links + excluded.links;
END;
CREATE TRIGGER domain_counts_date AFTER UPDATE OF published_at ON episodes
WHEN substr(old.published_at, 1, 4) IS NOT substr(new.published_at, 1, 4) BEGIN
    INSERT INTO domain_counts (year, domain, in_boilerplate, links)
    SELECT coalesce(substr(old.published_at, 1, 4), ''), domain, in_boilerplate, -count(*)
    FROM links WHERE episode_id = old.id AND domain IS NOT NULL GROUP BY domain, in_boilerplate
    ON CONFLICT DO UPDATE SET links = links + excluded.links;
    INSERT INTO domain_counts (year, domain, in_boilerplate, links)
    SELECT coalesce(substr(new.published_at, 1, 4), ''), domain, in_boilerplate, count(*)
    FROM links WHERE episode_id = new.id AND domain IS NOT NULL GROUP BY domain, in_boilerplate
    ON CONFLICT DO UPDATE SET links = links + excluded.links;
END;
CREATE INDEX credits_role ON credits (role, person_id, episode_id, source);
CREATE INDEX sponsors_name ON sponsors (name, episode_id);
CREATE INDEX resources_show ON resources (show_id, role);
CREATE INDEX resources_episode ON resources (episode_id, role, is_current, position, file_id);
CREATE INDEX resources_held ON resources (show_id, role, episode_id, file_id) WHERE file_id IS NOT NULL;
CREATE INDEX resources_file ON resources (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX resources_missing ON resources (role, is_wanted, show_id, is_current, file_id) WHERE file_id IS NULL AND is_current = 1;
CREATE INDEX files_size ON files (id, state, size_bytes);
CREATE INDEX files_unwell ON files (state) WHERE state <> 'present';
CREATE VIEW show_list AS
SELECT s.id AS show_id,
       s.slug AS show,
       s.title,
       s.state,
       s.language,
       (SELECT count(*) FROM episodes e WHERE e.show_id = s.id) AS episodes,
       (SELECT count(DISTINCT r.episode_id) FROM resources r CROSS JOIN files f
         WHERE f.id = r.file_id AND r.show_id = s.id AND r.role = 'enclosure' AND r.file_id IS NOT NULL AND f.state = 'present') AS with_audio,
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
CREATE VIEW episode_list AS
SELECT e.id AS episode_id,
       s.slug AS show,
       e.number,
       e.title,
       e.published_at,
       e.duration_seconds,
       e.season,
       e.episode_type,
       e.guid,
       e.link,
       e.author,
       e.explicit,
       e.image_url,
       e.notes_text,
       (SELECT count(*) FROM segments g WHERE g.episode_id = e.id) AS segments,
       (SELECT count(*) FROM links l WHERE l.episode_id = e.id) AS links,
       EXISTS (SELECT 1 FROM resources r JOIN files f ON f.id = r.file_id
               WHERE r.episode_id = e.id AND r.role = 'enclosure' AND f.state = 'present') AS has_audio,
       e.first_seen_at,
       e.gone_at
FROM episodes e JOIN shows s ON s.id = e.show_id;
CREATE VIEW link_list AS
SELECT l.id AS link_id,
       e.id AS episode_id,
       s.slug AS show,
       e.number AS episode_number,
       e.title AS episode_title,
       e.published_at,
       l.segment_id,
       g.kind AS segment_kind,
       g.number AS segment_number,
       g.presenter,
       g.title AS segment_title,
       l.position,
       l.url,
       l.text,
       l.target_url,
       l.host,
       l.domain,
       l.in_boilerplate
FROM links l JOIN episodes e ON e.id = l.episode_id JOIN shows s ON s.id = e.show_id LEFT JOIN segments g ON g.id = l.segment_id;
CREATE VIEW domain_list AS
SELECT year,
       domain,
       in_boilerplate,
       links
FROM domain_counts WHERE links > 0;
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
    SELECT x.id FROM resources x WHERE x.episode_id = e.id AND x.role = 'enclosure'
    ORDER BY x.file_id IS NULL, x.is_current DESC, x.position, x.id DESC LIMIT 1)
LEFT JOIN files f ON f.id = r.file_id;
CREATE VIEW sponsor_list AS
SELECT p.id AS sponsor_id,
       e.id AS episode_id,
       p.segment_id,
       s.slug AS show,
       e.number AS episode_number,
       e.title AS episode_title,
       e.published_at,
       p.position,
       p.name,
       p.url,
       p.text
FROM sponsors p JOIN episodes e ON e.id = p.episode_id JOIN shows s ON s.id = e.show_id;
CREATE VIEW credit_list AS
SELECT e.id AS episode_id,
       s.slug AS show,
       e.number AS episode_number,
       e.title AS episode_title,
       e.published_at,
       c.person_id,
       p.name,
       c.role,
       c.source,
       p.url
FROM credits c JOIN people p ON p.id = c.person_id JOIN episodes e ON e.id = c.episode_id JOIN shows s ON s.id = e.show_id
WHERE c.source = (SELECT min(x.source) FROM credits x WHERE x.episode_id = c.episode_id AND x.person_id = c.person_id AND x.role = c.role)
UNION ALL
SELECT NULL, s.slug, NULL, NULL, NULL, c.person_id, p.name, c.role, c.source, p.url
FROM credits c JOIN people p ON p.id = c.person_id JOIN shows s ON s.id = c.show_id
WHERE c.source = (SELECT min(x.source) FROM credits x WHERE x.show_id = c.show_id AND x.person_id = c.person_id AND x.role = c.role);
CREATE VIEW guests AS
SELECT e.id AS episode_id,
       s.slug AS show,
       e.number AS episode_number,
       e.title AS episode_title,
       e.published_at,
       c.person_id,
       p.name,
       p.url
FROM credits c JOIN people p ON p.id = c.person_id JOIN episodes e ON e.id = c.episode_id JOIN shows s ON s.id = e.show_id
WHERE c.role = 'guest'
  AND c.source = (SELECT min(x.source) FROM credits x WHERE x.episode_id = c.episode_id AND x.person_id = c.person_id AND x.role = 'guest');
CREATE VIEW missing_enclosures AS
SELECT id AS resource_id,
       show_id,
       file_id
FROM resources WHERE role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND is_wanted = 1
UNION ALL
SELECT r.id, r.show_id, r.file_id FROM files f CROSS JOIN resources r
WHERE r.file_id = f.id AND f.state <> 'present' AND r.role = 'enclosure' AND r.is_current = 1
UNION ALL
SELECT r.id, r.show_id, f.id FROM resources r LEFT JOIN files f ON f.id = (
    SELECT x.file_id FROM resources x
    WHERE x.episode_id = r.episode_id AND x.role = r.role AND coalesce(x.position, 0) = coalesce(r.position, 0) AND x.file_id IS NOT NULL
    ORDER BY x.id DESC LIMIT 1)
WHERE r.role = 'enclosure' AND r.is_current = 1 AND r.file_id IS NULL AND r.is_wanted = 0 AND (f.id IS NULL OR f.state <> 'present');
CREATE VIEW missing_audio AS
SELECT e.id AS episode_id,
       s.slug AS show,
       e.number,
       e.title,
       e.published_at,
       r.url,
       f.path,
       coalesce(f.state, 'never captured') AS state,
       r.failed_attempts,
       r.next_attempt_at,
       CASE WHEN f.id IS NOT NULL THEN 'the captured file is ' || f.state || '; castkeep verify --repair fetches it again'
            ELSE (SELECT d.error FROM downloads d WHERE d.resource_id = r.id ORDER BY d.id DESC LIMIT 1) END AS last_error
FROM missing_enclosures m JOIN resources r ON r.id = m.resource_id JOIN episodes e ON e.id = r.episode_id JOIN shows s ON s.id = r.show_id
LEFT JOIN files f ON f.id = m.file_id;
CREATE VIEW change_list AS
SELECT c.id AS change_id,
       c.episode_id,
       s.slug AS show,
       e.number AS episode_number,
       e.title AS episode_title,
       e.published_at,
       c.seen_at,
       c.field,
       c.old_value,
       c.new_value,
       c.reason,
       f.document_id
FROM changes c JOIN shows s ON s.id = c.show_id LEFT JOIN episodes e ON e.id = c.episode_id LEFT JOIN fetches f ON f.id = c.fetch_id;
CREATE VIEW resource_list AS
SELECT r.id AS resource_id,
       r.episode_id,
       s.slug AS show,
       e.number AS episode_number,
       e.title AS episode_title,
       e.published_at,
       r.kind,
       r.role,
       r.position,
       r.url,
       r.media_type,
       r.length_bytes,
       r.language,
       r.is_current,
       r.first_seen_at,
       r.last_seen_at,
       r.failed_attempts,
       f.path,
       f.sha256,
       f.size_bytes AS size,
       f.state
FROM resources r JOIN shows s ON s.id = r.show_id LEFT JOIN episodes e ON e.id = r.episode_id LEFT JOIN files f ON f.id = r.file_id;
CREATE VIEW download_list AS
SELECT d.id AS download_id,
       d.run_id,
       r.episode_id,
       s.slug AS show,
       e.number AS episode_number,
       e.title AS episode_title,
       r.role,
       d.requested_url,
       d.final_url,
       d.started_at,
       d.finished_at,
       d.http_status,
       d.bytes,
       d.outcome,
       d.error,
       f.path,
       f.sha256
FROM downloads d JOIN resources r ON r.id = d.resource_id JOIN shows s ON s.id = r.show_id
LEFT JOIN episodes e ON e.id = r.episode_id LEFT JOIN files f ON f.id = d.file_id;
CREATE VIEW fetch_list AS
SELECT f.id AS fetch_id,
       f.run_id,
       s.slug AS show,
       f.started_at,
       f.url,
       f.final_url,
       f.status,
       f.outcome,
       f.bytes,
       f.duration_ms,
       f.document_id,
       f.error
FROM fetches f JOIN shows s ON s.id = f.show_id;
CREATE VIEW warning_list AS
SELECT w.id AS warning_id,
       s.slug AS show,
       f.url,
       f.document_id,
       w.line,
       w.item,
       w.message
FROM feed_warnings w JOIN fetches f ON f.id = w.fetch_id JOIN shows s ON s.id = f.show_id;
CREATE VIRTUAL TABLE segments_terms USING "fts5vocab" ('segments_fts', 'row');
CREATE VIRTUAL TABLE links_fts USING fts5 (
    text, target_url, content="links", content_rowid="id", tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER links_fts_insert AFTER INSERT ON links BEGIN
    INSERT INTO links_fts (rowid, text, target_url) VALUES (new.id, new.text, new.target_url);
END;
CREATE TRIGGER links_fts_delete AFTER DELETE ON links BEGIN
    INSERT INTO links_fts (links_fts, rowid, text, target_url) VALUES ('delete', old.id, old.text, old.target_url);
END;
CREATE TRIGGER links_fts_update AFTER UPDATE OF text, target_url ON links BEGIN
    INSERT INTO links_fts (links_fts, rowid, text, target_url) VALUES ('delete', old.id, old.text, old.target_url);
    INSERT INTO links_fts (rowid, text, target_url) VALUES (new.id, new.text, new.target_url);
END;
CREATE VIEW unspaced AS
SELECT id * 4 AS id, title || '  ' AS text FROM episodes WHERE title GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*'
UNION ALL
SELECT id * 4 + 1, text || '  ' FROM segments WHERE text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*'
UNION ALL
SELECT id * 4 + 2, text || '  ' FROM transcript_cues WHERE text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
CREATE VIRTUAL TABLE unspaced_fts USING fts5 (text, content="unspaced", content_rowid="id", tokenize = 'trigram');
CREATE VIRTUAL TABLE unspaced_terms USING "fts5vocab" ('unspaced_fts', 'row');
CREATE TRIGGER episodes_unspaced_insert AFTER INSERT ON episodes
WHEN length(CAST(new.title AS BLOB)) > length(new.title) + 1 AND new.title GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*' BEGIN
    INSERT INTO unspaced_fts (rowid, text) VALUES (new.id * 4, new.title || '  ');
END;
CREATE TRIGGER episodes_unspaced_delete AFTER DELETE ON episodes
WHEN length(CAST(old.title AS BLOB)) > length(old.title) + 1 AND old.title GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*' BEGIN
    INSERT INTO unspaced_fts (unspaced_fts, rowid, text) VALUES ('delete', old.id * 4, old.title || '  ');
END;
CREATE TRIGGER episodes_unspaced_update AFTER UPDATE OF title ON episodes BEGIN
    INSERT INTO unspaced_fts (unspaced_fts, rowid, text) SELECT 'delete', old.id * 4, old.title || '  ' WHERE old.title GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
    INSERT INTO unspaced_fts (rowid, text) SELECT new.id * 4, new.title || '  ' WHERE new.title GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
END;
CREATE TRIGGER segments_unspaced_insert AFTER INSERT ON segments
WHEN length(CAST(new.text AS BLOB)) > length(new.text) + 1 AND new.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*' BEGIN
    INSERT INTO unspaced_fts (rowid, text) VALUES (new.id * 4 + 1, new.text || '  ');
END;
CREATE TRIGGER segments_unspaced_delete AFTER DELETE ON segments
WHEN length(CAST(old.text AS BLOB)) > length(old.text) + 1 AND old.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*' BEGIN
    INSERT INTO unspaced_fts (unspaced_fts, rowid, text) VALUES ('delete', old.id * 4 + 1, old.text || '  ');
END;
CREATE TRIGGER segments_unspaced_update AFTER UPDATE OF text ON segments BEGIN
    INSERT INTO unspaced_fts (unspaced_fts, rowid, text) SELECT 'delete', old.id * 4 + 1, old.text || '  ' WHERE old.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
    INSERT INTO unspaced_fts (rowid, text) SELECT new.id * 4 + 1, new.text || '  ' WHERE new.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
END;
CREATE TRIGGER transcript_cues_unspaced_insert AFTER INSERT ON transcript_cues
WHEN length(CAST(new.text AS BLOB)) > length(new.text) + 1 AND new.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*' BEGIN
    INSERT INTO unspaced_fts (rowid, text) VALUES (new.id * 4 + 2, new.text || '  ');
END;
CREATE TRIGGER transcript_cues_unspaced_delete AFTER DELETE ON transcript_cues
WHEN length(CAST(old.text AS BLOB)) > length(old.text) + 1 AND old.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*' BEGIN
    INSERT INTO unspaced_fts (unspaced_fts, rowid, text) VALUES ('delete', old.id * 4 + 2, old.text || '  ');
END;
CREATE TRIGGER transcript_cues_unspaced_update AFTER UPDATE OF text ON transcript_cues BEGIN
    INSERT INTO unspaced_fts (unspaced_fts, rowid, text) SELECT 'delete', old.id * 4 + 2, old.text || '  ' WHERE old.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
    INSERT INTO unspaced_fts (rowid, text) SELECT new.id * 4 + 2, new.text || '  ' WHERE new.text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
END;
INSERT INTO domain_counts (year, domain, in_boilerplate, links)
SELECT coalesce(substr(e.published_at, 1, 4), ''), l.domain, l.in_boilerplate, count(*)
FROM links l JOIN episodes e ON e.id = l.episode_id WHERE l.domain IS NOT NULL GROUP BY 1, 2, 3;
INSERT INTO links_fts (links_fts) VALUES ('rebuild');
INSERT INTO unspaced_fts (unspaced_fts) VALUES ('rebuild');
