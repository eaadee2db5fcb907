-- The archive of castkeep: one SQLite file, made to be read by people.
--
-- Times are ISO 8601 in UTC, to the second: 2019-04-19T08:00:00Z. They compare as text and every SQLite date function reads them.
-- Truth values are 0 and 1. A column that may be null says when. `extra` columns are JSON objects.
-- Names and meanings below are a contract: columns may be added, none changes. Each table and column says below what it is.
-- What castkeep derives (segments, links, people, sponsors, search) can be rebuilt from what it stored (notes_html, documents).

PRAGMA application_id = 1128352592; -- 'CAKP'

-- A podcast.
CREATE TABLE shows (
    id              INTEGER PRIMARY KEY,    -- the number of the row
    slug            TEXT NOT NULL UNIQUE CHECK (slug <> ''), -- its short name: in commands, file names, views; from the configuration, else made from the title, then fixed
    is_provisional  INTEGER NOT NULL DEFAULT 0 CHECK (is_provisional IN (0, 1)), -- 1: slug is the host of the feed until the title is known
    feed_url        TEXT NOT NULL,          -- where its feed is polled today, without secrets (which the configuration has)
    configured_url  TEXT NOT NULL,          -- the address the configuration names, without secrets; differs from feed_url after a permanent move
    title           TEXT,                   -- null until a feed was read
    description     TEXT,                   -- as published: HTML or text; null if the feed has none
    author          TEXT,                   -- itunes:author, managingEditor or Atom author; null if absent
    owner_name      TEXT,                   -- itunes:owner / name; null if absent
    owner_email     TEXT,                   -- itunes:owner / email; null if absent
    link            TEXT,                   -- its web page; null if absent
    language        TEXT,                   -- as published, at best BCP 47; null if absent
    copyright       TEXT,                   -- null if absent
    image_url       TEXT,                   -- its cover; null if absent
    explicit        INTEGER CHECK (explicit IN (0, 1)), -- null if the feed does not say
    show_type       TEXT,                   -- itunes:type: episodic or serial; null if absent
    podcast_guid    TEXT,                   -- podcast:guid, the same on every host; null if absent
    medium          TEXT,                   -- podcast:medium; null if absent
    state           TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'complete', 'gone')), -- complete: no episode will follow; gone: the host answered 410, polling has ended
    extra           TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extra)), -- every channel element without a column, by name
    first_seen_at   TEXT NOT NULL,          -- when it was first asked for
    last_seen_at    TEXT,                   -- when its feed was last answered well (200 or 304); null before the first time
    next_fetch_at   TEXT,                   -- when its feed is due again; null: at once
    polled_at       TEXT,                   -- when its feed was last asked for, well or not; null before the first time
    ttl_minutes     INTEGER,                -- ttl: for how long the feed asks to be kept; null if it does not
    fetches_from    INTEGER NOT NULL DEFAULT 0, -- fetches before this row were of an older feed_url: their validators are not in force
    error_count     INTEGER NOT NULL DEFAULT 0, -- failed polls in a row; each doubles the wait
    new_feed_url    TEXT,                   -- itunes:new-feed-url as the feed last said; followed once a feed is found there that lists an episode of the show; null if absent
    as_of           TEXT,                   -- for when the words above speak: when their document was fetched, or, of an old copy, when that was made; null before the first, and in what castkeep 0.1 wrote
    choice          INTEGER                 -- key of the rules by which its downloads were last chosen; null: choose again
) STRICT;
CREATE INDEX shows_configured_url ON shows (configured_url);

