//! Chance that can be repeated: every test that leaves something to it says by which seed it was played.

use super::say::say;

/// The seed of this play: `CASTKEEP_SEED`, else the one that is played every day.
pub fn seed() -> u64 {
    let seed =
        std::env::var("CASTKEEP_SEED").ok().map(|text| text.parse().expect("CASTKEEP_SEED is a number"));
    let seed = seed.unwrap_or(124);
    say!("CASTKEEP_SEED={seed}");
    seed
}
