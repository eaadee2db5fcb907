//! `castkeep export sqlite`: a copy without the documents.

use std::fs;

use crate::support::archived::archived;
use crate::{export, names};

#[test]
fn a_slim_copy_is_an_archive_without_documents() {
    let (_host, scene) = archived(3);
    fs::create_dir(scene.path("slim")).unwrap();
    let ran = export(&scene, &["sqlite", "slim/archive.db"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("3 episodes of 1 show, "), "{}", ran.stdout);
    assert_eq!(names(&scene, "slim"), ["archive.db"]);
    let slim = rusqlite::Connection::open(scene.path("slim/archive.db")).unwrap();
    let one = |sql: &str| slim.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(one("PRAGMA integrity_check"), "ok");
    assert_eq!(one("SELECT count(*) || '' FROM pragma_foreign_key_check"), "0");
    assert_eq!(
        one("SELECT count(*) || ' ' || (SELECT count(document_id) FROM fetches) FROM documents"),
        "0 0"
    );
    let notes = "SELECT group_concat(notes_html) FROM episodes";
    assert_eq!(one(notes), scene.value(notes));
    drop(slim);
    for sql in [
        "SELECT * FROM segment_list",
        "SELECT rowid FROM episodes_fts WHERE episodes_fts MATCH 'episode'",
        "SELECT * FROM runs",
    ] {
        let of = |args: &[&str]| scene.run(&[&["sql", sql], args].concat()).stdout;
        assert_eq!(of(&["--archive", "slim"]), of(&[]));
    }
    fs::create_dir(scene.path("slim/audio")).unwrap();
    for command in ["verify", "status", "doctor"] {
        let ran = scene.run(&[command, "--archive", "slim"]);
        assert!(!ran.stderr.contains("document") && !ran.stdout.contains("document"), "{command}: {ran:?}");
    }

    let again = export(&scene, &["sqlite", "slim/archive.db"]);
    assert_eq!((again.code, again.stderr.contains("there is such a file already")), (2, true));
    assert_eq!(export(&scene, &["sqlite", "slim/archive.db", "--force"]).code, 0);
    let own = export(&scene, &["sqlite", "archive/archive.db", "--force"]);
    assert_eq!(
        (own.code, own.stderr.starts_with("castkeep: archive/archive.db: this is the archive itself\n")),
        (2, true)
    );
    let config = export(&scene, &["sqlite", "config.toml", "--force"]);
    assert_eq!((config.code, config.stderr.contains("this is not a copy of an archive")), (2, true));
    assert_eq!(names(&scene, ""), ["archive", "config.toml", "slim"]);
    scene.assert_sound();
}
