//! SIGINT, SIGTERM and SIGHUP ask a run to stop where the next one can go on; a second one ends it at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use anyhow::Context;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use crate::download::Cancel;

/// What came in.
#[derive(Clone, Default)]
pub(super) struct Signals {
    cancel: Cancel,
    number: Arc<AtomicI32>,
    /// One came: the next one does to the process what it does to any.
    heard: Arc<AtomicBool>,
}

impl Signals {
    /// Asks the run to stop.
    pub(super) fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Listens from now on; needs the runtime.
    pub(super) fn listen(&self) -> anyhow::Result<()> {
        self.register(&[SIGINT, SIGTERM, SIGHUP]).context("listen for signals")
    }

    /// The same, but for SIGHUP, which wakes who waits for what is returned.
    pub(super) fn listen_for_reload(&self) -> anyhow::Result<Arc<Notify>> {
        let register = || {
            self.register(&[SIGINT, SIGTERM])?;
            signal(SignalKind::hangup())
        };
        let mut stream = register().context("listen for signals")?;
        let woken = Arc::new(Notify::new());
        let wakes = Arc::clone(&woken);
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                wakes.notify_one();
            }
        });
        Ok(woken)
    }

    fn register(&self, numbers: &[i32]) -> io::Result<()> {
        for &number in numbers {
            flag::register_conditional_default(number, Arc::clone(&self.heard))?;
            tokio::spawn(self.clone().hear(number, signal(SignalKind::from_raw(number))?));
        }
        // Whoever listens to it is not killed by it: a write beyond the limit on file sizes (`ulimit -f`) fails instead.
        flag::register(SIGXFSZ, Arc::default()).map(drop)
    }

    async fn hear(self, number: i32, mut stream: Signal) {
        if stream.recv().await.is_some() {
            self.number.store(number, Ordering::Relaxed);
            self.heard.store(true, Ordering::Relaxed);
            self.cancel.cancel();
        }
    }

    /// Whether one came.
    pub(super) fn came(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }

    /// As shells have it: 130 for Ctrl-C, else 143, as if by SIGTERM.
    pub(super) fn exit_code(&self) -> u8 {
        if self.number.load(Ordering::Relaxed) == SIGINT { 130 } else { 143 }
    }
}
