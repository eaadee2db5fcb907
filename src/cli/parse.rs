//! `castkeep parse feed|notes|transcript|chapters FILE|-`: what castkeep reads in a document, as JSON.

use std::fmt;
use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use url::Url;

use crate::sidecar::{self, Chapters};
use crate::{download, feed, notes};

/// Print what castkeep reads in a feed, notes or a transcript
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Parse {
    #[command(subcommand)]
    what: What,
}

const HELP: &str = "Examples:\n\
\x20 castkeep parse feed feed.xml\n\
\x20 castkeep parse notes notes.html --base https://example.com/";

const FEED: &str = "Examples:\n\
\x20 castkeep parse feed feed.xml\n\
\x20 castkeep parse feed - < feed.xml";

const NOTES: &str = "Examples:\n\
\x20 castkeep parse notes notes.html\n\
\x20 castkeep parse notes notes.html --base https://example.com/";

const TRANSCRIPT: &str = "Examples:\n\
\x20 castkeep parse transcript episode.vtt\n\
\x20 castkeep parse transcript - < episode.srt";

const CHAPTERS: &str = "Examples:\n\
\x20 castkeep parse chapters chapters.json\n\
\x20 castkeep parse chapters episode.mp3";

#[derive(Subcommand)]
enum What {
    /// Read a feed document: `{show, episodes, warnings}`
    #[command(after_help = FEED)]
    Feed(Document),
    /// Read show notes, HTML or plain text: `{segments, links, people}`
    #[command(after_help = NOTES)]
    Notes(Document),
    /// Read a transcript (SRT, WebVTT, JSON, HTML, plain text): `{format, cues, warnings}`
    #[command(after_help = TRANSCRIPT)]
    Transcript(File),
    /// Read chapters (JSON, WebVTT, Podlove, a list of times), or those inside an audio file: `{chapters, warnings}`
    #[command(after_help = CHAPTERS)]
    Chapters(File),
}

#[derive(Args)]
struct File {
    /// The file to read, `-` for standard input
    file: PathBuf,
}

#[derive(Args)]
struct Document {
    #[command(flatten)]
    file: File,
    /// What relative addresses in it are relative to
    #[arg(long, value_name = "URL")]
    base: Option<Url>,
}

impl Parse {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut out = BufWriter::new(stdout().lock());
        match self.what {
            What::Feed(document) => {
                let hints = feed::Hints { url: document.base.as_ref(), ..Default::default() };
                let parsed = feed::parse(&document.file.bytes()?, hints, &|_| false)
                    .with_context(|| format!("parse feed {}", document.file))?;
                serde_json::to_writer_pretty(&mut out, &parsed)?;
            }
            What::Notes(document) => {
                let bytes = document.file.bytes()?;
                let html = String::from_utf8_lossy(&bytes);
                let base = document.base.as_ref();
                let notes =
                    notes::read(notes::Source { html: &html, title: None, base, cast: None, show: None });
                serde_json::to_writer_pretty(&mut out, &notes)?;
            }
            What::Transcript(file) => {
                let transcript = sidecar::transcript(&file.bytes()?, None, file.file.to_str())
                    .with_context(|| format!("parse transcript {file}"))?;
                serde_json::to_writer_pretty(&mut out, &transcript)?;
            }
            What::Chapters(file) => {
                let chapters = file.chapters().with_context(|| format!("parse chapters {file}"))?;
                serde_json::to_writer_pretty(&mut out, &chapters)?;
            }
        }
        writeln!(out)?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

impl File {
    /// Of an audio file those inside it, which a pipe can't be asked for: they may stand at its end.
    fn chapters(&self) -> anyhow::Result<Chapters> {
        if self.file.as_os_str() != "-" {
            let probed = download::probe(&self.file).with_context(|| format!("read {self}"))?;
            if probed.media_type.is_some() {
                return Ok(Chapters { chapters: probed.chapters, warnings: probed.warnings });
            }
        }
        Ok(sidecar::chapters(&self.bytes()?)?)
    }

    fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        if self.file.as_os_str() == "-" {
            let mut bytes = Vec::new();
            stdin().lock().read_to_end(&mut bytes).context("read standard input")?;
            return Ok(bytes);
        }
        std::fs::read(&self.file).with_context(|| format!("read {}", self.file.display()))
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.display().fmt(f)
    }
}
