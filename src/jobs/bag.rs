//! `export bagit`: a copy of the database and the files in a bag, each hashed again where it then lies. It reads only, also
//! beside a run that writes.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags};

use super::Error;
use super::findings::Lost;
use super::session::Manner;
use crate::archive::{self, Existing, FileRow, Reader, ShowRow, folder_of, refuse_place, rename_portably};
use crate::download::{FileState, Store};
use crate::export::bagit::{self, Payload};
use crate::model::{Digest, Hasher, Time};
use crate::report::human_bytes;

/// What is to be packed.
#[derive(Debug, Clone)]
pub struct Request {
    /// The folder that becomes the bag: one that is not there, or is empty.
    pub target: PathBuf,
    /// The files of this show alone; the database is whole all the same.
    pub show: Option<ShowRow>,
    /// When.
    pub made: Time,
}

/// What was packed.
#[derive(Debug, Clone, Default)]
pub struct Bagged {
    /// How much.
    pub payload: Payload,
    /// Files that should be in it, and are missing or damaged.
    pub lost: Vec<Lost>,
}

/// Packs a bag; `None` if it was asked to stop. Nothing is left behind but a whole one.
pub fn bag(reader: &Reader, request: &Request, manner: &Manner) -> Result<Option<Bagged>, Error> {
    let target = &request.target;
    refuse(target, reader.root())?;
    let scratch = Scratch::make(target)?;
    let data = scratch.path.join("data");
    fs::create_dir(&data).map_err(about(&data))?;
    let copy = data.join("archive.db");
    let go_on = |_, _| !manner.cancel.is_cancelled();
    if reader.back_up(&copy, Existing::Keep, &go_on)?.is_none() {
        return Ok(None);
    }
    let mut packing = Packing::begin(&scratch.path, rename_portably(&copy)?)?;
    packing.list(&hashed(&copy)?, "data/archive.db", file_length(&copy)?)?;
    // What the copy says: it is of the same moment, whatever is written meanwhile.
    let rows = Reader::open_copy(&data)?;
    let count = rows.verified()?.files;
    let store = if count > 0 { Some(store(reader.root())?) } else { None };
    let bar = manner.progress.count("files packed", count);
    let mut stopped = false;
    rows.each_file(request.show.as_ref().map(|show| show.id), &mut |file| {
        stopped |= manner.cancel.is_cancelled();
        if !stopped {
            packing.file(&file, &rows, store.as_ref())?;
            bar.step();
        }
        Ok::<_, Error>(())
    })?;
    if stopped {
        return Ok(None);
    }
    if let Some(store) = &store {
        packing.beside(&rows, store, request.show.as_ref())?;
    }
    drop(rows);
    let bagged = packing.end(request)?;
    scratch.give_name(target)?;
    Ok(Some(bagged))
}

/// The place of the files. Where it is empty, or gone, a disk is not mounted.
fn store(archive: &Path) -> Result<Store, Error> {
    let audio = archive.join("audio");
    match fs::read_dir(&audio).map(|mut entries| entries.next().is_none()) {
        Ok(false) => Ok(Store::open_existing(archive)?),
        Ok(true) => Err(Error::EmptyAudio(audio)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NoAudio(audio)),
        Err(error) => Err(about(&audio)(error)),
    }
}

fn refuse(target: &Path, archive: &Path) -> Result<(), Error> {
    refuse_place(target, Some(archive))?;
    match fs::read_dir(target).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        _ => Err(taken(target)),
    }
}

fn taken(path: &Path) -> Error {
    archive::Error::Target { path: path.to_owned(), why: "something is there already" }.into()
}

