//! What holds a query: a list of what it may do, bounds on what it may use, a clock, and a flag that stops it.
//!
//! `mode=ro` and `query_only` alone are no guard: SQL can switch the latter off, and ATTACH and VACUUM INTO write other files.
//! The authorizer decides before a statement is compiled, by a list of what is allowed.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;

use super::{Limits, QueryError};

/// Bounds on single values and on the machine that runs a query (sqlite.org/c3ref/c_limit_attached.html).
const LIMITS: &[(Limit, i32)] = &[
    (Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (Limit::SQLITE_LIMIT_COLUMN, 200),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 20),
    (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 20),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// How long a value may be, in bytes.
const LONGEST_VALUE: i32 = 10_000_000;
pub(super) const VALUE_TOO_LONG: &str = "a value may be 10 MB long, and no longer";

/// How long a row may be, in bytes.
pub(super) const LONGEST_ROW: usize = 30_000_000;
pub(super) const ROW_TOO_LONG: &str = "a row may be 30 MB long, and no longer";

/// How much memory SQLite may hold, in bytes.
const HEAP: i64 = 256_000_000;
pub(super) const OUT_OF_MEMORY: &str = "a query may use 256 MB of memory, and no more";

/// What takes longer than this to be handed on has to wait for its taker.
const PATIENCE: Duration = Duration::from_millis(100);

/// A query's hold on a connection.
pub(super) struct Guard {
    limits: Limits,
    clock: Clock,
    watch: Arc<Watch>,
    /// What the connection was allowed before.
    before: Vec<(Limit, i32)>,
}

/// How long SQLite may still work.
#[derive(Clone)]
struct Clock {
    began: Instant,
    /// Nanoseconds since then at which the time is over; moved on by the time that takers took.
    end: Arc<AtomicU64>,
}

impl Clock {
    fn start(time: Duration) -> Self {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).min(u64::MAX / 2);
        Self { began: Instant::now(), end: Arc::new(AtomicU64::new(nanos)) }
    }

    fn is_over(&self) -> bool {
        self.began.elapsed() >= Duration::from_nanos(self.end.load(Ordering::Relaxed))
    }

    fn pause(&self, time: Duration) {
        self.end.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 4), Ordering::Relaxed);
    }
}

/// How long this thread has worked.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

/// What the authorizer knows and has seen.
struct Watch {
    /// Names of tables and views, in lower case.
    tables: HashSet<String>,
    /// The query is compiled and runs: what is compiled now, SQLite compiles for itself.
    is_running: AtomicBool,
    /// The first thing that was refused.
    refused: Mutex<Option<String>>,
}

impl Guard {
    pub(super) fn new(db: &mut Connection, limits: &Limits) -> rusqlite::Result<Self> {
        db.pragma_update_and_check(None, "hard_heap_limit", HEAP, |_| Ok(()))?;
        let before = LIMITS.iter().map(|&(limit, _)| Ok((limit, db.limit(limit)?)));
        let before = before.collect::<rusqlite::Result<_>>()?;
        let watch = Arc::new(Watch {
            tables: tables(db)?,
            is_running: AtomicBool::new(false),
            refused: Mutex::default(),
        });
        let clock = Clock::start(limits.time);
        let guard = Self { limits: limits.clone(), clock, watch, before };
        guard.close(db)?;
        Ok(guard)
    }

