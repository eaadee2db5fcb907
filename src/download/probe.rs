//! A stored file -> how long it plays, at what bit rate, and the chapters inside it. Little of it is read, however large it is;
//! what can't be told is `None` and a warning, since the bytes are kept whatever they are.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lofty::config::ParseOptions;
use lofty::file::AudioFile;
use lofty::flac::FlacFile;
use lofty::iff::{aiff::AiffFile, wav::WavFile};
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OpusFile, VorbisFile};
use lofty::properties::FileProperties;

use super::mpeg::{self, Measured};
use super::sniff::{HEAD, sniff};
use crate::model::{Chapter, ResourceKind};
use crate::sidecar::{Bytes, id3, mp4, vorbis};

/// No file of sound plays longer (seconds): more is a slip.
const LONGEST: f64 = 1_000_000.0;

/// What a file tells of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Probed {
    /// By its first bytes; `None` for what is neither sound nor film.
    pub media_type: Option<&'static str>,
    /// Seconds.
    pub duration_seconds: Option<f64>,
    /// Bits a second, on average.
    pub bitrate: Option<u32>,
    /// The chapters inside it, of source `id3`, `mp4` or `vorbis`.
    pub chapters: Vec<Chapter>,
    /// What was wrong with it.
    pub warnings: Vec<String>,
}

/// Measures a file. An error is one of the disk; damage within the file is a warning.
pub fn probe(path: &Path) -> std::io::Result<Probed> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut file = Opened { file, length, failed: None };
    let probed = look(&mut file);
    file.failed.map_or(Ok(probed), Err)
}

fn look(file: &mut Opened) -> Probed {
    let head = file.read(0, HEAD);
    let Ok(sniffed) = sniff(&head, file.length, ResourceKind::Audio) else { return Probed::default() };
    let probed = match sniffed.media_type {
        "audio/mpeg" => stream(file),
        "audio/aac" => measured(mpeg::measure(file)),
        "audio/mp4" | "video/mp4" | "video/quicktime" => movie(file),
        "audio/flac" | "audio/ogg" | "audio/wav" | "audio/aiff" => by_crate(file, sniffed.extension),
        _ => Probed::default(),
    };
    Probed { media_type: Some(sniffed.media_type), ..probed }
}

fn stream(file: &mut Opened) -> Probed {
    let (chapters, mut warnings) = id3::chapters(file);
    let mut probed = measured(mpeg::measure(file));
    warnings.append(&mut probed.warnings);
    Probed { chapters, warnings, ..probed }
}

fn measured(found: Option<Measured>) -> Probed {
    let Some(found) = found else {
        return Probed { warnings: vec!["no frames of sound were found".to_owned()], ..Probed::default() };
    };
    let warnings = found.remark.map(str::to_owned).into_iter().collect();
    Probed { warnings, ..Probed::default() }.lasting(found.duration, found.bytes)
}

fn movie(file: &mut Opened) -> Probed {
    let movie = mp4::read(file);
    let mut probed = Probed { chapters: movie.chapters, warnings: movie.warnings, ..Probed::default() };
    match movie.duration_seconds {
        Some(duration) => probed = probed.lasting(duration, movie.media_bytes),
        None => probed.warnings.push("mp4: its duration is not told".to_owned()),
    }
    probed
}

/// What crates read well: formats whose headers tell all. A crate that fails on what strangers wrote, be it with a panic,
/// must not end a run that keeps the files of other shows.
fn by_crate(file: &mut Opened, extension: &str) -> Probed {
    let caught = catch_unwind(AssertUnwindSafe(|| read(file, extension)));
    match caught {
        Ok(Ok(probed)) => probed,
        Ok(Err(message)) => Probed { warnings: vec![message], ..Probed::default() },
        Err(_) => Probed { warnings: vec!["its headers can't be read".to_owned()], ..Probed::default() },
    }
}

fn read(file: &mut Opened, extension: &str) -> Result<Probed, String> {
    let options = ParseOptions::new().read_cover_art(false);
    file.file.rewind().map_err(|error| error.to_string())?;
    let mut reader = BufReader::with_capacity(16 << 10, &file.file);
    let failed = |error: lofty::error::FileParseError| format!("its headers can't be read: {error}");
    let (properties, comments): (FileProperties, Option<VorbisComments>) = match extension {
        "flac" => {
            let read = FlacFile::read_from(&mut reader, options).map_err(failed)?;
            ((*read.properties()).into(), read.vorbis_comments().cloned())
        }
        "opus" => {
            let read = OpusFile::read_from(&mut reader, options).map_err(failed)?;
            ((*read.properties()).into(), Some(read.vorbis_comments().clone()))
        }
        "ogg" => {
            let read = VorbisFile::read_from(&mut reader, options).map_err(failed)?;
            ((*read.properties()).into(), Some(read.vorbis_comments().clone()))
        }
        "wav" => ((*WavFile::read_from(&mut reader, options).map_err(failed)?.properties()).into(), None),
        _ => (AiffFile::read_from(&mut reader, options).map_err(failed)?.properties().clone().into(), None),
    };
    let chapters = comments.map(|comments| vorbis::chapters(comments.items())).unwrap_or_default();
    let duration = properties.duration().as_secs_f64();
    Ok(Probed { chapters, ..Probed::default() }.lasting(duration, file.length))
}

impl Probed {
    /// With a duration and the bit rate that follows from it.
    fn lasting(mut self, seconds: f64, bytes: u64) -> Self {
        if seconds > 0.0 && seconds <= LONGEST {
            self.duration_seconds = Some((seconds * 1000.0).round() / 1000.0);
            self.bitrate = Some((bytes as f64 * 8.0 / seconds).round() as u32).filter(|rate| *rate > 0);
        } else {
            self.warnings.push(format!("a duration of {seconds} seconds is none"));
        }
        self
    }
}

/// A file as [`Bytes`]. The first error of the disk is kept, and what could not be read is missing.
struct Opened {
    file: File,
    length: u64,
    failed: Option<std::io::Error>,
}

impl Bytes for Opened {
    fn read(&mut self, at: u64, length: usize) -> Vec<u8> {
        let there = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        if there == 0 {
            return Vec::new();
        }
        let mut bytes = Vec::with_capacity(length.min(there));
        let read = self.file.seek(SeekFrom::Start(at));
        let read = read.and_then(|_| (&self.file).take(length.min(there) as u64).read_to_end(&mut bytes));
        if let Err(error) = read {
            self.failed.get_or_insert(error);
        }
        bytes
    }

    fn length(&self) -> u64 {
        self.length
    }
}