fn about(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |error| Error::Store(io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn file_length(path: &Path) -> Result<u64, Error> {
    fs::metadata(path).map(|found| found.len()).map_err(about(path))
}

/// The digest of a file as it lies on the disk.
fn hashed(path: &Path) -> Result<Digest, Error> {
    let (mut file, mut hasher) = (File::open(path).map_err(about(path))?, Hasher::default());
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(about(path))? {
            0 => return Ok(hasher.finish()),
            count => hasher.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}

/// The bag being packed.
struct Packing {
    folder: PathBuf,
    manifest: BufWriter<File>,
    /// What the archive calls a file that the bag calls otherwise.
    renamed: HashMap<String, String>,
    /// Folders to be synced.
    folders: BTreeSet<PathBuf>,
    bagged: Bagged,
}

const MANIFEST: &str = "manifest-sha256.txt";

impl Packing {
    fn begin(folder: &Path, renamed: HashMap<String, String>) -> Result<Self, Error> {
        let path = folder.join(MANIFEST);
        Ok(Self {
            manifest: File::create_new(&path).map(BufWriter::new).map_err(about(&path))?,
            renamed,
            folder: folder.to_owned(),
            folders: [folder.to_owned(), folder.join("data")].into(),
            bagged: Bagged::default(),
        })
    }

    /// Packs a file, or tells why it can't be.
    fn file(&mut self, file: &FileRow, rows: &Reader, store: Option<&Store>) -> Result<(), Error> {
        let to = self.folder.join("data").join(&file.path);
        let path = Path::new(self.renamed.get(&file.path).unwrap_or(&file.path));
        let shared = store.map(|store| store.share(path, file.size_bytes, file.sha256, &to)).transpose()?;
        let why = match shared.unwrap_or(FileState::Missing) {
            FileState::Whole => {
                let folders = to.ancestors().skip(1).take_while(|folder| *folder != self.folder);
                self.folders.extend(folders.map(Path::to_owned));
                return self.list(&file.sha256, &format!("data/{}", file.path), file.size_bytes);
            }
            FileState::Missing => None,
            FileState::Damaged(why) => Some(why),
        };
        let owner = rows.owner(file.id)?;
        self.bagged.lost.push(Lost { path: path.display().to_string(), owner, why });
        Ok(())
    }

    /// Packs what lies beside the audio. What is missing or changed of that is no loss: it is made of what is packed.
    fn beside(&mut self, rows: &Reader, store: &Store, show: Option<&ShowRow>) -> Result<(), Error> {
        for show in show.map_or_else(|| rows.rows(), |show| Ok(vec![show.clone()]))? {
            for file in rows.written(Some(show.id))? {
                let to = self.folder.join("data").join(&file.path);
                let path = Path::new(self.renamed.get(&file.path).unwrap_or(&file.path));
                if store.share(path, file.size_bytes, file.sha256, &to)? == FileState::Whole {
                    let folders = to.ancestors().skip(1).take_while(|folder| *folder != self.folder);
                    self.folders.extend(folders.map(Path::to_owned));
                    self.list(&file.sha256, &format!("data/{}", file.path), file.size_bytes)?;
                }
            }
        }
        Ok(())
    }

    fn list(&mut self, sha256: &Digest, path: &str, bytes: u64) -> Result<(), Error> {
        self.bagged.payload.files += 1;
        self.bagged.payload.bytes += bytes;
        let line = bagit::manifest_line(sha256, path);
        self.manifest.write_all(line.as_bytes()).map_err(about(&self.folder))
    }

    /// Writes the tag files, and has the disk keep all of it.
    fn end(self, request: &Request) -> Result<Bagged, Error> {
        let Self { folder, mut bagged, manifest, folders, .. } = self;
        bagged.payload.lost = bagged.lost.len() as u64;
        let path = folder.join(MANIFEST);
        let manifest = manifest.into_inner().map_err(io::IntoInnerError::into_error).map_err(about(&path))?;
        manifest.sync_all().map_err(about(&path))?;
        let what = match &request.show {
            Some(show) => format!(
                "A castkeep archive of podcasts, with the files of {} alone",
                show.title.as_deref().unwrap_or(&show.slug)
            ),
            None => "A castkeep archive of podcasts".to_owned(),
        };
        let info = bagit::info(&bagged.payload, &what, &human_bytes(bagged.payload.bytes), request.made);
        write(&folder.join("bagit.txt"), bagit::DECLARATION)?;
        write(&folder.join("bag-info.txt"), &info)?;
        let mut tags = String::new();
        for name in ["bag-info.txt", "bagit.txt", MANIFEST] {
            tags += &bagit::manifest_line(&hashed(&folder.join(name))?, name);
        }
        write(&folder.join("tagmanifest-sha256.txt"), &tags)?;
        for folder in folders {
            File::open(&folder).and_then(|folder| folder.sync_all()).map_err(about(&folder))?;
        }
        Ok(bagged)
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(about(path))
}

/// A folder that a bag is packed in, `NAME.part` beside its name; it goes unless it got its name.
struct Scratch {
    path: PathBuf,
    /// Held: a second run for the same name must not meddle. That it is there tells whose the folder is.
    lock: File,
    named: bool,
}

const LOCK: &str = "castkeep-export.lock";

impl Scratch {
    fn make(target: &Path) -> Result<Self, Error> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let path = target.with_file_name(name);
        clear_left_over(&path)?;
        fs::create_dir(&path).map_err(about(&path))?;
        let locked = File::create_new(path.join(LOCK)).and_then(|lock| lock.lock().map(|()| lock));
        Ok(Self { lock: locked.map_err(about(&path))?, path, named: false })
    }

    fn give_name(mut self, target: &Path) -> Result<(), Error> {
        let lock = self.path.join(LOCK);
        fs::remove_file(&lock).map_err(about(&lock))?;
        // An empty folder gives way; what came meanwhile does not.
        let renamed = match rustix::fs::renameat_with(CWD, &self.path, CWD, target, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(()),
            Err(_) => fs::rename(&self.path, target),
        };
        renamed.map_err(about(target))?;
        self.named = true;
        drop(self.lock.unlock());
        let parent = folder_of(target);
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(about(parent))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.named {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// What a killed run left goes; nobody else's folder does.
fn clear_left_over(path: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Ok(found) if found.is_dir() => {}
        _ => return Err(taken(path)),
    }
    let lock = File::open(path.join(LOCK)).map_err(|_| taken(path))?;
    lock.try_lock().map_err(|_| taken(path))?;
    fs::remove_dir_all(path).map_err(about(path))
}
