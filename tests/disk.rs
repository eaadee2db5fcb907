//! A disk without room, and other limits: of space, of inodes, of the size of a file, of open files. Whatever the limit and
//! wherever it is met, a run ends with exit 1 and says why; what it stored is whole, and the next run with room completes it.
//!
//! Cases 102 to 104 of the fault catalogue. Small disks are tmpfs in a mount namespace of their own, where that is allowed.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use support::dice::seed;
use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::say::say;
use support::scene::Scene;
use support::target::Target;

/// A host with a show whose files are so long, in bytes.
fn host(episodes: u32, length: usize) -> Host {
    let host = Host::start();
    let items: Vec<_> =
        (1..=episodes).rev().map(|n| Item { length: length as u64, ..item(n, &host.url("")) }).collect();
    for n in 1..=episodes {
        let frames = audio(n);
        host.set_audio(&format!("/audio/{n}.mp3"), frames.iter().copied().cycle().take(length).collect());
    }
    host.set_feed("/feed.xml", feed("A Show", &items));
    host
}

fn scene(host: &Host, min_free_mb: u32) -> Scene {
    Scene::configured(&format!(
        "[archive]\nmin_free_mb = {min_free_mb}\n[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n\
         [[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ))
}

/// The archive that a run without disturbance gives.
fn undisturbed(host: &Host) -> Vec<String> {
    let scene = scene(host, 0);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    scene.canon()
}

/// Plays a round on each disk: a run on the small one, a copy of what it left, a run on the same disk made larger, a copy.
/// `None`, said on stderr, where mounting is not allowed.
fn rounds(scene: &Scene, small: &[String], large: &str) -> Option<()> {
    let may = Command::new("unshare").args(["-m", "true"]).output().is_ok_and(|out| out.status.success());
    if !may {
        say!("skipped: mount namespaces are not allowed here");
        return None;
    }
    let script = "mkdir -p archive; for small in \"$@\"; do \
        mkdir \"round-$small\" && cd \"round-$small\" && mkdir -p left whole && cp ../config.toml . && mkdir archive \
        && mount -t tmpfs -o \"$small\" tmpfs archive || exit 9; \
        \"$CASTKEEP\" sync >stdout 2>stderr; echo $? >code; cp -a archive left/; \
        mount -o \"remount,$LARGE\" archive || exit 9; \
        \"$CASTKEEP\" sync --force >stdout2 2>stderr2; echo $? >code2; cp -a archive whole/; \
        umount archive; cd ..; done";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script, "sh"]).args(small).current_dir(scene.path(""));
    command.env("CASTKEEP", env!("CARGO_BIN_EXE_castkeep")).env("LARGE", large).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

/// What a round left.
struct Round {
    code: i32,
    stderr: String,
    stored: usize,
    /// Parts that can't be resumed.
    parts: Vec<PathBuf>,
}

/// Checks both copies of a round.
fn check(scene: &Scene, small: &str, undisturbed: &[String]) -> Round {
    let of = |name: &str| scene.path(&format!("round-{small}/{name}"));
    let read = |name: &str| fs::read_to_string(of(name)).unwrap();
    let code = |name: &str| read(name).trim().parse::<i32>().unwrap();
    let (first, stderr) = (code("code"), read("stderr"));
    let mut target = Target::new(Scene::configured(""));
    let take = |target: &Target, name: &str| {
        let _ = fs::remove_dir_all(target.scene.path("archive"));
        fs::rename(of(name).join("archive"), target.scene.path("archive")).unwrap();
    };
    take(&target, "left");
    target.check_sound();
    let (stored, parts) = (target.scene.audio().len(), parts(&target.scene));
    take(&target, "whole");
    assert_eq!((code("code2"), read("stderr2").as_str()), (0, ""), "{small}, with room");
    target.check_sound();
    target.check_whole(undisturbed);
    Round { code: first, stderr, stored, parts }
}

/// Names of parts for which nothing vouches.
fn parts(scene: &Scene) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(scene.path("archive/tmp")) else { return Vec::new() };
    let all = entries.map(|entry| entry.unwrap().path());
    all.filter(|path| !path.with_extension("json").exists()).collect()
}

/// One message, and what to do about it.
#[track_caller]
fn assert_told_once(stderr: &str, about: &str) {
    let lines: Vec<_> = stderr.lines().collect();
    let told =
        matches!(*lines, [message, hint] if message.starts_with("castkeep: ") && hint.starts_with("hint: "));
    assert!(told, "{about}: {stderr}");
}

#[test]
fn case_102_a_disk_that_fills_up_keeps_what_is_whole() {
    let host = host(20, 1 << 20);
    let (undisturbed, scene) = (undisturbed(&host), scene(&host, 0));
    let Some(()) = rounds(&scene, &["size=8m".to_owned()], "size=64m") else { return };
    let round = check(&scene, "size=8m", &undisturbed);
    assert_eq!((round.code, round.parts.as_slice()), (1, [].as_slice()));
    assert_told_once(&round.stderr, "8 MiB");
    assert!((5..8).contains(&round.stored), "{} files were stored", round.stored);
}