-- An episode, once, for ever: it stays when the feed drops it.
CREATE TABLE episodes (
    id               INTEGER PRIMARY KEY,   -- the number of the row
    show_id          INTEGER NOT NULL REFERENCES shows (id), -- the show it belongs to
    guid             TEXT,                  -- as published, outer white space trimmed; null if the feed gives none
    identity         TEXT NOT NULL,         -- what tells it from the show's other episodes
    identity_source  TEXT NOT NULL CHECK (identity_source IN ('guid', 'guid+enclosure', 'enclosure', 'link+title', 'title+date', 'item')), -- what identity was made from
    title            TEXT,                  -- null if the feed gives none
    number           INTEGER,               -- itunes:episode, podcast:episode, or the number that begins the title (#126 ...); null if none
    season           INTEGER,               -- null if none
    episode_type     TEXT,                  -- full, trailer, bonus, as published; null if absent
    published_at     TEXT,                  -- null if the feed's date can't be told
    published_raw    TEXT,                  -- the date as published; null if absent
    link             TEXT,                  -- its web page; null if absent
    author           TEXT,                  -- null if absent
    duration_seconds REAL,                  -- as the feed says; null if it does not
    explicit         INTEGER CHECK (explicit IN (0, 1)), -- null if the feed does not say
    image_url        TEXT,                  -- its own picture; null if absent
    item_sha256      TEXT CHECK (length(item_sha256) = 64), -- digest of the feed item last read for this row; null if unknown
    notes_version    INTEGER,               -- which rules of castkeep read the notes; null if they were not read
    first_seen_at    TEXT NOT NULL,         -- when castkeep first saw it
    last_seen_at     TEXT NOT NULL,         -- when a document (live or history) last listed it
    last_listed_at   TEXT,                  -- when the live feed last listed it; null: known only from the show's history
    gone_at          TEXT,                  -- when the live feed was first seen without it; null while listed, and again if it returns
    -- The long ones stand last: what is read without them is read from fewer pages.
    summary          TEXT,                  -- the short description, where another field holds the notes; null if none
    notes_html       TEXT,                  -- the show notes as published: HTML or plain text; null if none
    notes_source     TEXT,                  -- the field they came from, such as content:encoded; null if none
    notes_text       TEXT,                  -- the notes as plain text, for reading and search; null if none
    extra            TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extra)), -- every item element without a column, by name
    as_of            TEXT,                  -- for when this row speaks: when the document it was last read from was fetched, or, of an old copy, when that was made; null in what castkeep 0.1 wrote
    UNIQUE (show_id, identity)
) STRICT;
CREATE INDEX episodes_guid ON episodes (show_id, guid);
CREATE INDEX episodes_number ON episodes (show_id, number);
CREATE INDEX episodes_published ON episodes (show_id, published_at);
CREATE INDEX episodes_published_at ON episodes (published_at);
-- What the views show beside everything else: read without the notes, which fill a page or more each.
CREATE INDEX episodes_brief ON episodes (id, show_id, number, published_at, title);
CREATE INDEX episodes_gone ON episodes (show_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX episodes_notes_version ON episodes (notes_version, show_id);

-- How the notes of an episode were read: castkeep's own book, by which it knows when to read them again.
CREATE TABLE notes_readings (
    episode_id INTEGER PRIMARY KEY REFERENCES episodes (id) ON DELETE CASCADE, -- the episode
    base_url   TEXT,                        -- what relative links in the notes are relative to; null if nothing is known
    traits     BLOB NOT NULL,               -- what the notes tell of the show's habits: keys of lines and addresses, names
    habits     INTEGER NOT NULL             -- key of what the show's other episodes said of these notes when they were read
) STRICT;

-- A part of the notes, in order; together they cover all of them.
CREATE TABLE segments (
    id            INTEGER PRIMARY KEY,      -- the number of the row
    episode_id    INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE, -- the episode
    position      INTEGER NOT NULL CHECK (position >= 1), -- its place among the segments of the episode, from 1
    kind          TEXT NOT NULL CHECK (kind IN ('intro', 'topic', 'sponsor', 'people', 'links', 'extras', 'joke', 'boilerplate')), -- intro: opening prose; topic: one subject; sponsor: an advertisement; people: hosts and guests; links: references; extras: follow-ups, picks, news of the hosts; joke; boilerplate: subscribe, social, support, legal
    number        INTEGER,                  -- the number it bears (3 of "Brian #3: ..."); null if none
    presenter     TEXT,                     -- who brings it, as written; null if the notes do not say
    title         TEXT,                     -- its heading without name, number and time; null if it has none
    group_title   TEXT,                     -- the heading over a run of topics (News items, Interview); null if none
    url           TEXT,                     -- the first link of its heading; null if none
    start_seconds REAL,                     -- where in the audio it begins; null if the notes do not say
    text          TEXT NOT NULL,            -- all of it as plain text, heading included
    html          TEXT NOT NULL,            -- all of it as the HTML it was read from
    UNIQUE (episode_id, position)
) STRICT;
CREATE INDEX segments_presenter ON segments (presenter) WHERE presenter IS NOT NULL;
CREATE INDEX segments_kind ON segments (kind, presenter);

-- A hyperlink or bare URL of the notes, in order.
CREATE TABLE links (
    id             INTEGER PRIMARY KEY,     -- the number of the row
    episode_id     INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE, -- the episode
    segment_id     INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE, -- the segment it stands in
    position       INTEGER NOT NULL CHECK (position >= 1), -- its place among the links of the episode, from 1
    url            TEXT NOT NULL,           -- as published; made absolute where relative
    text           TEXT,                    -- the words it is set on; null for a picture
    target_url     TEXT,                    -- url without tracking parameters and redirect prefixes
    host           TEXT,                    -- of the target, lower case; null for an address without one
    domain         TEXT,                    -- the registrable domain of host (public suffix list); null for an IP address
    in_boilerplate INTEGER NOT NULL DEFAULT 0 CHECK (in_boilerplate IN (0, 1)), -- 1: stands among subscribe, social, support, legal links
    UNIQUE (episode_id, position)
) STRICT;
CREATE INDEX links_segment ON links (segment_id);
CREATE INDEX links_domain ON links (domain, episode_id);

-- How many links lead to a domain in each year: counted by triggers, so that nobody has to go through millions of links.
CREATE TABLE domain_counts (
    year           TEXT NOT NULL,           -- of the episodes' dates, such as 2019; empty for episodes whose date can't be told
    domain         TEXT NOT NULL,           -- as links.domain
    in_boilerplate INTEGER NOT NULL,        -- as links.in_boilerplate
    links          INTEGER NOT NULL,        -- how many there are; may be 0 where there once were some
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
-- The links of an episode that is deleted go after it, when its date is no longer known.
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

-- A person, under the name as written.
CREATE TABLE people (
    id        INTEGER PRIMARY KEY,          -- the number of the row
    name      TEXT NOT NULL UNIQUE CHECK (name <> ''), -- as written, without titles
    url       TEXT,                         -- a page of theirs, where one was linked; null if none
    image_url TEXT                          -- a picture of them; null if none
) STRICT;

-- Who did what in which episode or show.
CREATE TABLE credits (
    id         INTEGER PRIMARY KEY,         -- the number of the row
    show_id    INTEGER REFERENCES shows (id) ON DELETE CASCADE,    -- set for a part in the whole show
    episode_id INTEGER REFERENCES episodes (id) ON DELETE CASCADE, -- set for a part in one episode
    person_id  INTEGER NOT NULL REFERENCES people (id), -- who
    role       TEXT NOT NULL CHECK (role IN ('host', 'guest', 'author', 'contributor')), -- what they do in it
    source     TEXT NOT NULL,               -- what told of it: podcast:person, atom:contributor, itunes:author (any author field, the authors of a JSON Feed), notes:show (the description), notes:people, notes:intro, notes:presenter
    CHECK ((show_id IS NULL) <> (episode_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX credits_show ON credits (show_id, person_id, role, source) WHERE show_id IS NOT NULL;
CREATE UNIQUE INDEX credits_episode ON credits (episode_id, person_id, role, source) WHERE episode_id IS NOT NULL;
CREATE INDEX credits_person ON credits (person_id);
CREATE INDEX credits_role ON credits (role, person_id, episode_id, source);

-- Who paid for an episode.
CREATE TABLE sponsors (
    id         INTEGER PRIMARY KEY,         -- the number of the row
    episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE, -- the episode
    segment_id INTEGER REFERENCES segments (id) ON DELETE CASCADE, -- the segment that names them; null if none does
    position   INTEGER NOT NULL CHECK (position >= 1), -- their place among the sponsors of the episode, from 1
    name       TEXT NOT NULL,               -- as written
    url        TEXT,                        -- where their link leads; null if none
    text       TEXT,                        -- the words they are thanked with; null if none
    UNIQUE (episode_id, position)
) STRICT;
CREATE INDEX sponsors_segment ON sponsors (segment_id);
CREATE INDEX sponsors_name ON sponsors (name, episode_id);

-- Something a feed points at that can be captured: audio, a picture, a transcript.
CREATE TABLE resources (
    id              INTEGER PRIMARY KEY,    -- the number of the row
    show_id         INTEGER NOT NULL REFERENCES shows (id), -- the show
    episode_id      INTEGER REFERENCES episodes (id), -- null for what belongs to the show itself
    kind            TEXT NOT NULL CHECK (kind IN ('audio', 'video', 'image', 'transcript', 'chapters', 'other')), -- by media type, else by the ending of its address
    role            TEXT NOT NULL CHECK (role IN ('enclosure', 'alternate', 'image', 'transcript', 'chapters')), -- what it is to the item that names it
    position        INTEGER,                -- its place among those of its role, from 1
    url             TEXT NOT NULL,          -- absolute
    media_type      TEXT,                   -- as the feed says; null if it does not
    length_bytes    INTEGER,                -- as the feed says; null if it does not, or says nonsense
    language        TEXT,                   -- as the feed says; null if it does not
    is_current      INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)), -- 0: the item points elsewhere now
    is_wanted       INTEGER NOT NULL DEFAULT 1 CHECK (is_wanted IN (0, 1)), -- 0: another address of the same thing is captured already
    first_seen_at   TEXT NOT NULL,          -- when a document first named it
    last_seen_at    TEXT NOT NULL,          -- when a document last named it
    file_id         INTEGER REFERENCES files (id), -- the newest capture; null before the first
    failed_attempts INTEGER NOT NULL DEFAULT 0, -- failed downloads in a row; each doubles the wait
    next_attempt_at TEXT,                   -- no download before; null: at once
    integrity       TEXT,                   -- podcast:integrity, as type:value (sri:sha384-...); null if absent
    bitrate         INTEGER,                -- bits a second, as the feed says; null if it does not
    height          INTEGER,                -- of a video in pixels, as the feed says; null if it does not
    skip_reason     TEXT                    -- why it is not downloaded: what the configuration chose away (skip = "trailer"), caught up, or given up; null: it may be
) STRICT;
CREATE INDEX resources_show ON resources (show_id, role);
CREATE INDEX resources_episode ON resources (episode_id, role, is_current, position, file_id);
CREATE INDEX resources_held ON resources (show_id, role, episode_id, file_id) WHERE file_id IS NOT NULL;
CREATE INDEX resources_file ON resources (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX resources_missing ON resources (role, is_wanted, show_id, is_current, file_id)
    WHERE file_id IS NULL AND is_current = 1 AND skip_reason IS NULL;
CREATE INDEX resources_skipped ON resources (role, show_id, episode_id) WHERE skip_reason IS NOT NULL;
-- Enclosures in place of which another form is taken.
CREATE INDEX resources_replaced ON resources (role, is_current, episode_id)
    WHERE role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND skip_reason GLOB 'alternates = *';
CREATE INDEX resources_url ON resources (show_id, url);

-- One attempt to capture a resource, good or bad.
CREATE TABLE downloads (
    id            INTEGER PRIMARY KEY,      -- the number of the row
    resource_id   INTEGER NOT NULL REFERENCES resources (id), -- of what
    run_id        INTEGER NOT NULL REFERENCES runs (id), -- the run that made it
    requested_url TEXT NOT NULL,            -- without secrets
    final_url     TEXT,                     -- where redirects led, without secrets; null if no answer came
    started_at    TEXT NOT NULL,            -- when the request was sent
    finished_at   TEXT,                     -- when the last byte was in, or it was given up; null if unknown
    http_status   INTEGER,                  -- null if no answer came
    etag          TEXT,                     -- as answered; null if absent
    last_modified TEXT,                     -- as answered; null if absent
    content_type  TEXT,                     -- as answered; null if absent
    bytes         INTEGER NOT NULL,         -- body bytes received in this attempt
    resumed_from  INTEGER,                  -- the byte at which it went on; null if it began at the start
    outcome       TEXT NOT NULL CHECK (outcome IN ('stored', 'unchanged', 'failed', 'rejected')), -- unchanged: the very bytes were in the archive already; rejected: the bytes are not what the feed promised
    error         TEXT,                     -- why not; a remark on a stored file (length differs from the feed's); null if all was well
    file_id       INTEGER REFERENCES files (id) -- null unless stored or unchanged
) STRICT;
CREATE INDEX downloads_resource ON downloads (resource_id);
CREATE INDEX downloads_run ON downloads (run_id);
CREATE INDEX downloads_file ON downloads (file_id);

-- Bytes on disk, once a hash. A row in state present was written after its bytes were synced.
CREATE TABLE files (
    id               INTEGER PRIMARY KEY,   -- the number of the row
    sha256           TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'), -- of the whole file, lower-case hex
    size_bytes       INTEGER NOT NULL CHECK (size_bytes >= 0), -- length of the whole file
    path             TEXT NOT NULL UNIQUE,  -- relative to the folder that holds this database
    kind             TEXT NOT NULL CHECK (kind IN ('audio', 'video', 'image', 'transcript', 'chapters', 'other')), -- what it was captured as
    media_type       TEXT,                  -- told from the bytes; null if unknown
    duration_seconds REAL,                  -- measured from the bytes; null if not measured
    bitrate          INTEGER,               -- bits a second, measured; null if not measured
    stored_at        TEXT NOT NULL,         -- when it got its name
    verified_at      TEXT,                  -- when its bytes were last hashed and found whole; null: never since they were stored
    state            TEXT NOT NULL DEFAULT 'present' CHECK (state IN ('present', 'missing', 'damaged')) -- as last seen by verify
) STRICT;
CREATE INDEX files_size ON files (id, state, size_bytes);
CREATE INDEX files_unwell ON files (state) WHERE state <> 'present';

-- A timed mark in an episode.
CREATE TABLE chapters (
    id            INTEGER PRIMARY KEY,      -- the number of the row
    episode_id    INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE, -- the episode
    source        TEXT NOT NULL,            -- what told of it: psc (the item), podcast:chapters (a file), notes (their times), id3, mp4 or vorbis (the audio)
    position      INTEGER NOT NULL CHECK (position >= 1), -- its place among those of its source, from 1
    start_seconds REAL NOT NULL,            -- from the start of the audio
    end_seconds   REAL,                     -- null if not told
    title         TEXT,                     -- null if it has none
    url           TEXT,                     -- null if it has none
    image_url     TEXT,                     -- null if it has none
    UNIQUE (episode_id, source, position)
) STRICT;

-- Words that were said.
CREATE TABLE transcript_cues (
    id            INTEGER PRIMARY KEY,      -- the number of the row
    resource_id   INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE, -- the transcript it stands in
    position      INTEGER NOT NULL CHECK (position >= 1), -- its place in the transcript, from 1
    start_seconds REAL NOT NULL,            -- from the start of the audio
    end_seconds   REAL,                     -- null if not told
    speaker       TEXT,                     -- null if not told
    text          TEXT NOT NULL,            -- the words
    UNIQUE (resource_id, position)
) STRICT;

-- A run of castkeep that did something; a run with nothing due leaves no row.
CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,        -- the number of the row
    command     TEXT NOT NULL,              -- sync, backfill, verify, ...
    started_at  TEXT NOT NULL,              -- when it had something to write for the first time
    finished_at TEXT,                       -- null while it runs, and if it was killed
    outcome     TEXT NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'ok', 'partial', 'failed', 'interrupted')), -- ok: all went well; partial: finished with some failures; failed: had to stop; interrupted: by a signal
    counts      TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(counts)), -- JSON: fetches, episodes_new, episodes_changed, episodes_gone, downloads, download_bytes, failures, each a number
    error       TEXT                        -- why it had to stop; null if it did not
) STRICT;

-- One request for a feed, good or bad.
CREATE TABLE fetches (
    id            INTEGER PRIMARY KEY,      -- the number of the row
    show_id       INTEGER NOT NULL REFERENCES shows (id), -- the show
    run_id        INTEGER NOT NULL REFERENCES runs (id), -- the run that made it
    started_at    TEXT NOT NULL,            -- when it was sent
    url           TEXT NOT NULL,            -- as asked, without secrets; file: for an old copy
    final_url     TEXT,                     -- where redirects led, without secrets; null if no answer came
    status        INTEGER,                  -- of HTTP; null if no answer came
    outcome       TEXT NOT NULL CHECK (outcome IN ('new', 'same', 'not_modified', 'truncated', 'gone', 'failed', 'refused')), -- new: a body not seen before; same: 200 with the bytes we had; not_modified: 304, without a body; truncated: cut off, its whole items were taken; refused: only_hosts or the address guard forbade it
    etag          TEXT,                     -- to be returned with the next request, byte for byte; null if none is in force
    last_modified TEXT,                     -- likewise
    bytes         INTEGER NOT NULL DEFAULT 0, -- body bytes on the wire
    duration_ms   INTEGER,                  -- from the request to the end of the body
    document_id   INTEGER REFERENCES documents (id), -- the body; null if none came
    error         TEXT,                     -- why not, or what was odd; null if all was well
    as_of         TEXT                      -- of an old copy that was read from a file: when it was made, as far as it tells; null for an answer of a server
) STRICT;
CREATE INDEX fetches_show ON fetches (show_id);
CREATE INDEX fetches_run ON fetches (run_id);
CREATE INDEX fetches_document ON fetches (document_id);

-- Something that was wrong with a feed document, and what castkeep assumed instead; of the last document of each address.
CREATE TABLE feed_warnings (
    id       INTEGER PRIMARY KEY,           -- the number of the row
    fetch_id INTEGER NOT NULL REFERENCES fetches (id) ON DELETE CASCADE, -- the request that brought the document
    position INTEGER NOT NULL CHECK (position >= 1), -- its place among the warnings of the document, from 1
    line     INTEGER,                       -- of the document, from 1; null if it is about all of it
    item     TEXT,                          -- guid or else title of the item it is about; null if it is about none
    message  TEXT NOT NULL,                 -- what was found, and what was assumed
    UNIQUE (fetch_id, position)
) STRICT;

-- A feed body, once a hash.
CREATE TABLE documents (
    id         INTEGER PRIMARY KEY,         -- the number of the row
    sha256     TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64), -- of the body after transport coding was undone
    size_bytes INTEGER NOT NULL,            -- of the body
    content    BLOB NOT NULL                -- the body, compressed with zstd
) STRICT;

