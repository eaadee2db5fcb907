//! The disk's side of a transfer: a thread that writes and hashes what the network hands it through a short queue, so
//! that neither waits for the other. Complete bytes are sniffed and synced here, too.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

use super::part::{self, OVERLAP, Resumable};
use super::sniff::{HEAD, NotWanted, Sniffed, sniff};
use super::store::{Store, hash_into};
use super::{Failure, FailureKind, Target};
use crate::model::{Digest, Hasher, ResourceKind};

/// Pieces under way between network and disk.
const QUEUE: usize = 16;
/// The free space is looked at whenever so much was written.
const LOOK_AT_SPACE: u64 = 64 * 1024 * 1024;

/// Bytes that are all there.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) sha256: Digest,
    pub(super) size: u64,
    pub(super) sniffed: Sniffed,
}

/// Why a writer stopped.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The answer does not go with the part.
    StartOver(String),
    /// For good.
    Failed(Failure),
}

enum Message {
    Bytes(Bytes),
    Complete,
}

/// The network's handle on a writer.
pub(super) struct Writer {
    sender: Sender<Message>,
    task: JoinHandle<Result<Option<Written>, Stopped>>,
}

impl Writer {
    /// Writes a new file.
    pub(super) fn fresh(store: &Store, target: &Target, file: File) -> Self {
        let desk = Desk::new(store, target, file);
        Self::spawn(move |queue| desk.run(queue))
    }

    /// Goes on with a part, after hashing what is there and comparing where both overlap.
    pub(super) fn resumed(store: &Store, target: &Target, part: &Resumable) -> Self {
        let (store, target, part) = (store.clone(), target.clone(), part.clone());
        Self::spawn(move |queue| Desk::resume(&store, &target, &part, queue)?.run(queue))
    }

    fn spawn(
        work: impl FnOnce(&mut Receiver<Message>) -> Result<Option<Written>, Stopped> + Send + 'static,
    ) -> Self {
        let (sender, mut queue) = channel(QUEUE);
        Self { sender, task: tokio::task::spawn_blocking(move || work(&mut queue)) }
    }

    /// Hands bytes over. `false` says that the writer has stopped; [`Writer::end`] tells why.
    pub(super) async fn take(&self, bytes: Bytes) -> bool {
        self.sender.send(Message::Bytes(bytes)).await.is_ok()
    }

    /// The body is complete: makes it last.
    pub(super) async fn complete(self) -> Result<Written, Stopped> {
        // If the writer has stopped, it tells why below.
        let _ = self.sender.send(Message::Complete).await;
        let unfinished = || Stopped::Failed(Failure::new(FailureKind::Io, "the writer ended early"));
        self.end().await?.ok_or_else(unfinished)
    }

    /// Waits until what was handed over is in the part.
    pub(super) async fn end(self) -> Result<Option<Written>, Stopped> {
        drop(self.sender);
        let failed = |error| Err(Stopped::Failed(Failure::new(FailureKind::Io, format!("writer: {error}"))));
        self.task.await.unwrap_or_else(failed)
    }
}

/// What the thread works on.
struct Desk {
    store: Store,
    file: File,
    hasher: Hasher,
    head: Vec<u8>,
    size: u64,
    kind: ResourceKind,
    min_free_bytes: u64,
    since_look: u64,
}

impl Desk {
    fn new(store: &Store, target: &Target, file: File) -> Self {
        Self {
            store: store.clone(),
            file,
            hasher: Hasher::default(),
            head: Vec::with_capacity(HEAD),
            size: 0,
            kind: target.kind,
            min_free_bytes: target.min_free_bytes,
            since_look: 0,
        }
    }