    fn close(&self, db: &mut Connection) -> rusqlite::Result<()> {
        for &(limit, value) in LIMITS {
            db.set_limit(limit, value)?;
        }
        let (clock, stop) = (self.clock.clone(), Arc::clone(&self.limits.stop));
        db.progress_handler(1000, Some(move || clock.is_over() || stop.load(Ordering::Relaxed)))?;
        let watch = Arc::clone(&self.watch);
        db.authorizer(Some(move |context: AuthContext<'_>| watch.authorize(&context.action)))
    }

    /// The query is compiled.
    pub(super) fn start(&self) {
        self.watch.is_running.store(true, Ordering::Relaxed);
    }

    /// Hands something on. Whoever is slow to take it (a pager) does so on their own time; the work of writing it is the query's.
    pub(super) fn hand_on<T>(&self, work: impl FnOnce() -> T) -> T {
        let (began, worked) = (Instant::now(), cpu_time());
        let done = work();
        let waited = began.elapsed().saturating_sub(cpu_time().saturating_sub(worked));
        if waited > PATIENCE {
            self.clock.pause(waited);
        }
        done
    }

    /// What was refused.
    pub(super) fn refused(&self) -> Option<String> {
        self.watch.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// By what the query was stopped.
    pub(super) fn stopped(&self) -> QueryError {
        if self.limits.stop.load(Ordering::Relaxed) {
            QueryError::Stopped
        } else {
            QueryError::Slow(self.limits.time)
        }
    }

    /// Lets the connection go.
    pub(super) fn lift(self, db: &mut Connection) -> rusqlite::Result<()> {
        for (limit, value) in self.before {
            db.set_limit(limit, value)?;
        }
        db.progress_handler(0, None::<fn() -> bool>)?;
        db.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)
    }
}

/// What can be read by name: what the schema holds, and the tables that SQLite makes of JSON and of the schema.
fn tables(db: &Connection) -> rusqlite::Result<HashSet<String>> {
    let mut select = db.prepare("SELECT lower(name) FROM sqlite_schema WHERE type IN ('table', 'view')")?;
    let mut names = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<HashSet<String>>>()?;
    names.extend(["sqlite_master", "sqlite_schema", "json_each", "json_tree"].map(str::to_owned));
    names.extend(PRAGMAS.iter().map(|name| format!("pragma_{name}")));
    Ok(names)
}

impl Watch {
    fn authorize(&self, action: &AuthAction<'_>) -> Authorization {
        if self.allows(action) {
            return Authorization::Allow;
        }
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.is_none() {
            *refused = describe(action);
        }
        Authorization::Deny
    }

    fn allows(&self, action: &AuthAction<'_>) -> bool {
        match *action {
            // That no column is read, SQLite says of the names that a query gives to its own parts, too.
            AuthAction::Select | AuthAction::Recursive => true,
            AuthAction::Read { column_name: "", table_name } => !INNER.contains(&table_name),
            AuthAction::Read { table_name, .. } => self.tables.contains(&table_name.to_ascii_lowercase()),
            AuthAction::Function { function_name } => is_allowed(function_name),
            // So SQLite fills the tables pragma_table_info(...) and their like, and FTS5 sees whether its index changed. The
            // statement PRAGMA stays out.
            AuthAction::Pragma { pragma_name, .. } => {
                let is_known = PRAGMAS.contains(&pragma_name) || pragma_name == "data_version";
                is_known && self.is_running.load(Ordering::Relaxed)
            }
            _ => false,
        }
    }
}

/// What was refused, in the words of the query; none if its first word says it best.
fn describe(action: &AuthAction<'_>) -> Option<String> {
    let is_own = |table: &str| table.starts_with("sqlite_");
    match *action {
        AuthAction::Function { function_name } => Some(format!("the function {function_name}")),
        AuthAction::Pragma { pragma_name, .. } => Some(format!("PRAGMA {pragma_name}")),
        AuthAction::Read { table_name, .. } => Some(format!("the table {table_name}")),
        AuthAction::Insert { table_name } if !is_own(table_name) => Some(format!("INSERT INTO {table_name}")),
        AuthAction::Update { table_name, .. } if !is_own(table_name) => Some(format!("UPDATE {table_name}")),
        AuthAction::Delete { table_name } if !is_own(table_name) => Some(format!("DELETE FROM {table_name}")),
        _ => None,
    }
}

/// Tables that SQLite makes of its own inside (sqlite.org/vtablist.html).
const INNER: &[&str] = &[
    "dbstat",
    "sqlite_dbpage",
    "sqlite_dbptr",
    "sqlite_dbdata",
    "sqlite_stmt",
    "fts3tokenize",
    "bytecode",
    "tables_used",
];

/// Pragmas that only tell of the schema (sqlite.org/pragma.html), as tables.
const PRAGMAS: &[&str] = &[
    "table_list",
    "table_info",
    "table_xinfo",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
];

fn is_allowed(function: &str) -> bool {
    functions().any(|known| known.eq_ignore_ascii_case(function))
}

/// The functions that a query may use.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().flat_map(|list| list.split_ascii_whitespace())
}

/// Functions that only compute (sqlite.org/lang_corefunc.html and its neighbours). Not here: load_extension, fts3_tokenizer,
/// readfile, writefile, edit, sqlite_* and whatever a later SQLite may add.
const FUNCTIONS: &[&str] = &[
    "abs changes char coalesce concat concat_ws format glob hex if ifnull iif instr last_insert_rowid length like likelihood
     likely lower ltrim max min nullif octet_length printf quote random randomblob replace round rtrim sign soundex
     substr substring trim typeof unhex unicode unistr unistr_quote unlikely upper zeroblob",
    "avg count group_concat string_agg sum total median percentile percentile_cont percentile_disc",
    "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value",
    "date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp",
    "acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power
     radians sin sinh sqrt tan tanh trunc",
    "json jsonb json_array jsonb_array json_array_length json_error_position json_extract jsonb_extract json_group_array
     jsonb_group_array json_group_object jsonb_group_object json_insert jsonb_insert json_object jsonb_object json_patch
     jsonb_patch json_pretty json_quote json_remove jsonb_remove json_replace jsonb_replace json_set jsonb_set json_type
     json_valid -> ->> json_array_insert jsonb_array_insert",
    "bm25 highlight snippet match regexp rowid fts5_get_locale fts5_locale",
];