-- One field of a show or an episode that a later document changed.
CREATE TABLE changes (
    id         INTEGER PRIMARY KEY,         -- the number of the row
    show_id    INTEGER NOT NULL REFERENCES shows (id), -- the show
    episode_id INTEGER REFERENCES episodes (id), -- null for a field of the show
    fetch_id   INTEGER REFERENCES fetches (id),  -- the request whose document changed it; null if no document did
    seen_at    TEXT NOT NULL,               -- when castkeep saw it
    field      TEXT NOT NULL,               -- a column of shows or episodes, or enclosure_url
    old_value  TEXT,                        -- null: there was none
    new_value  TEXT,                        -- null: there is none any more
    reason     TEXT                         -- by what the item was known to be this episode: item, guid, guid+enclosure, guid+title, guid+date, enclosure, enclosure+title, title+date, link+title; null for a field of the show, and in what castkeep 0.1 wrote
) STRICT;
CREATE INDEX changes_show ON changes (show_id);
CREATE INDEX changes_episode ON changes (episode_id);
CREATE INDEX changes_fetch ON changes (fetch_id);

-- A server that asked for patience (429 or 503 with Retry-After).
CREATE TABLE hosts (
    id         INTEGER PRIMARY KEY,         -- the number of the row
    host       TEXT NOT NULL UNIQUE,        -- name, with the port if it is not the usual one
    hold_until TEXT NOT NULL                -- no request before
) STRICT;

