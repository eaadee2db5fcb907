//! `castkeep demo` from the outside: what it says, what it leaves on disk, what its host was asked.

#[path = "support/recipes.rs"]
mod recipes;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use castkeep::demo::{Host, Request, audio};
use castkeep::model::Digest;
use recipes::without_port;

const PROGRAM: &str = env!("CARGO_BIN_EXE_castkeep");

/// An empty folder in which castkeep is run.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Called by its bare name, as someone does who installed it.
    fn castkeep(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.arg0("castkeep").args(arguments).current_dir(self.path());
        command.env_remove("CASTKEEP_CONFIG").env("CASTKEEP_ARCHIVE_DIRECTORY", "/nonexistent/of-the-user");
        command.output().unwrap()
    }

    /// Runs the demo, which must go well and say nothing on stderr; its stdout with `PORT` for the port.
    fn demo(&self) -> String {
        let output = self.castkeep(&["demo"]);
        assert_eq!(text(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0));
        without_port(&text(&output.stdout))
    }

    /// The answer of the demo's archive, as CSV without its header.
    fn ask(&self, query: &str) -> String {
        let archive = self.path().join("castkeep-demo/archive/archive.db");
        let db = rusqlite::Connection::open(archive).unwrap();
        let mut statement = db.prepare(query).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cells = (0..columns).map(|i| match row.get_ref(i).unwrap() {
                rusqlite::types::ValueRef::Null => String::new(),
                rusqlite::types::ValueRef::Integer(n) => n.to_string(),
                rusqlite::types::ValueRef::Real(n) => n.to_string(),
                rusqlite::types::ValueRef::Text(bytes) => text(bytes),
                rusqlite::types::ValueRef::Blob(_) => "blob".to_owned(),
            });
            Ok(without_port(&cells.collect::<Vec<_>>().join(",")) + "\n")
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Every file of the demo but the database, with its bytes.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.display().to_string().contains("archive.db") {
                    let bytes = fs::read(&path).unwrap();
                    files.insert(path.strip_prefix(self.path()).unwrap().to_owned(), bytes);
                }
            }
        }
        files
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const FIRST: &str = include_str!("demo/first.txt");
const AGAIN: &str = include_str!("demo/again.txt");

/// Compares what was said with the file that holds what is to be said; `CASTKEEP_BLESS=1` rewrites it.
fn says(file: &str, expected: &str, said: &str) {
    if std::env::var_os("CASTKEEP_BLESS").is_some() {
        fs::write(Path::new("tests/demo").join(file), said).unwrap();
        return;
    }
    assert_eq!(said, expected, "tests/demo/{file}");
}

