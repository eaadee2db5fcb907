-- Version 4: what was wrong with feeds, for when rows speak, by what items were known, what a copy of a feed is, integrity.
ALTER TABLE shows ADD COLUMN new_feed_url TEXT;
ALTER TABLE shows ADD COLUMN as_of TEXT;
ALTER TABLE episodes ADD COLUMN as_of TEXT;
ALTER TABLE resources ADD COLUMN integrity TEXT;
ALTER TABLE changes ADD COLUMN reason TEXT;
ALTER TABLE fetches ADD COLUMN as_of TEXT;
CREATE INDEX resources_url ON resources (show_id, url);
CREATE TABLE feed_warnings (
    id       INTEGER PRIMARY KEY,
    fetch_id INTEGER NOT NULL REFERENCES fetches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 1),
    line     INTEGER,
    item     TEXT,
    message  TEXT NOT NULL,
    UNIQUE (fetch_id, position)
) STRICT;
CREATE VIEW chapter_list AS
SELECT c.id AS chapter_id, e.id AS episode_id, s.slug AS show, e.number AS episode_number, e.title AS episode_title, e.published_at,
       c.source, c.position, c.start_seconds, c.end_seconds, c.title, c.url, c.image_url
FROM chapters c JOIN episodes e ON e.id = c.episode_id JOIN shows s ON s.id = e.show_id;

CREATE VIEW transcript_list AS
SELECT t.id AS cue_id, e.id AS episode_id, s.slug AS show, e.number AS episode_number, e.title AS episode_title, e.published_at,
       r.language, r.media_type, t.position, t.start_seconds, t.end_seconds, t.speaker, t.text
FROM transcript_cues t JOIN resources r ON r.id = t.resource_id JOIN episodes e ON e.id = r.episode_id JOIN shows s ON s.id = e.show_id;