-- A file that another program had downloaded, and what adopt made of it.
CREATE TABLE adoptions (
    id          INTEGER PRIMARY KEY,        -- the number of the row
    run_id      INTEGER NOT NULL REFERENCES runs (id), -- the run that looked at it
    program     TEXT NOT NULL,              -- whose it was: podcast-dl, podcast-archiver, gpodder, or folder
    found_path  TEXT NOT NULL,              -- where it was found
    size_bytes  INTEGER NOT NULL,           -- its length
    sha256      TEXT CHECK (length(sha256) = 64), -- of the whole file; null unless it was hashed
    outcome     TEXT NOT NULL CHECK (outcome IN ('adopted', 'doubtful', 'unmatched', 'rejected')), -- doubtful: nothing told for sure what it is; unmatched: nothing told at all; rejected: its bytes are no audio
    resource_id INTEGER REFERENCES resources (id), -- what it is; of a doubtful one, what is likeliest; null if unmatched
    file_id     INTEGER REFERENCES files (id), -- the file in the archive; null unless adopted
    evidence    TEXT NOT NULL CHECK (json_valid(evidence)), -- JSON list: what told, what was found, what was expected
    message     TEXT,                       -- why it is doubtful or rejected; null if it was adopted
    seen_at     TEXT NOT NULL               -- when adopt looked at it
) STRICT;
CREATE INDEX adoptions_run ON adoptions (run_id);
CREATE INDEX adoptions_resource ON adoptions (resource_id);
CREATE INDEX adoptions_file ON adoptions (file_id);

-- A file that got another name, or is about to.
CREATE TABLE renames (
    id          INTEGER PRIMARY KEY,        -- the number of the row
    file_id     INTEGER REFERENCES files (id), -- the file; null for one that castkeep writes beside the audio
    sidecar_id  INTEGER REFERENCES sidecar_files (id), -- that one; null for a file that was captured
    old_path    TEXT NOT NULL,              -- relative to the folder that holds this database
    new_path    TEXT NOT NULL,              -- likewise
    run_id      INTEGER NOT NULL REFERENCES runs (id), -- the run that renamed it
    intended_at TEXT NOT NULL,              -- when that was decided
    done_at     TEXT,                       -- when the new name was in force; null while it is under way
    CHECK ((file_id IS NULL) <> (sidecar_id IS NULL))
) STRICT;
CREATE INDEX renames_file ON renames (file_id);
CREATE INDEX renames_sidecar ON renames (sidecar_id) WHERE sidecar_id IS NOT NULL;
CREATE INDEX renames_run ON renames (run_id);
CREATE INDEX renames_open ON renames (id) WHERE done_at IS NULL;