#[test]
fn a_first_run_archives_the_show_and_tells_what_it_got() {
    let scene = Scene::new();
    says("first.txt", FIRST, &scene.demo());

    let folder = "castkeep-demo/archive/audio/two-kettles";
    let names = [
        "2024-04-04 #1 Put the kettle on.mp3",
        "2024-04-11 #2 The drawer of cables.mp3",
        "2024-04-18 #3 An hour on dates.mp3",
        "2024-04-25 #4 Counting sheep in SQL.mp3",
    ];
    let mut files = scene.files();
    let mut rows = String::new();
    for (index, name) in names.into_iter().enumerate() {
        let bytes = files.remove(&Path::new(folder).join(name)).unwrap();
        assert!(bytes == audio(index + 1).unwrap(), "{name}: the bytes served");
        rows +=
            &format!("audio/two-kettles/{name},{},{},audio/mpeg,present\n", bytes.len(), Digest::of(&bytes));
    }
    let query = "SELECT path, size_bytes, sha256, media_type, state FROM files WHERE kind = 'audio' AND path GLOB '*two-k*' ORDER BY path";
    assert_eq!(scene.ask(query), rows);
    let others = ["lamp-and-ledger", "raetselstunde"].map(|show| files_of(&mut files, show));
    assert_eq!(others, [16, 7]);
    let rest: Vec<_> = files.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(
        rest,
        [
            "castkeep-demo/archive/audio/two-kettles/2024-04-25 #4 Counting sheep in SQL [en].vtt",
            "castkeep-demo/archive/audio/two-kettles/cover.png",
            "castkeep-demo/archive/lock",
            "castkeep-demo/config.toml"
        ]
    );
    assert_eq!(
        scene.ask("SELECT path, kind, media_type FROM files WHERE kind <> 'audio' ORDER BY path"),
        "audio/lamp-and-ledger/2022-01-10 #7 WebAssembly in the counting house [en].vtt,transcript,text/vtt\n\
         audio/lamp-and-ledger/2022-11-07 #8 Tables wihtout tears [chapters].json,chapters,application/json\n\
         audio/lamp-and-ledger/2024-01-08 #11 Folding paper, folding lists [en].vtt,transcript,text/vtt\n\
         audio/lamp-and-ledger/cover.png,image,image/png\n\
         audio/raetselstunde/2024-06-07 Folge 5 - Größer als Süden [de].srt,transcript,application/x-subrip\n\
         audio/raetselstunde/cover.png,image,image/png\n\
         audio/two-kettles/2024-04-25 #4 Counting sheep in SQL [en].vtt,transcript,text/vtt\n\
         audio/two-kettles/cover.png,image,image/png\n"
    );

    assert_eq!(
        scene.ask("SELECT slug, group_concat(status || ' ' || outcome, ', ') FROM fetches f JOIN shows s ON s.id = f.show_id GROUP BY 1"),
        "lamp-and-ledger,200 new, 200 new, 304 not_modified\n\
         raetselstunde,200 new, 200 new, 304 not_modified\n\
         two-kettles,200 new, 304 not_modified, 304 not_modified\n"
    );
    assert_eq!(
        scene.ask("SELECT outcome, error, count(*) FROM downloads GROUP BY 1, 2"),
        "stored,,28\n\
         stored,length_mismatch: the feed says 99999 bytes, the file has 2759,1\n\
         unchanged,,1\n"
    );
    assert_eq!(
        scene.ask("SELECT slug, field, number FROM changes c JOIN shows s ON s.id = c.show_id LEFT JOIN episodes e ON e.id = c.episode_id ORDER BY 1, 2"),
        "lamp-and-ledger,description,\n\
         lamp-and-ledger,enclosure_url,5\n\
         lamp-and-ledger,gone_at,3\n\
         lamp-and-ledger,notes_html,4\n\
         lamp-and-ledger,title,8\n\
         raetselstunde,title,2\n"
    );
    assert_eq!(
        scene.ask("SELECT episode_number, group_concat(kind, ' ') FROM segment_list WHERE show = 'two-kettles' GROUP BY 1"),
        "1,intro topic topic boilerplate\n\
         2,sponsor topic topic topic joke\n\
         3,intro topic topic topic links joke\n\
         4,sponsor people topic topic topic extras extras joke boilerplate\n"
    );
    assert_eq!(
        scene.ask("SELECT name, count(*) FROM sponsor_list GROUP BY 1"),
        "Blue Harbour,5\nLarch Backup,5\nTeehaus Brandung,2\n"
    );
    assert_eq!(scene.ask("SELECT name, count(*) FROM guests GROUP BY 1"), "Kenji Mori,3\nWren Okafor,3\n");
    assert_eq!(
        scene.ask("SELECT start_seconds, title, url FROM chapters WHERE source = 'psc' ORDER BY position"),
        "0,Kettle on,\n1.5,What day is it?,https://time.example.org/today\n3,And where?,\n"
    );
}

/// Takes the files of a show out of these; how many there were.
fn files_of(files: &mut BTreeMap<PathBuf, Vec<u8>>, show: &str) -> usize {
    let before = files.len();
    files.retain(|path, _| !path.starts_with(Path::new("castkeep-demo/archive/audio").join(show)));
    before - files.len()
}

#[test]
fn a_second_run_finds_the_shows_at_their_new_addresses_and_downloads_nothing() {
    let scene = Scene::new();
    scene.demo();
    let before = scene.files();
    let again = scene.demo();
    says("again.txt", AGAIN, &again);

    let mut after = scene.files();
    let config = Path::new("castkeep-demo/config.toml");
    assert_ne!(before[config], after[config], "the port");
    after.insert(config.to_owned(), before[config].clone());
    assert!(before == after, "nothing else on disk has changed");
    assert_eq!(scene.ask("SELECT count(*) FROM downloads"), "30\n");
    assert_eq!(scene.ask("SELECT count(*) FROM episodes"), "22\n");
    assert_eq!(
        scene.ask(
            "SELECT status, outcome, count(*) FROM fetches GROUP BY run_id, 1, 2 ORDER BY run_id DESC LIMIT 2"
        ),
        "304,not_modified,3\n200,new,3\n"
    );
    assert_eq!(
        scene.ask("SELECT field, count(*) FROM changes GROUP BY field"),
        "description,1\nenclosure_url,22\nfeed_url,3\ngone_at,1\nimage_url,3\nnotes_html,1\ntitle,2\n"
    );
    assert_eq!(scene.demo(), again, "and a third time");
}

