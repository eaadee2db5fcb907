//! A request to stop soon, from a signal handler to all transfers.

use std::sync::Arc;

use tokio::sync::watch;

/// Tells transfers to stop. Clones share one state; once set it stays set.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// Asks for the stop.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was asked for.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when it is asked for.
    pub async fn cancelled(&self) {
        // The sender lives in `self`, so that the channel can't close.
        let _ = self.0.subscribe().wait_for(|cancelled| *cancelled).await;
    }

    /// Ends after `pause`, or as soon as the stop is asked for.
    pub async fn rest(&self, pause: std::time::Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.cancelled() => {}
        }
    }
}