-- A file that castkeep writes beside the audio of an episode, from what it knows.
CREATE TABLE sidecar_files (
    id         INTEGER PRIMARY KEY,         -- the number of the row
    episode_id INTEGER NOT NULL REFERENCES episodes (id), -- the episode
    kind       TEXT NOT NULL CHECK (kind IN ('json', 'html', 'cover', 'transcript')), -- what it holds
    path       TEXT NOT NULL UNIQUE,        -- relative to the folder that holds this database
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64), -- of what was written
    size_bytes INTEGER NOT NULL,            -- its length
    written_at TEXT NOT NULL,               -- when it was last written
    made_from  TEXT NOT NULL                -- key of what it was made from; empty: it is under way, or to be written again
) STRICT;
CREATE INDEX sidecar_files_episode ON sidecar_files (episode_id, kind);

-- What was called for an episode that was stored ([hooks] on_episode), and how that ended.
CREATE TABLE hook_runs (
    id              INTEGER PRIMARY KEY,    -- the number of the row
    episode_id      INTEGER NOT NULL UNIQUE REFERENCES episodes (id), -- the episode: a program is called once for it
    file_id         INTEGER NOT NULL REFERENCES files (id), -- its audio that was stored first
    created_at      TEXT NOT NULL,          -- when that was
    outcome         TEXT NOT NULL DEFAULT 'pending' CHECK (outcome IN ('pending', 'ok', 'failed', 'abandoned')), -- failed: it is tried again; abandoned: it failed too often
    command         TEXT,                   -- JSON list: the program and its arguments as last called; null before the first time
    attempts        INTEGER NOT NULL DEFAULT 0, -- how often it was called
    started_at      TEXT,                   -- when it was last called; null before the first time
    finished_at     TEXT,                   -- when that ended; null before
    exit_code       INTEGER,                -- of the last call; null if it did not end by itself
    error           TEXT,                   -- why the last call failed, with the end of what it said; null if it did not
    next_attempt_at TEXT                    -- not called before; null: at once
) STRICT;
CREATE INDEX hook_runs_file ON hook_runs (file_id);
CREATE INDEX hook_runs_due ON hook_runs (id) WHERE outcome IN ('pending', 'failed');

-- Views for people -----------------------------------------------------------------------------------------------------------

-- One row a show, with what the archive has of it.
CREATE VIEW show_list AS
SELECT s.id AS show_id,                     -- row of shows
       s.slug AS show,                      -- its short name, which the other views call show, too
       s.title,                             -- null until a feed was read
       s.state,                             -- active, complete (no episode will follow) or gone (polling has ended)
       s.language,                          -- as published; null if absent
       (SELECT count(*) FROM episodes e WHERE e.show_id = s.id) AS episodes, -- episodes in the archive
       (SELECT count(DISTINCT r.episode_id) FROM resources r CROSS JOIN files f
         WHERE f.id = r.file_id AND r.show_id = s.id AND r.role IN ('enclosure', 'alternate') AND r.file_id IS NOT NULL AND f.state = 'present') AS with_audio, -- of them, those whose audio is captured and whole
       coalesce(m.missing, 0) AS missing,   -- enclosures, or forms taken in their place, that should be here and are not
       (SELECT count(*) FROM episodes e WHERE e.show_id = s.id AND e.gone_at IS NOT NULL) AS gone, -- episodes that the feed lists no more
       (SELECT min(e.published_at) FROM episodes e WHERE e.show_id = s.id) AS oldest, -- date of the oldest episode; null if none has one
       (SELECT max(e.published_at) FROM episodes e WHERE e.show_id = s.id) AS newest, -- date of the newest episode; null if none has one
       (SELECT coalesce(sum(f.size_bytes), 0)
        FROM (SELECT DISTINCT file_id FROM resources WHERE show_id = s.id AND file_id IS NOT NULL) r
        CROSS JOIN files f WHERE f.id = r.file_id AND f.state = 'present') AS bytes, -- of all its files on disk
       s.author,                            -- null if absent
       s.feed_url,                          -- where its feed is polled today, without secrets
       s.configured_url,                    -- the address the configuration names, without secrets
       s.link,                              -- its web page; null if absent
       s.first_seen_at,                     -- when it was first asked for
       s.last_seen_at,                      -- when its feed was last answered well; null before the first time
       s.next_fetch_at,                     -- when its feed is due again; null: at once
       s.error_count                        -- failed polls in a row
FROM shows s LEFT JOIN (SELECT show_id, count(*) AS missing FROM missing_enclosures GROUP BY show_id) m ON m.show_id = s.id;

-- One row an episode, with what was made of it.
CREATE VIEW episode_list AS
SELECT e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of its show
       e.number,                            -- null if it has none
       e.title,                             -- null if the feed gives none
       e.published_at,                      -- null if the feed's date can't be told
       e.duration_seconds,                  -- as the feed says; null if it does not
       e.season,                            -- null if none
       e.episode_type,                      -- full, trailer, bonus, as published; null if absent
       e.guid,                              -- as published; null if absent
       e.link,                              -- its web page; null if absent
       e.author,                            -- null if absent
       e.explicit,                          -- 1, 0; null if the feed does not say
       e.image_url,                         -- its own picture; null if absent
       e.notes_text,                        -- its notes as plain text; null if none
       (SELECT count(*) FROM segments g WHERE g.episode_id = e.id) AS segments, -- parts of its notes
       (SELECT count(*) FROM links l WHERE l.episode_id = e.id) AS links, -- links in its notes
       EXISTS (SELECT 1 FROM resources r JOIN files f ON f.id = r.file_id
               WHERE r.episode_id = e.id AND r.role = 'enclosure' AND f.state = 'present') AS has_audio, -- 1: its audio is captured and whole
       e.first_seen_at,                     -- when castkeep first saw it
       e.gone_at                            -- when it left the feed; null while listed
FROM episodes e JOIN shows s ON s.id = e.show_id;

-- One row a segment, beside its episode.
CREATE VIEW segment_list AS
SELECT g.id AS segment_id,                  -- row of segments
       e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none
       e.title AS episode_title,            -- null if the feed gives none
       e.published_at,                      -- of the episode; null if its date can't be told
       g.position,                          -- its place in the notes, from 1
       g.kind,                              -- intro, topic, sponsor, people, links, extras, joke, boilerplate
       g.number,                            -- the number it bears; null if none
       g.presenter,                         -- who brings it, as written; null if the notes do not say
       g.title,                             -- its heading; null if it has none
       g.group_title,                       -- the heading over a run of topics; null if none
       g.url,                               -- the first link of its heading; null if none
       g.start_seconds,                     -- where in the audio it begins; null if the notes do not say
       g.text                               -- all of it as plain text
FROM segments g JOIN episodes e ON e.id = g.episode_id JOIN shows s ON s.id = e.show_id;

