//! What a crash, and a disk that fails, may leave: killed at any moment, an archive is sound, and the next run finishes it.
//!
//! Cases 99 to 101 of the fault catalogue. The last two use `strace` to strike at a chosen system call, where that is there.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use support::feed::{audio, feed, item};
use support::host::Host;
use support::ordeal::kept;
use support::scene::Scene;

/// A host with this many episodes: all of them in `/all.xml`, the newest ten in `/feed.xml`. Every fifth file is long enough
/// for its part to be worth a resume.
fn host(episodes: u32) -> Host {
    let host = Host::start();
    let mut items: Vec<_> = (1..=episodes).rev().map(|n| item(n, &host.url(""))).collect();
    for (n, item) in (1..=episodes).rev().zip(&mut items) {
        item.date =
            format!("{:02} {} 2026 08:00:00 +0000", n % 28 + 1, ["Jan", "Feb"][(n / 28) as usize % 2]);
        item.length = sound(n).len() as u64;
        host.set_audio(&format!("/audio/{n}.mp3"), sound(n));
    }
    host.set_feed("/all.xml", feed("A Show", &items));
    items.truncate(10);
    host.set_feed("/feed.xml", feed("A Show", &items));
    host
}

fn sound(n: u32) -> Vec<u8> {
    let mut bytes = audio(n);
    bytes.truncate(if n.is_multiple_of(5) { 240 } else { 20 } * 417);
    bytes
}

fn scene(host: &Host) -> Scene {
    Scene::configured(&format!(
        "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n\
         [[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\nhistory_url = \"{}\"\n",
        host.url("/feed.xml"),
        host.url("/all.xml")
    ))
}

/// Whether the archive came as far as having its tables. A journal is there only before the first write-ahead log.
fn has_tables(scene: &Scene) -> bool {
    scene.path("archive/archive.db").exists()
        && !scene.path("archive/archive.db-journal").exists()
        && scene.value("SELECT count(*) FROM sqlite_schema WHERE name IN ('files', 'runs', 'audio')") == "3"
}

/// An archive under fire, and what it must never lose.
struct Target {
    scene: Scene,
    kept: BTreeSet<String>,
    /// Paths of the audio whose rows are committed: nobody may ask for them again.
    captured: BTreeSet<String>,
}

impl Target {
    fn new(scene: Scene) -> Self {
        Self { scene, kept: BTreeSet::new(), captured: BTreeSet::new() }
    }

    /// After a run, however it ended: the archive is sound, has lost nothing, and nothing was fetched that it had.
    fn check(&mut self, host: &Host) {
        if !has_tables(&self.scene) {
            return;
        }
        self.scene.assert_sound();
        let kept = kept(&self.scene);
        let lost: Vec<_> = self.kept.difference(&kept).collect();
        assert!(lost.is_empty(), "lost: {lost:#?}");
        self.kept = kept;
        let asked: BTreeSet<String> = host.take_paths().into_iter().collect();
        let again: Vec<_> = self.captured.intersection(&asked).collect();
        assert!(again.is_empty(), "asked for again: {again:?}");
        let captured = self.scene.rows("SELECT url FROM audio WHERE captured IS NOT NULL");
        self.captured = captured.iter().map(|url| url.replace(&host.url(""), "")).collect();
    }

    /// The archive is complete, as if nothing had happened.
    fn check_whole(&self, undisturbed: &[String]) {
        assert_eq!(self.scene.canon(), undisturbed);
        assert_eq!(fs::read_dir(self.scene.path("archive/tmp")).unwrap().count(), 0, "parts are left over");
    }
}

