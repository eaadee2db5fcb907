//! SIGINT, SIGTERM and SIGHUP ask a run to stop, twice to stop at once; the exit code tells which it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::Context;
use rustix::process::Signal;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

use crate::download::Cancel;

/// What came in.
#[derive(Clone, Default)]
pub(super) struct Signals {
    cancel: Cancel,
    at_once: Cancel,
    number: Arc<AtomicU8>,
}

impl Signals {
    /// Asks the run to stop where it can go on from.
    pub(super) fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Listens from now on; needs the runtime.
    pub(super) fn listen(&self) -> anyhow::Result<()> {
        for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
            let stream = stream(kind)?;
            tokio::spawn(self.clone().hear(kind, stream));
        }
        // Whoever listens to it is not killed by it: a write beyond the limit on file sizes (`ulimit -f`) fails instead.
        stream(SignalKind::from_raw(Signal::XFSZ.as_raw())).map(drop)
    }

    async fn hear(self, kind: SignalKind, mut stream: Stream) {
        while stream.recv().await.is_some() {
            if self.cancel.is_cancelled() {
                self.at_once.cancel();
            }
            let number = u8::try_from(kind.as_raw_value()).unwrap_or_default();
            self.number.store(number, Ordering::Relaxed);
            self.cancel.cancel();
        }
    }

    /// Ends when a second signal says that the run takes too long to stop.
    pub(super) async fn again(&self) {
        self.at_once.cancelled().await;
    }

    /// 128 and the number of the signal, as shells have it: 130, 143.
    pub(super) fn exit_code(&self) -> u8 {
        128 + self.number.load(Ordering::Relaxed)
    }
}

fn stream(kind: SignalKind) -> anyhow::Result<Stream> {
    signal(kind).context("listen for signals")
}

/// A second signal came: the run was left where it stood, and the next one tidies up.
#[derive(Debug, thiserror::Error)]
#[error("stopped at once by a second signal")]
pub(super) struct Stopped(pub(super) u8);