-- One row a link, beside its segment and episode.
CREATE VIEW link_list AS
SELECT l.id AS link_id,                     -- row of links
       e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none
       e.title AS episode_title,            -- null if the feed gives none
       e.published_at,                      -- of the episode; null if its date can't be told
       l.segment_id,                        -- row of segments
       g.kind AS segment_kind,              -- kind of the segment it stands in
       g.number AS segment_number,          -- null if the segment bears none
       g.presenter,                         -- who brings the segment; null if the notes do not say
       g.title AS segment_title,            -- null if the segment has none
       l.position,                          -- its place among the links of the episode, from 1
       l.url,                               -- as published
       l.text,                              -- the words it is set on; null for a picture
       l.target_url,                        -- url without tracking parameters and redirect prefixes
       l.host,                              -- of the target; null for an address without one
       l.domain,                            -- the registrable domain of host; null for an IP address
       l.in_boilerplate                     -- 1: stands among subscribe, social, support, legal links
FROM links l JOIN episodes e ON e.id = l.episode_id JOIN shows s ON s.id = e.show_id LEFT JOIN segments g ON g.id = l.segment_id;

-- One row a domain that was linked to in a year, over all shows, boilerplate apart from the rest. For one show, count in link_list.
CREATE VIEW domain_list AS
SELECT year,                                -- such as 2019; empty for episodes whose date can't be told
       domain,                              -- the registrable domain of the links
       in_boilerplate,                      -- 1: links among subscribe, social, support, legal links
       links                                -- how many
FROM domain_counts WHERE links > 0;

-- One row an episode that has an enclosure: its file, or nulls where none was captured yet.
CREATE VIEW audio AS
SELECT e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number,                            -- null if the episode has none
       e.title,                             -- null if the feed gives none
       e.published_at,                      -- null if the feed's date can't be told
       f.path,                              -- relative to the folder that holds this database; null before its capture, as is all that tells of the file
       f.sha256,                            -- of the whole file
       f.size_bytes AS size,                -- in bytes
       f.stored_at AS captured,             -- when the file got its name
       f.media_type,                        -- told from the bytes; null if unknown
       e.duration_seconds,                  -- as the feed says; null if it does not
       f.duration_seconds AS measured_seconds, -- measured from the bytes; null if not measured
       f.bitrate,                           -- bits a second, measured; null if not measured
       f.state,                             -- present, missing or damaged, as last seen by verify
       f.verified_at,                       -- when it was last hashed and found whole; null: never since it was stored
       r.url                                -- the address it was had from
FROM episodes e JOIN shows s ON s.id = e.show_id
JOIN resources r ON r.id = (
    SELECT x.id FROM resources x WHERE x.episode_id = e.id AND x.role IN ('enclosure', 'alternate')
    ORDER BY x.file_id IS NULL, x.role = 'alternate', x.is_current DESC, x.position, x.id DESC LIMIT 1)
LEFT JOIN files f ON f.id = r.file_id;

-- One row a chapter, beside its episode; an episode may have the chapters of several sources.
CREATE VIEW chapter_list AS
SELECT c.id AS chapter_id,                  -- row of chapters
       e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none
       e.title AS episode_title,            -- null if the feed gives none
       e.published_at,                      -- of the episode; null if its date can't be told
       c.source,                            -- psc, podcast:chapters, notes, id3, mp4 or vorbis
       c.position,                          -- its place among those of its source, from 1
       c.start_seconds,                     -- from the start of the audio
       c.end_seconds,                       -- null if not told
       c.title,                             -- null if it has none
       c.url,                               -- null if it has none
       c.image_url                          -- null if it has none
FROM chapters c JOIN episodes e ON e.id = c.episode_id JOIN shows s ON s.id = e.show_id;

-- One row a cue of a transcript, beside its episode.
CREATE VIEW transcript_list AS
SELECT t.id AS cue_id,                      -- row of transcript_cues
       e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none
       e.title AS episode_title,            -- null if the feed gives none
       e.published_at,                      -- of the episode; null if its date can't be told
       r.language,                          -- of the transcript, as the feed says; null if it does not
       r.media_type,                        -- of the transcript, as the feed says; null if it does not
       t.position,                          -- its place in the transcript, from 1
       t.start_seconds,                     -- from the start of the audio
       t.end_seconds,                       -- null if not told
       t.speaker,                           -- null if not told
       t.text                               -- the words
FROM transcript_cues t JOIN resources r ON r.id = t.resource_id JOIN episodes e ON e.id = r.episode_id JOIN shows s ON s.id = e.show_id;

-- One row a sponsor of an episode.
CREATE VIEW sponsor_list AS
SELECT p.id AS sponsor_id,                  -- row of sponsors
       e.id AS episode_id,                  -- row of episodes
       p.segment_id,                        -- row of segments, the one that names them; null if none does
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none
       e.title AS episode_title,            -- null if the feed gives none
       e.published_at,                      -- of the episode; null if its date can't be told
       p.position,                          -- their place among the sponsors of the episode, from 1
       p.name,                              -- as written
       p.url,                               -- where their link leads; null if none
       p.text                               -- the words they are thanked with; null if none
FROM sponsors p JOIN episodes e ON e.id = p.episode_id JOIN shows s ON s.id = e.show_id;

-- One row a person in each part they have, in an episode or in a whole show.
CREATE VIEW credit_list AS
SELECT e.id AS episode_id,                  -- row of episodes; null for a part in the whole show, as are the next three
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none
       e.title AS episode_title,            -- null if the feed gives none
       e.published_at,                      -- of the episode; null if its date can't be told
       c.person_id,                         -- row of people
       p.name,                              -- as written, without titles
       c.role,                              -- host, guest, author or contributor
       c.source,                            -- what told of it; the first by name where several did
       p.url                                -- a page of theirs; null if none was linked
FROM credits c JOIN people p ON p.id = c.person_id JOIN episodes e ON e.id = c.episode_id JOIN shows s ON s.id = e.show_id
WHERE c.source = (SELECT min(x.source) FROM credits x WHERE x.episode_id = c.episode_id AND x.person_id = c.person_id AND x.role = c.role)
UNION ALL
SELECT NULL, s.slug, NULL, NULL, NULL, c.person_id, p.name, c.role, c.source, p.url
FROM credits c JOIN people p ON p.id = c.person_id JOIN shows s ON s.id = c.show_id
WHERE c.source = (SELECT min(x.source) FROM credits x WHERE x.show_id = c.show_id AND x.person_id = c.person_id AND x.role = c.role);

-- One row a guest of an episode.
CREATE VIEW guests AS
SELECT e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none
       e.title AS episode_title,            -- null if the feed gives none
       e.published_at,                      -- of the episode; null if its date can't be told
       c.person_id,                         -- row of people
       p.name,                              -- as written, without titles
       p.url                                -- a page of theirs; null if none was linked