#[test]
fn every_command_that_it_prints_gives_the_answer_that_it_prints() {
    let scene = Scene::new();
    let said = scene.demo();
    let bin = scene.path().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(PROGRAM, bin.join("castkeep")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let shell = |line: &str| {
        let output =
            Command::new("sh").args(["-c", line]).env("PATH", &path).current_dir(scene.path()).output();
        let output = output.unwrap();
        assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(0)), "{line}");
        text(&output.stdout)
    };
    let blocks: Vec<_> = said.split("\n  castkeep ").skip(1).collect();
    let mut asked = 0;
    for block in &blocks {
        let (line, answer) = block.split_once('\n').unwrap_or((block, ""));
        let real = shell(&format!("castkeep {line}"));
        if line.contains(" sql ") {
            assert_eq!(answer.split("\n\n").next().unwrap().trim_end(), real.trim_end(), "{line}");
            asked += 1;
        }
    }
    assert_eq!((asked, blocks.len()), (3, 5));
    assert_eq!(shell("castkeep --config castkeep-demo/config.toml verify"), "29 files, 111.9 kB: whole\n");
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let scene = Scene::new();
    fs::create_dir(scene.path().join("thesis")).unwrap();
    fs::write(scene.path().join("thesis/chapter-1.txt"), "It was a dark and stormy night.").unwrap();
    let before = scene.files();
    for (folder, why) in [
        ("thesis", "it holds other files and no config.toml"),
        ("thesis/chapter-1.txt", "it is not a folder"),
    ] {
        let output = scene.castkeep(&["demo", folder]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            text(&output.stderr),
            format!(
                "castkeep: {folder} is not a demo: {why}\nhint: name a folder that is new or empty: castkeep demo DIR\n"
            )
        );
        assert_eq!(text(&output.stdout), "");
    }
    assert!(before == scene.files());
}

/// Nobody listens there any more. A program that another test is just starting holds a copy of the socket until its `exec`,
/// so that this may take a moment.
fn refuses(address: &str) -> bool {
    for _ in 0..2000 {
        if TcpStream::connect(address).is_err() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

#[test]
fn its_host_speaks_http() {
    let host = Host::start().unwrap();
    let feed = host.feed();
    let address = feed.strip_prefix("http://").unwrap().strip_suffix("/feed.xml").unwrap().to_owned();
    let ask = |path: &str, fields: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{fields}\r\n")
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (text(&answer[..end]).to_ascii_lowercase(), answer[end + 4..].to_vec())
    };
    let whole = audio(2).unwrap();
    let (head, body) = ask("/audio/2.mp3", "");
    assert!(head.starts_with("http/1.1 200 ok") && head.contains("\r\naccept-ranges: bytes"), "{head}");
    assert!(head.contains(&format!("\r\ncontent-length: {}", whole.len())), "{head}");
    assert!(body == whole);
    let etag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let (head, body) = ask("/audio/2.mp3", &format!("if-none-match: {etag}\r\n"));
    assert!(head.starts_with("http/1.1 304") && head.contains(&etag) && body.is_empty(), "{head}");
    let (head, body) = ask("/audio/2.mp3", &format!("range: bytes=14000-\r\nif-range: {etag}\r\n"));
    assert!(head.starts_with("http/1.1 206"), "{head}");
    assert!(
        head.contains(&format!("content-range: bytes 14000-{}/{}", whole.len() - 1, whole.len())),
        "{head}"
    );
    assert!(body == whole[14000..]);
    assert!(ask("/etc/passwd", "").0.starts_with("http/1.1 404"));

    let seen = |path: &str, status| Request { method: "GET".to_owned(), path: path.to_owned(), status };
    let audio = "/audio/2.mp3";
    assert_eq!(
        host.take_requests(),
        [seen(audio, 200), seen(audio, 304), seen(audio, 206), seen("/etc/passwd", 404)]
    );
    drop(host);
    assert!(refuses(&address), "it ends with its value");
}
