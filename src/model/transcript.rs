//! What is said in an episode, as its transcript has it.

use serde::Serialize;

/// Words that were said, a row of a transcript.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Cue {
    /// Seconds from the start; where the transcript tells no time, the last that it told, else 0.
    pub start_seconds: f64,
    /// Where it ends, if told.
    pub end_seconds: Option<f64>,
    /// Who speaks, if told.
    pub speaker: Option<String>,
    /// The words, trimmed and never empty.
    pub text: String,
}