FROM credits c JOIN people p ON p.id = c.person_id JOIN episodes e ON e.id = c.episode_id JOIN shows s ON s.id = e.show_id
WHERE c.role = 'guest'
  AND c.source = (SELECT min(x.source) FROM credits x WHERE x.episode_id = c.episode_id AND x.person_id = c.person_id AND x.role = 'guest');

-- One row an enclosure, or the form that is taken in its place (alternates = "smallest"), that the archive should hold and does not;
-- missing_audio tells more of each. One that only moved counts as held while the file captured from its old address is whole.
CREATE VIEW missing_enclosures AS
SELECT id AS resource_id,                   -- row of resources
       show_id,                             -- row of shows
       file_id                              -- row of files, of the file that was captured and is missing or damaged; null if none was captured
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

-- One row an enclosure, or the form that is taken in its place, that the archive should hold and does not, beside its episode, with
-- the last reason.
CREATE VIEW missing_audio AS
SELECT e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number,                            -- null if the episode has none
       e.title,                             -- null if the feed gives none
       e.published_at,                      -- null if the feed's date can't be told
       r.url,                               -- its address
       f.path,                              -- of the file that was captured; null if none was
       coalesce(f.state, 'never captured') AS state, -- never captured, missing or damaged
       r.failed_attempts,                   -- failed downloads in a row
       r.next_attempt_at,                   -- no download before; null: at once
       CASE WHEN f.id IS NOT NULL THEN 'the captured file is ' || f.state || '; castkeep verify --repair fetches it again'
            ELSE (SELECT d.error FROM downloads d WHERE d.resource_id = r.id ORDER BY d.id DESC LIMIT 1) END AS last_error -- why; null if it was never tried
FROM missing_enclosures m JOIN resources r ON r.id = m.resource_id JOIN episodes e ON e.id = r.episode_id JOIN shows s ON s.id = r.show_id
LEFT JOIN files f ON f.id = m.file_id;

-- One row an enclosure that is not downloaded, because the configuration chose it away or because of castkeep catch-up.
-- One in place of which another form is taken is not left out.
CREATE VIEW skipped_audio AS
SELECT e.id AS episode_id,                  -- row of episodes
       s.slug AS show,                      -- short name of the show
       e.number,                            -- null if the episode has none
       e.title,                             -- null if the feed gives none
       e.published_at,                      -- null if the feed's date can't be told
       r.url,                               -- its address
       r.length_bytes,                      -- as the feed says; null if it does not
       r.skip_reason                        -- why
FROM resources r JOIN episodes e ON e.id = r.episode_id JOIN shows s ON s.id = r.show_id
WHERE r.skip_reason IS NOT NULL AND r.role = 'enclosure' AND r.file_id IS NULL AND r.is_current = 1
  AND (r.skip_reason NOT GLOB 'alternates = *' OR NOT EXISTS (
    SELECT 1 FROM resources x WHERE x.episode_id = r.episode_id AND x.role IN ('enclosure', 'alternate') AND x.is_current = 1 AND x.skip_reason IS NULL));

-- One row a file that adopt looked at, beside the episode that it is, or may be.
CREATE VIEW adoption_list AS
SELECT a.id AS adoption_id,                 -- row of adoptions
       s.slug AS show,                      -- short name of the show; null if unmatched
       e.number,                            -- of the episode; null if it has none, or unmatched
       e.title,                             -- of the episode; null if it has none, or unmatched
       a.outcome,                           -- adopted, doubtful, unmatched or rejected
       a.program,                           -- whose it was
       a.found_path,                        -- where it was found
       f.path,                              -- where it is in the archive; null unless adopted
       a.message,                           -- why it is doubtful or rejected; null if it was adopted
       a.evidence,                          -- JSON list: what told of it
       a.seen_at                            -- when adopt looked at it
FROM adoptions a LEFT JOIN resources r ON r.id = a.resource_id LEFT JOIN episodes e ON e.id = r.episode_id
LEFT JOIN shows s ON s.id = r.show_id LEFT JOIN files f ON f.id = a.file_id;

-- One row an episode that a hook was, or is to be, called for.
CREATE VIEW hook_list AS
SELECT h.id AS hook_run_id,                 -- row of hook_runs
       s.slug AS show,                      -- short name of the show
       e.number,                            -- of the episode; null if it has none
       e.title,                             -- of the episode; null if the feed gives none
       f.path,                              -- of its audio
       h.outcome,                           -- pending, ok, failed (it is tried again) or abandoned
       h.attempts,                          -- how often it was called
       h.exit_code,                         -- of the last call; null if it did not end by itself
       h.error,                             -- why the last call failed; null if it did not
       h.finished_at,                       -- when the last call ended; null before
       h.next_attempt_at                    -- not called before; null: at once
FROM hook_runs h JOIN episodes e ON e.id = h.episode_id JOIN shows s ON s.id = e.show_id JOIN files f ON f.id = h.file_id;

-- One row a field of an episode or a show that a later document changed.
CREATE VIEW change_list AS
SELECT c.id AS change_id,                   -- row of changes
       c.episode_id,                        -- row of episodes; null for a field of the show
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null for a field of the show, and if the episode has none
       e.title AS episode_title,            -- as it is now; null for a field of the show
       e.published_at,                      -- of the episode; null for a field of the show
       c.seen_at,                           -- when castkeep saw it
       c.field,                             -- a column of shows or episodes, or enclosure_url
       c.old_value,                         -- null: there was none
       c.new_value,                         -- null: there is none any more
       c.reason,                            -- by what the item was known to be this episode; null for a field of the show
       f.document_id                        -- row of documents, the feed that said so; null if none did
FROM changes c JOIN shows s ON s.id = c.show_id LEFT JOIN episodes e ON e.id = c.episode_id LEFT JOIN fetches f ON f.id = c.fetch_id;

-- One row a thing that a feed points at, beside its episode: audio, pictures, transcripts, chapters, with their old addresses.
CREATE VIEW resource_list AS
SELECT r.id AS resource_id,                 -- row of resources
       r.episode_id,                        -- row of episodes; null for what belongs to the show
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none, and for what belongs to the show
       e.title AS episode_title,            -- null for what belongs to the show
       e.published_at,                      -- of the episode; null for what belongs to the show
       r.kind,                              -- audio, video, image, transcript, chapters or other
       r.role,                              -- enclosure, alternate, image, transcript or chapters
       r.position,                          -- its place among those of its role, from 1
       r.url,                               -- its address
       r.media_type,                        -- as the feed says; null if it does not
       r.length_bytes,                      -- as the feed says; null if it does not
       r.language,                          -- as the feed says; null if it does not
       r.is_current,                        -- 0: the item points elsewhere now
       r.first_seen_at,                     -- when a document first named it
       r.last_seen_at,                      -- when a document last named it
       r.failed_attempts,                   -- failed downloads in a row
       f.path,                              -- of its newest capture; null before the first
       f.sha256,                            -- of that file
       f.size_bytes AS size,                -- of that file, in bytes
       f.state                              -- of that file: present, missing or damaged