/// Kills backfills at random moments until `kills` were made; how many archives that took.
fn kill_and_restart(seed: u64, kills: &AtomicUsize) -> usize {
    const KILLS: usize = 200;
    let mut dice = fastrand::Rng::with_seed(seed);
    let host = host(50);
    let undisturbed = scene(&host);
    let started = Instant::now();
    assert_eq!(undisturbed.run(&["backfill", "a-show"]).code, 0);
    let (longest, undisturbed) = (started.elapsed(), undisturbed.canon());
    host.take_log();
    let mut archives = 0;
    while kills.load(Ordering::Relaxed) < KILLS {
        let mut target = Target::new(scene(&host));
        // A machine that got busier since the undisturbed run was timed needs longer for the least progress.
        let mut patience = 0.5;
        loop {
            let mut child = target.scene.start(&["backfill", "a-show"]);
            std::thread::sleep(longest.mul_f64(dice.f64() * patience));
            patience *= 1.02;
            child.kill().unwrap();
            let status = child.wait().unwrap();
            target.check(&host);
            if status.signal() == Some(9) {
                kills.fetch_add(1, Ordering::Relaxed);
            } else {
                assert_eq!(status.code(), Some(0));
                break;
            }
        }
        target.check_whole(&undisturbed);
        archives += 1;
    }
    archives
}

#[test]
fn case_99_kill_9_at_random_moments_of_a_backfill() {
    let kills = AtomicUsize::new(0);
    let archives: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3)
            .map(|seed| {
                scope.spawn({
                    let kills = &kills;
                    move || kill_and_restart(seed, kills)
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    eprintln!("{} kills, {archives} archives", kills.into_inner());
}

/// The system calls that make bytes, names and rows last.
const CALLS: &[&str] = &["fsync", "pwrite64", "write", "openat", "renameat", "renameat2"];
/// The episodes of the runs that are struck.
const FEW: u32 = 5;

/// A `castkeep sync` that was struck at some system call.
struct Struck {
    output: Output,
    /// The calls of `CALLS` on files of the archive, as strace writes them.
    calls: Vec<String>,
}

/// The files and folders that a run of few episodes writes to; what else a process writes to is no disk of ours.
fn of_the_archive(scene: &Scene) -> impl Iterator<Item = PathBuf> {
    let root = scene.path("archive");
    let fixed = [
        "",
        "archive.db",
        "archive.db-journal",
        "archive.db-wal",
        "archive.db-shm",
        "lock",
        "audio",
        "audio/a-show",
        "tmp",
    ];
    let parts =
        (1..=FEW).flat_map(|n| ["part", "json", "json.new"].map(|ending| format!("tmp/{n}.{ending}")));
    fixed.map(str::to_owned).into_iter().chain(parts).map(move |name| root.join(name))
}

/// Runs `castkeep sync` under strace with a tampering expression.
fn sync_under_strace(scene: &Scene, inject: Option<&str>) -> Struck {
    let log = scene.path("strace.log");
    let castkeep = scene.command(&["sync", "--force"]);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-y", "-o"]).arg(&log).arg(format!("--trace={}", CALLS.join(",")));
    for path in of_the_archive(scene) {
        command.arg("-P").arg(path);
    }
    command.args(inject.map(|inject| format!("--inject={inject}")));
    command.arg(castkeep.get_program()).args(castkeep.get_args()).current_dir(scene.path(""));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let calls = fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
    fs::remove_file(log).unwrap();
    Struck { output, calls }
}

/// Where to strike: each call at up to `count` of its turns in one thread, spread over an undisturbed run. `None`, said on
/// stderr, where strace can't be used.
fn blows(count: usize) -> Option<Vec<(&'static str, usize)>> {
    let traces = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output();
    if !traces.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no strace, or it may not trace");
        return None;
    }
    let host = host(FEW);
    let struck = sync_under_strace(&scene(&host), None);
    assert_eq!(struck.output.status.code(), Some(0));
    let mut turns: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in &struck.calls {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let name = call.trim_start().split('(').next().unwrap_or_default();
        *turns.entry((name, thread)).or_default() += 1;
    }
    let most =
        |call: &str| turns.iter().filter(|((name, _), _)| *name == call).map(|(_, n)| *n).max().unwrap_or(0);
    let spread = |most: usize| (0..count.min(most)).map(move |n| 1 + n * most / count.min(most));
    Some(CALLS.iter().flat_map(|call| spread(most(call)).map(move |n| (*call, n))).collect())
}

/// Deals the blows out to a few threads, each with its own host and the archive that it gives undisturbed.
fn strike<T: Sync>(blows: &[T], each: impl Fn(&T, &Host, &[String]) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let host = host(FEW);
                let undisturbed = scene(&host);
                assert_eq!(undisturbed.run(&["sync"]).code, 0);
                let undisturbed = undisturbed.canon();
                while let Some(blow) = blows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    host.take_log();
                    each(blow, &host, &undisturbed);
                }
            });
        }
    });
}

