//! `castkeep verify --refetch`: what the hosts serve now is held against what is kept.

mod support;

use support::archived::archived;
use support::feed::audio;
use support::host::Page;

#[test]
fn audio_that_is_still_the_same_is_told_and_nothing_is_kept_twice() {
    let (host, scene) = archived(4);
    let before = scene.canon();
    let ran = scene.run(&["verify", "--refetch"]);
    let said = "4 files, 800.6 kB: whole\n4 files fetched again: 4 the same, 0 with other bytes\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, said, ""));
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/audio/2.mp3", "/audio/3.mp3", "/audio/4.mp3"]);
    assert_eq!(scene.canon(), before);
    assert_eq!(scene.rows("SELECT outcome, count(*) FROM downloads GROUP BY 1"), ["stored|4", "unchanged|4"]);

    let ran = scene.run(&["verify", "--refetch", "--sample", "25%"]);
    assert!(
        ran.stdout.ends_with("\n1 files fetched again: 1 the same, 0 with other bytes\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(host.take_paths().len(), 1);
    assert_eq!(scene.run(&["verify", "--refetch", "--quick"]).code, 2);
    assert_eq!(host.take_log(), []);
}

#[test]
fn case_85_audio_that_its_host_replaced_is_kept_beside_what_it_was() {
    let (host, scene) = archived(4);
    let kept = scene.audio();
    host.set_audio("/audio/2.mp3", audio(9));
    host.set("/audio/3.mp3", Page::Status(404));
    // Nobody looks for it unasked: an unchanged feed costs one request.
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(host.take_paths(), ["/feed.xml"]);

    let ran = scene.run(&["verify", "--refetch"]);
    let (old, new) =
        ("audio/a-show/2026-01-02 #2 Episode 2.mp3", "audio/a-show/2026-01-02 #2 Episode 2 (2).mp3");
    let said = format!(
        "replaced\t{old}\tA Show: #2 Episode 2\t{new}\n4 files, 800.6 kB: whole\n3 files fetched again: 2 the same, 1 with other bytes\n"
    );
    let failed =
        format!("castkeep: a-show: download {} (#3 Episode 3): status 404\n", host.url("/audio/3.mp3"));
    assert_eq!((ran.code, ran.stdout, ran.stderr), (3, said, failed));

    let now = scene.audio();
    assert!(
        kept.iter().all(|(path, sha256)| now.get(path) == Some(sha256)),
        "what was kept is there as it was"
    );
    assert_eq!(now.len(), 5);
    assert_eq!(scene.rows("SELECT number, path FROM audio WHERE number = 2"), [format!("2|{new}")]);
    assert_eq!(scene.rows("SELECT number FROM missing_audio"), Vec::<String>::new());
    assert_eq!(
        scene.rows("SELECT path, state FROM files WHERE path LIKE '%#2%' ORDER BY path"),
        [format!("{new}|present"), format!("{old}|present")]
    );
    scene.assert_sound();

    // What it was is nobody's to ask for any more; what it is is the same.
    host.take_log();
    host.set_audio("/audio/3.mp3", audio(3));
    let ran = scene.run(&["verify", "--refetch"]);
    let said = "5 files, 1.0 MB: whole\n4 files fetched again: 4 the same, 0 with other bytes\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, said, ""));
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/audio/2.mp3", "/audio/3.mp3", "/audio/4.mp3"]);
}
