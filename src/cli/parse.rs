//! `castkeep parse feed|notes FILE|-`: what castkeep reads in a document, as JSON.

use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use url::Url;

use crate::{feed, notes};

/// Read a feed or show notes from a file and print what castkeep makes of it, as JSON
#[derive(Args)]
pub(super) struct Parse {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Read a feed document: `{show, episodes, warnings}`
    Feed(Document),
    /// Read show notes, HTML or plain text: `{segments, links, people}`
    Notes(Document),
}

#[derive(Args)]
struct Document {
    /// The file to read, `-` for standard input
    file: PathBuf,
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
                let parsed = feed::parse(&document.bytes()?, hints, &|_| false)
                    .with_context(|| format!("parse feed {}", document.file.display()))?;
                serde_json::to_writer_pretty(&mut out, &parsed)?;
            }
            What::Notes(document) => {
                let bytes = document.bytes()?;
                let html = String::from_utf8_lossy(&bytes);
                let base = document.base.as_ref();
                let notes =
                    notes::read(notes::Source { html: &html, title: None, base, cast: None, show: None });
                serde_json::to_writer_pretty(&mut out, &notes)?;
            }
        }
        writeln!(out)?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Document {
    fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        if self.file.as_os_str() == "-" {
            let mut bytes = Vec::new();
            stdin().lock().read_to_end(&mut bytes).context("read standard input")?;
            return Ok(bytes);
        }
        std::fs::read(&self.file).with_context(|| format!("read {}", self.file.display()))
    }
}