#[test]
fn case_100_kill_9_at_chosen_system_calls() {
    let Some(blows) = blows(14) else { return };
    let killed = AtomicUsize::new(0);
    strike(&blows, |(call, n), host, undisturbed| {
        let mut target = Target::new(scene(host));
        let struck = sync_under_strace(&target.scene, Some(&format!("{call}:signal=SIGKILL:when={n}")));
        // Threads share the work as it comes: this time none may have had so many turns.
        killed.fetch_add(usize::from(struck.output.status.signal() == Some(9)), Ordering::Relaxed);
        target.check(host);
        let ran = target.scene.run(&["sync", "--force"]);
        assert_eq!(ran.code, 0, "after a kill at {call} {n}: {}", ran.stderr);
        target.check(host);
        target.check_whole(undisturbed);
    });
    let (killed, blows) = (killed.into_inner(), blows.len());
    eprintln!("{killed} of {blows} runs were killed");
    assert!(killed * 2 > blows);
}

#[test]
fn case_101_a_disk_that_fails_at_chosen_system_calls() {
    let Some(blows) = blows(8) else { return };
    let blows: Vec<_> = blows
        .into_iter()
        .flat_map(|(call, n)| ["EIO", "ENOSPC", "EINTR"].map(|error| (call, n, error)))
        .collect();
    let failed = AtomicUsize::new(0);
    strike(&blows, |(call, n, error), host, undisturbed| {
        let mut target = Target::new(scene(host));
        let struck = sync_under_strace(&target.scene, Some(&format!("{call}:error={error}:when={n}")));
        let injected: Vec<_> = struck.calls.iter().filter(|line| line.contains("(INJECTED)")).collect();
        let stderr = String::from_utf8_lossy(&struck.output.stderr);
        let about = format!("{call} {n} {error}: {injected:#?}\n{stderr}");
        target.check(host);
        match struck.output.status.code() {
            // Nothing came of it, or it was tried again: then all is there.
            Some(0) => target.check_whole(undisturbed),
            Some(1 | 3) => {
                assert!(!stderr.is_empty() && !stderr.contains("panicked"), "{about}");
                failed.fetch_add(1, Ordering::Relaxed);
            }
            _ => panic!("{about}"),
        }
        // What a failed sync was to make safe is thrown away, whatever a second one says.
        let unsynced = injected.iter().filter(|line| line.contains("fsync(") && !line.contains("EINTR"));
        for path in unsynced.filter_map(|line| line.split_once('<')?.1.split_once('>')).map(|(path, _)| path)
        {
            let is_part = Path::new(path).extension().is_some_and(|ending| ending == "part");
            assert!(!is_part || !fs::exists(path).unwrap(), "{about}");
        }
        let ran = target.scene.run(&["sync", "--force"]);
        assert_eq!(ran.code, 0, "after {about}\n{}", ran.stderr);
        target.check(host);
        target.check_whole(undisturbed);
    });
    let (failed, blows) = (failed.into_inner(), blows.len());
    eprintln!("{failed} of {blows} runs failed");
    assert!(failed * 3 > blows);
}
