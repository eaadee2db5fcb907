-- Version 3: how the notes of each episode were read, so that they are read again when the habits of the show change.
CREATE TABLE notes_readings (
    episode_id INTEGER PRIMARY KEY REFERENCES episodes (id) ON DELETE CASCADE,
    base_url   TEXT,
    traits     BLOB NOT NULL,
    habits     INTEGER NOT NULL
) STRICT;
CREATE INDEX episodes_notes_version ON episodes (notes_version, show_id);
