//! Questions to put to the demo's archive.

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
        words: "Who brought which topics to Two Kettles?",
        sql: "SELECT presenter, count(*) AS topics, group_concat(title, '; ') AS titles FROM segment_list \
              WHERE show = 'two-kettles' AND kind = 'topic' AND number > 0 GROUP BY presenter",
    },
    Question {
        words: "Who guested more than once?",
        sql: "SELECT name, count(*) AS episodes, min(substr(published_at, 1, 10)) AS first, \
              max(substr(published_at, 1, 10)) AS last FROM guests GROUP BY name HAVING episodes > 1 ORDER BY name",
    },
    Question {
        words: "Where was WebAssembly said, and in which second?",
        sql: "SELECT show, episode_number AS episode, start_seconds AS second, speaker, text FROM transcript_list WHERE cue_id IN \
              (SELECT rowid FROM transcript_cues_fts WHERE transcript_cues_fts MATCH 'webassembly') ORDER BY published_at",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_pass_through_a_shell_between_double_quotes() {
        for question in QUESTIONS {
            assert!(!question.sql.contains(['"', '$', '`', '\\', '\n', '!']), "{}", question.sql);
        }
    }
}
