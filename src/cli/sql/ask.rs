//! A query is asked in a thread of its own: one that SQLite can't stop within a step (a search for a long text in a long text) is
//! left to itself, and whoever asked goes on.

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::archive::{Cell, Limits, Query, QueryError, Reader, Rows};
use crate::cli::rows::{Manner, Writer};

/// A query with all that it takes to answer it.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) sql: String,
    pub(super) parameters: Vec<(String, Cell<'static>)>,
    pub(super) limits: Limits,
    pub(super) manner: Manner,
    /// So many rows are enough.
    pub(super) most: Option<u64>,
}

/// What came of it.
pub(super) struct Answered {
    pub(super) rows: u64,
    /// There are more rows than were wanted.
    pub(super) is_cut: bool,
    pub(super) time: Duration,
}

impl Question {
    /// Writes the answer. Who watches is told when it is not SQLite that takes the time.
    pub(super) fn answer(
        &self,
        reader: &mut Reader,
        out: &mut impl Write,
        is_writing: &AtomicBool,
    ) -> Result<Answered, QueryError> {
        let began = Instant::now();
        let mut writer = Writer::new(self.manner, out);
        let (mut rows, mut is_cut) = (0, false);
        let query = Query { sql: &self.sql, parameters: &self.parameters };
        let asked = reader.query(query, &self.limits, &mut |part| {
            if matches!(part, Rows::Row(_)) {
                is_cut = self.most == Some(rows);
                if is_cut {
                    return Ok(ControlFlow::Break(()));
                }
                rows += 1;
            }
            is_writing.store(true, Ordering::Relaxed);
            let taken = writer.take(&part);
            is_writing.store(false, Ordering::Relaxed);
            taken.map(ControlFlow::Continue)
        });
        is_writing.store(true, Ordering::Relaxed);
        asked?;
        let time = began.elapsed();
        writer.end()?;
        Ok(Answered { rows, is_cut, time })
    }

    /// The same, in a thread; the reader comes back unless the query could not be stopped.
    pub(super) fn ask<W: Write>(
        self,
        mut reader: Reader,
        out: impl FnOnce() -> W + Send + 'static,
    ) -> (Option<Reader>, Result<Answered, QueryError>) {
        let is_writing = Arc::new(AtomicBool::new(false));
        let mut watch = Watch {
            limits: self.limits.clone(),
            began: Instant::now(),
            is_writing: Arc::clone(&is_writing),
            overdue: 0,
        };
        let (done, result) = channel();
        std::thread::spawn(move || {
            let mut out = out();
            let answered = self.answer(&mut reader, &mut out, &is_writing);
            // What was found before it failed is written, too.
            let flushed = out.flush().map_err(QueryError::Output);
            drop(out);
            // Nobody may be waiting any more.
            let _ = done.send((reader, answered.and_then(|answered| flushed.map(|()| answered))));
        });
        loop {
            match result.recv_timeout(TICK) {
                Ok((reader, answered)) => return (Some(reader), answered),
                Err(RecvTimeoutError::Timeout) if watch.goes_on() => {}
                Err(RecvTimeoutError::Timeout) => return (None, Err(watch.reason())),
                Err(RecvTimeoutError::Disconnected) => return (None, Err(QueryError::Output(broken()))),
            }
        }
    }
}

fn broken() -> std::io::Error {
    std::io::Error::other("the thread of the query broke off")
}

/// How often a query is looked after.
const TICK: Duration = Duration::from_millis(50);

/// How many ticks a query may take to stop.
const PATIENCE: u32 = 20;

struct Watch {
    limits: Limits,
    began: Instant,
    is_writing: Arc<AtomicBool>,
    /// For so many ticks the query should have stopped.
    overdue: u32,
}

impl Watch {
    /// While rows are written it is not SQLite that takes its time.
    fn goes_on(&mut self) -> bool {
        let is_late = self.began.elapsed() > self.limits.time || self.is_stopped();
        let is_overdue = is_late && !self.is_writing.load(Ordering::Relaxed);
        self.overdue = if is_overdue { self.overdue + 1 } else { 0 };
        self.overdue <= PATIENCE
    }

    fn is_stopped(&self) -> bool {
        self.limits.stop.load(Ordering::Relaxed)
    }

    fn reason(&self) -> QueryError {
        if self.is_stopped() { QueryError::Stopped } else { QueryError::Slow(self.limits.time) }
    }
}