    /// Takes up a part: its bytes are hashed from the disk, and its last ones must come again.
    fn resume(
        store: &Store,
        target: &Target,
        part: &Resumable,
        queue: &mut Receiver<Message>,
    ) -> Result<Self, Stopped> {
        let file = part::open(store, target.resource_id, false).map_err(reading)?;
        let mut desk = Self::new(store, target, file);
        let ours = desk.take_up(part).map_err(reading)?;
        let mut theirs = 0;
        while theirs < ours.len() {
            let Some(Message::Bytes(bytes)) = queue.blocking_recv() else {
                return Err(Stopped::Failed(Failure::new(
                    FailureKind::ShortBody,
                    "short body: too few bytes to compare",
                )));
            };
            let (same, rest) = bytes.split_at(bytes.len().min(ours.len() - theirs));
            if same != &ours[theirs..theirs + same.len()] {
                return Err(Stopped::StartOver("other bytes where the parts overlap".to_owned()));
            }
            theirs += same.len();
            desk.write(rest)?;
        }
        Ok(desk)
    }

    /// Hashes the whole part and gives back its last bytes; the file stands at its end.
    fn take_up(&mut self, part: &Resumable) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        (&self.file).take(HEAD as u64).read_to_end(&mut self.head)?;
        self.file.seek(SeekFrom::Start(0))?;
        hash_into(&mut self.hasher, &self.file, part.from())?;
        let mut overlap = Vec::with_capacity(OVERLAP as usize);
        (&self.file).take(part.have - part.from()).read_to_end(&mut overlap)?;
        self.hasher.update(&overlap);
        self.size = part.have;
        if overlap.len() as u64 == part.have - part.from() {
            Ok(overlap)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    fn run(mut self, queue: &mut Receiver<Message>) -> Result<Option<Written>, Stopped> {
        while let Some(message) = queue.blocking_recv() {
            match message {
                Message::Bytes(bytes) => self.write(&bytes)?,
                Message::Complete => return self.finish().map(Some),
            }
        }
        // Cut short: what is written stays in the page cache, where a later attempt finds it.
        Ok(None)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        self.look_at_space(bytes.len() as u64)?;
        self.file.write_all(bytes).map_err(writing)?;
        self.hasher.update(bytes);
        let wanted = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        self.size += bytes.len() as u64;
        Ok(())
    }

    fn look_at_space(&mut self, more: u64) -> Result<(), Stopped> {
        self.since_look += more;
        if self.since_look < LOOK_AT_SPACE {
            return Ok(());
        }
        self.since_look = 0;
        check_space(&self.store, self.min_free_bytes, 0).map_err(Stopped::Failed)
    }

    fn finish(self) -> Result<Written, Stopped> {
        let refused = |NotWanted(what)| Stopped::Failed(Failure::new(FailureKind::NotWanted, what));
        let sniffed = sniff(&self.head, self.size, self.kind).map_err(refused)?;
        // After a failed sync the pages may be gone and a second one succeed: the part is never believed.
        self.file.sync_all().map_err(|error| Stopped::Failed(Failure::io("sync part", &error)))?;
        Ok(Written { sha256: self.hasher.finish(), size: self.size, sniffed })
    }
}

/// Hashes and syncs a part that is complete already.
pub(super) fn seal(store: &Store, target: &Target, part: &Resumable) -> Result<Written, Stopped> {
    let file = part::open(store, target.resource_id, false).map_err(reading)?;
    let mut desk = Desk::new(store, target, file);
    desk.take_up(part).map_err(reading)?;
    desk.finish()
}

/// Whether `need` bytes may be written and the floor kept.
pub(super) fn check_space(store: &Store, floor: u64, need: u64) -> Result<(), Failure> {
    let free = store.free_space().map_err(|error| Failure::io("free space", &error))?;
    if free >= floor.saturating_add(need) {
        return Ok(());
    }
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let message = format!(
        "disk full: {:.1} MB free, {:.1} MB to come, {:.1} MB are to stay free (min_free_mb)",
        megabytes(free),
        megabytes(need),
        megabytes(floor)
    );
    Err(Failure::new(FailureKind::DiskFull, message))
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn reading(error: io::Error) -> Stopped {
    Stopped::StartOver(format!("read part: {error}"))
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn writing(error: io::Error) -> Stopped {
    Stopped::Failed(Failure::io("write part", &error))
}
