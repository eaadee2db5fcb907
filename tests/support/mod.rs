//! What the tests of the binary share: a scene (a folder with a configuration) and a small podcast host on loopback.
#![allow(dead_code, reason = "each test program uses its own part")]

pub mod archived;
pub mod audio;
pub mod cases;
pub mod clock;
pub mod dice;
pub mod feed;
pub mod host;
pub mod hostile;
pub mod mounts;
pub mod ordeal;
pub mod say;
pub mod scene;
pub mod serials;
pub mod strace;
pub mod target;
