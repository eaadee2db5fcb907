//! SIGINT, SIGTERM and SIGHUP ask a run to stop; the exit code tells which it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use crate::download::Cancel;

/// What came in.
#[derive(Clone, Default)]
pub(super) struct Signals {
    cancel: Cancel,
    number: Arc<AtomicU8>,
}

impl Signals {
    pub(super) fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Listens from now on; needs the runtime.
    pub(super) fn listen(&self) -> anyhow::Result<()> {
        for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
            let mut stream = signal(kind).context("listen for signals")?;
            let this = self.clone();
            tokio::spawn(async move {
                if stream.recv().await.is_some() {
                    this.number
                        .store(u8::try_from(kind.as_raw_value()).unwrap_or_default(), Ordering::Relaxed);
                    this.cancel.cancel();
                }
            });
        }
        Ok(())
    }

    /// 128 and the number of the signal, as shells have it: 130, 143.
    pub(super) fn exit_code(&self) -> u8 {
        128 + self.number.load(Ordering::Relaxed)
    }
}