FROM resources r JOIN shows s ON s.id = r.show_id LEFT JOIN episodes e ON e.id = r.episode_id LEFT JOIN files f ON f.id = r.file_id;

-- One row an attempt to capture something, beside its episode.
CREATE VIEW download_list AS
SELECT d.id AS download_id,                 -- row of downloads
       d.run_id,                            -- row of runs
       r.episode_id,                        -- row of episodes; null for what belongs to the show
       s.slug AS show,                      -- short name of the show
       e.number AS episode_number,          -- null if the episode has none, and for what belongs to the show
       e.title AS episode_title,            -- null for what belongs to the show
       r.role,                              -- enclosure, alternate, image, transcript or chapters
       d.requested_url,                     -- without secrets
       d.final_url,                         -- where redirects led; null if no answer came
       d.started_at,                        -- when the request was sent
       d.finished_at,                       -- when the last byte was in, or it was given up; null if unknown
       d.http_status,                       -- null if no answer came
       d.bytes,                             -- received in this attempt
       d.outcome,                           -- stored, unchanged, failed or rejected
       d.error,                             -- why not, or a remark on a stored file; null if all was well
       f.path,                              -- of the file it gave; null if it gave none
       f.sha256                             -- of that file
FROM downloads d JOIN resources r ON r.id = d.resource_id JOIN shows s ON s.id = r.show_id
LEFT JOIN episodes e ON e.id = r.episode_id LEFT JOIN files f ON f.id = d.file_id;

-- One row a request for a feed.
CREATE VIEW fetch_list AS
SELECT f.id AS fetch_id,                    -- row of fetches
       f.run_id,                            -- row of runs
       s.slug AS show,                      -- short name of the show
       f.started_at,                        -- when it was sent
       f.url,                               -- as asked, without secrets; file: for an old copy
       f.final_url,                         -- where redirects led; null if no answer came
       f.status,                            -- of HTTP; null if no answer came
       f.outcome,                           -- new, same, not_modified, truncated, gone, failed or refused
       f.bytes,                             -- of the body, on the wire
       f.duration_ms,                       -- from the request to the end of the body
       f.document_id,                       -- row of documents, the body; null if none came
       f.error                              -- why not, or what was odd; null if all was well
FROM fetches f JOIN shows s ON s.id = f.show_id;

-- One row a thing that was wrong with a feed when it was last read.
CREATE VIEW warning_list AS
SELECT w.id AS warning_id,                  -- row of feed_warnings
       s.slug AS show,                      -- short name of the show
       f.url,                               -- of the document
       f.document_id,                       -- row of documents
       w.line,                              -- of the document, from 1; null if it is about all of it
       w.item,                              -- guid or else title of the item it is about; null if it is about none
       w.message                            -- what was found, and what was assumed
FROM feed_warnings w JOIN fetches f ON f.id = w.fetch_id JOIN shows s ON s.id = f.show_id;

-- Search: FTS5 over the tables above (external content, kept by triggers) -----------------------------------------------------

CREATE VIRTUAL TABLE episodes_fts USING fts5 (
    title, summary, notes_text, content="episodes", content_rowid="id", tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER episodes_fts_insert AFTER INSERT ON episodes BEGIN
    INSERT INTO episodes_fts (rowid, title, summary, notes_text) VALUES (new.id, new.title, new.summary, new.notes_text);
END;
CREATE TRIGGER episodes_fts_delete AFTER DELETE ON episodes BEGIN
    INSERT INTO episodes_fts (episodes_fts, rowid, title, summary, notes_text) VALUES ('delete', old.id, old.title, old.summary, old.notes_text);
END;
CREATE TRIGGER episodes_fts_update AFTER UPDATE OF title, summary, notes_text ON episodes BEGIN
    INSERT INTO episodes_fts (episodes_fts, rowid, title, summary, notes_text) VALUES ('delete', old.id, old.title, old.summary, old.notes_text);
    INSERT INTO episodes_fts (rowid, title, summary, notes_text) VALUES (new.id, new.title, new.summary, new.notes_text);
END;

CREATE VIRTUAL TABLE segments_fts USING fts5 (
    title, text, content="segments", content_rowid="id", tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER segments_fts_insert AFTER INSERT ON segments BEGIN
    INSERT INTO segments_fts (rowid, title, text) VALUES (new.id, new.title, new.text);
END;
CREATE TRIGGER segments_fts_delete AFTER DELETE ON segments BEGIN
    INSERT INTO segments_fts (segments_fts, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;
CREATE TRIGGER segments_fts_update AFTER UPDATE OF title, text ON segments BEGIN
    INSERT INTO segments_fts (segments_fts, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
    INSERT INTO segments_fts (rowid, title, text) VALUES (new.id, new.title, new.text);
END;

-- The words of all notes, with how often they stand there (doc: in how many segments). In quotes, Datasette does not take it for a search table.
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

CREATE VIRTUAL TABLE transcript_cues_fts USING fts5 (
    text, content="transcript_cues", content_rowid="id", tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER transcript_cues_fts_insert AFTER INSERT ON transcript_cues BEGIN
    INSERT INTO transcript_cues_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER transcript_cues_fts_delete AFTER DELETE ON transcript_cues BEGIN
    INSERT INTO transcript_cues_fts (transcript_cues_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER transcript_cues_fts_update AFTER UPDATE OF text ON transcript_cues BEGIN
    INSERT INTO transcript_cues_fts (transcript_cues_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO transcript_cues_fts (rowid, text) VALUES (new.id, new.text);
END;

-- Words in scripts that set no spaces between them (Thai, Lao, Khmer, Burmese, Chinese, Japanese; Korean sets some): every three
-- characters that follow one another are indexed, of titles, segments and cues that have such characters, with two spaces at their
-- end, so that their last characters begin something, too. The id is four times that of the row, plus 0 for episodes, 1 for segments, 2
-- for transcript_cues.
CREATE VIEW unspaced AS
SELECT id * 4 AS id, title || '  ' AS text FROM episodes WHERE title GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*'
UNION ALL
SELECT id * 4 + 1, text || '  ' FROM segments WHERE text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*'
UNION ALL
SELECT id * 4 + 2, text || '  ' FROM transcript_cues WHERE text GLOB '*[฀-႟ក-៿⺀-﫿｡-ﾟ𠀀-𿿿]*';
CREATE VIRTUAL TABLE unspaced_fts USING fts5 (text, content="unspaced", content_rowid="id", tokenize = 'trigram');
-- The terms of unspaced_fts, by which words of one or two characters are found.
CREATE VIRTUAL TABLE unspaced_terms USING "fts5vocab" ('unspaced_fts', 'row');
-- A text with no more bytes than characters, but one, has no such character: that is seen at once, and saves most texts a closer look.
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
