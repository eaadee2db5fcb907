//! The show: its feed and audio as they are served, and questions to put to its archive.

/// Its short name.
pub const SLUG: &str = "two-kettles";

/// Its title.
pub const TITLE: &str = "Two Kettles";

/// Something that can be asked for.
pub(super) struct Resource {
    pub(super) path: &'static str,
    pub(super) media_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

const FEED: &str = include_str!("show/feed.xml");

/// Episodes 1 to 4, a few seconds each; `show/make-audio.sh` made them.
const AUDIO: [(&str, &[u8]); 4] = [
    ("/audio/1.mp3", include_bytes!("show/1.mp3")),
    ("/audio/2.mp3", include_bytes!("show/2.mp3")),
    ("/audio/3.mp3", include_bytes!("show/3.mp3")),
    ("/audio/4.mp3", include_bytes!("show/4.mp3")),
];

/// The path of the feed.
pub(super) const FEED_PATH: &str = "/feed.xml";

/// All that the host serves; `host` is its own `address:port`.
pub(super) fn resources(host: &str) -> Vec<Resource> {
    let feed = FEED.replace("{host}", host).into_bytes();
    let feed = Resource { path: FEED_PATH, media_type: "application/rss+xml; charset=utf-8", bytes: feed };
    let audio = AUDIO.into_iter().map(|(path, bytes)| Resource {
        path,
        media_type: "audio/mpeg",
        bytes: bytes.to_vec(),
    });
    let beside = [
        ("/cover.png", "image/png", include_bytes!("show/cover.png").as_slice()),
        ("/4.vtt", "text/vtt", include_bytes!("show/4.vtt")),
    ]
    .map(|(path, media_type, bytes)| Resource { path, media_type, bytes: bytes.to_vec() });
    std::iter::once(feed).chain(audio).chain(beside).collect()
}

/// The audio of an episode, by its number.
pub fn audio(number: usize) -> Option<&'static [u8]> {
    AUDIO.get(number.checked_sub(1)?).map(|(_, bytes)| *bytes)
}

/// A question that the archive answers.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// In words.
    pub words: &'static str,
    /// In SQL: one line, without double quotes, so that a shell takes it between them.
    pub sql: &'static str,
}

/// Questions to go on with.
pub const QUESTIONS: [Question; 3] = [
    Question {
        words: "Who brought which topics?",
        sql: "SELECT presenter, count(*) AS topics, group_concat(title, '; ') AS titles \
              FROM segment_list WHERE kind = 'topic' AND number > 0 GROUP BY presenter",
    },
    Question {
        words: "Which sites does the show send its listeners to?",
        sql: "SELECT host, count(*) AS links, min(episode_number) AS first, max(episode_number) AS last \
              FROM link_list WHERE NOT in_boilerplate GROUP BY host HAVING links > 1 ORDER BY links DESC, host",
    },
    Question {
        words: "Where were backups or cables spoken of?",
        sql: "SELECT episode_number AS episode, kind, title FROM segment_list WHERE segment_id IN \
              (SELECT rowid FROM segments_fts WHERE segments_fts MATCH 'backup OR cables') ORDER BY episode, position",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_in_the_feed_are_those_of_the_audio() {
        for (path, bytes) in AUDIO {
            let enclosure = format!("{{host}}{path}\" length=\"{}\"", bytes.len());
            assert!(FEED.contains(&enclosure), "{enclosure}");
        }
    }

    #[test]
    fn questions_pass_through_a_shell_between_double_quotes() {
        for question in QUESTIONS {
            assert!(!question.sql.contains(['"', '$', '`', '\\', '\n', '!']), "{}", question.sql);
        }
    }
}