#[test]
fn case_102_the_floor_of_free_space_is_seen_before_audio_is_asked_for() {
    let host = host(20, 1 << 20);
    let (undisturbed, scene) = (undisturbed(&host), scene(&host, 16));
    let Some(()) = rounds(&scene, &["size=8m".to_owned()], "size=64m") else { return };
    let round = check(&scene, "size=8m", &undisturbed);
    assert_eq!((round.code, round.stored), (1, 0));
    assert_told_once(&round.stderr, "the floor");
    assert!(round.stderr.contains("16.0 MB are to stay free (min_free_mb)"), "{}", round.stderr);
    let paths = host.take_paths();
    assert_eq!(
        paths.iter().filter(|path| path.starts_with("/audio/")).count(),
        20,
        "each once, with room: {paths:?}"
    );
}

/// Sizes around those at which all just fits: what is full is the file of the database, its log, the last commit, the log
/// moved into the database when the run ends.
#[test]
fn case_103_a_disk_that_is_full_at_any_write_of_the_database() {
    let host = host(4, 20 * 417);
    let (undisturbed, scene) = (undisturbed(&host), scene(&host, 0));
    let from = fastrand::Rng::with_seed(seed()).usize(0..20);
    let sizes: Vec<String> = (0..80).map(|n| format!("size={}k", 8 + from + n * 20)).collect();
    let Some(()) = rounds(&scene, &sizes, "size=16m") else { return };
    let mut codes = [0, 0];
    for size in &sizes {
        let round = check(&scene, size, &undisturbed);
        assert!([0, 1].contains(&round.code), "{size}: exit {} {}", round.code, round.stderr);
        codes[round.code as usize] += 1;
        if round.code == 1 {
            assert_told_once(&round.stderr, size);
            assert!(round.stderr.contains("hint: free some space"), "{size}: {}", round.stderr);
        } else {
            assert_eq!(round.stderr, "", "{size}");
        }
    }
    say!("of {} sizes, {} were too small", sizes.len(), codes[1]);
    assert!(codes[0] > 0 && codes[1] > 20);
}

#[test]
fn case_104_a_disk_without_inodes() {
    let host = host(4, 20 * 417);
    let (undisturbed, scene) = (undisturbed(&host), scene(&host, 0));
    let counts: Vec<String> = (2..=16).map(|n| format!("size=16m,nr_inodes={n}")).collect();
    let Some(()) = rounds(&scene, &counts, "nr_inodes=1000") else { return };
    let mut codes = [0, 0];
    for count in &counts {
        let round = check(&scene, count, &undisturbed);
        assert!([0, 1].contains(&round.code), "{count}: exit {} {}", round.code, round.stderr);
        codes[round.code as usize] += 1;
        if round.code == 1 {
            assert_told_once(&round.stderr, count);
        }
    }
    assert!(codes[0] > 0 && codes[1] > 8, "{codes:?}");
}

/// Runs `sync` under `ulimit` with growing limits until it is well: what each run before said. Each archive is then completed.
fn limited(host: &Host, limits: impl Iterator<Item = String>) -> Vec<(String, String)> {
    let undisturbed = undisturbed(host);
    let mut failures = Vec::new();
    for limit in limits {
        let mut target = Target::new(scene(host, 0));
        let castkeep = env!("CARGO_BIN_EXE_castkeep");
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit {limit} && exec {castkeep} sync")])
            .current_dir(target.scene.path(""));
        let output = command.stdin(Stdio::null()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        target.check(host);
        match output.status.code() {
            Some(0) => return failures,
            Some(1) => failures.push((limit, stderr)),
            code => panic!("{limit}: exit {code:?} {stderr}"),
        }
        let ran = target.scene.run(&["sync", "--force"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "without a limit");
        target.check(host);
        target.check_whole(&undisturbed);
    }
    panic!("no limit was enough: {failures:#?}");
}

#[test]
fn case_104_a_limit_on_the_size_of_files() {
    // In blocks of 512 bytes; a write beyond would kill a process that does not expect it (SIGXFSZ).
    let failures = limited(&host(4, 1 << 20), (0..24).map(|n| format!("-f {}", 1 + n * 128)));
    assert!(failures.len() > 8, "{failures:#?}");
    for (limit, stderr) in &failures {
        assert_told_once(stderr, limit);
    }
    let (_, last) = &failures[failures.len() - 1];
    assert!(last.contains("downloads stopped: write part: File too large"), "{last}");
}

#[test]
fn case_104_a_limit_on_open_files() {
    // With fewer, the loader does not come as far as the program.
    let failures = limited(&host(4, 20 * 417), (5..64).map(|n| format!("-n {n}")));
    assert!(failures.len() > 8, "{failures:#?}");
    for (limit, stderr) in &failures {
        assert!(stderr.starts_with("castkeep: ") && !stderr.contains("panicked"), "{limit}: {stderr}");
        assert!(stderr.contains("open files") || stderr.contains("unable to open"), "{limit}: {stderr}");
    }
}
