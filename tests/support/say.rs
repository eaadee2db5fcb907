//! Words of a test that are seen when it passes, too: what it measured, and why it was skipped. (The test runner keeps what
//! `eprintln!` prints to itself.)

/// As `eprintln!`.
macro_rules! say {
    ($($words:tt)*) => {{
        let line = format!($($words)*);
        let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{line}\n").as_bytes());
    }};
}

pub(crate) use say;
