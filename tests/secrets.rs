//! Private feeds: their secrets reach the host that they are for, and nothing else: no output of any command, no row of the
//! archive, no other host.

mod support;

use std::fs;

use rusqlite::types::Value;
use support::feed::{Item, audio, feed, feed_with, item};
use support::host::{Host, Page, Request};
use support::scene::Scene;

/// Part of every secret in these tests, and of nothing else.
const HUSH: &str = "hUsH7";

/// `me:hUsH7-pw`, as it is sent.
const BASIC: &str = "Basic bWU6aFVzSDctcHc=";

const HTTP: &str = "[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n";

/// An address on the host with a name, a password and a secret in the query.
fn private(host: &Host, path: &str) -> String {
    host.url(&format!("{path}?auth={HUSH}-query&page=1")).replace("http://", &format!("http://me:{HUSH}-pw@"))
}

fn show(slug: &str, feed: &str) -> String {
    format!("[[shows]]\nslug = \"{slug}\"\nfeed = \"{feed}\"\n")
}

/// A host of private feeds, in health and in sickness, and the configuration of one who follows them all.
fn private_scene() -> (Host, Scene) {
    let host = Host::start();
    let items = [2, 1].map(|n| item(n, &host.url("")));
    for n in 1..=2 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let query = format!("?auth={HUSH}-query&page=1");
    let whole = feed("A Show", &items);
    let loops = Page::Redirect(302, format!("/loop{query}"));
    for (path, page) in [
        ("/html", Page::full(200, &[], "<html>not here</html>")),
        ("/cut", Page::full(200, &[], &whole[..whole.len() - 60])),
        ("/loop", loops),
        ("/file", Page::Redirect(301, format!("file:///tmp/feed?auth={HUSH}"))),
        ("/bad", Page::Redirect(301, format!("http://me:{HUSH}@a b/?auth={HUSH}"))),
        ("/away", Page::Redirect(301, format!("http://10.0.0.1/?auth={HUSH}"))),
        ("/429", Page::Status(429)),
        ("/gone", Page::Status(410)),
        ("/moved", Page::Redirect(301, format!("/feed{query}"))),
        ("/feed", Page::full(200, &[("ETag", "\"1\"")], whole.as_str())),
        ("/token", Page::full(200, &[("ETag", "\"1\"")], whole.as_str())),
    ] {
        host.set(&format!("{path}{query}"), page);
    }
    host.set(&format!("/{HUSH}-path/feed"), Page::full(200, &[], whole.as_str()));
    let paths = ["feed", "moved", "html", "cut", "loop", "file", "bad", "away", "gone", "missing", "429"];
    let mut config = HTTP.to_owned();
    for path in paths {
        config += &show(path, &private(&host, &format!("/{path}")));
    }
    config += &show("env", &host.url("/${CK_TOKEN}/feed"));
    config += &show("from-file", &private(&host, "/token").replace(&format!("{HUSH}-pw"), "${file:secret}"));
    let scene = Scene::configured(&config);
    fs::write(scene.path("secret"), format!("{HUSH}-file\n")).unwrap();
    (host, scene)
}

/// What a run of the binary says, on both streams.
fn said(scene: &Scene, args: &[&str], log: Option<&str>) -> (Option<i32>, String) {
    let mut command = scene.command(args);
    command
        .env("CK_TOKEN", format!("{HUSH}-path"))
        .env("CK_ADDRESS", format!("https://me:{HUSH}@a.example/"));
    if let Some(log) = log {
        command.env("CASTKEEP_LOG", log);
    }
    let output = command.output().unwrap();
    (
        output.status.code(),
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat(),
    )
}

#[track_caller]
fn assert_hushed(args: &[&str], said: &str) {
    let base64 = BASIC.trim_start_matches("Basic ");
    assert!(!said.contains(HUSH) && !said.contains(base64), "castkeep {args:?} said:\n{said}");
    assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "castkeep {args:?} said:\n{said:?}");
}

/// Where in the database a text holds a secret: `table.column`.
fn told(scene: &Scene) -> Vec<String> {
    let db = scene.database();
    let mut found = Vec::new();
    for table in
        scene.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    {
        let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (index, column) in columns.iter().enumerate() {
                if matches!(row.get(index).unwrap(), Value::Text(text) if text.contains(HUSH)) {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
    }
    found
}

/// The commands that `castkeep --help` lists.
fn commands(scene: &Scene) -> Vec<String> {
    let help = scene.run(&["--help"]).stdout;
    let list = help.split("\nCommands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let lines = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    lines.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn case_38_no_command_tells_a_secret_and_no_row_holds_one() {
    let (host, scene) = private_scene();
    let wrong = format!("https://me:{HUSH}@a.example/?auth={HUSH}");
    let elsewhere = private(&host, "/elsewhere");
    let known = private(&host, "/feed");
    let renewed = known.replace("-query", "-other");
    let lines: &[&[&str]] = &[
        &["init"],
        &["sync", "--report", "json"],
        &["sync", "--force"],
        &["sync", "--force", "--dry-run"],
        &["sync", &wrong],
        &["add", &elsewhere],
        &["add", &known],
        &["add", &renewed],
        &["add", &wrong.replace("https", "ftp")],
        &["add", &wrong.replace("https://", "")],
        &["add", &wrong, &wrong],
        &["add", "${CK_ADDRESS}", "--slug", "Not A Slug"],
        &["add", "https://${CK_NONE}@a.example/"],
        &["backfill", "feed", "moved", "cut", "env", "missing"],
        &["backfill", &wrong],
        &["status"],
        &["catch-up", "feed"],
        &["catch-up", "feed", "--undo"],
        &["status", "--json"],
        &["status", "feed", "away"],
        &["status", &wrong],
        &["show", "feed", "latest"],
        &["show", "feed", "latest", "--json"],
        &["show", "feed", "1", "--history"],
        &["show", &wrong, &wrong],
        &["open", "feed", "1", "--print"],
        &["open", "feed", "1", "--print", "--page"],
        &["open", "feed", "1", "--with", &wrong],
        &["open", &wrong, &wrong],
        &["search", &wrong],
        &["search", "--format", "json", "--show", &wrong, "a"],
        &["search", "a OR b OR example OR http OR feed OR pw"],
        &["sql", "SELECT * FROM shows"],
        &["sql", "--format", "csv", "SELECT * FROM fetches"],
        &["sql", "--format", "json", "SELECT * FROM resources"],
        &["sql", "--format", "ndjson", "SELECT * FROM downloads"],
        &["sql", "--format", "markdown", "SELECT * FROM changes"],
        &["sql", "--param", &format!("url={wrong}"), "SELECT :url AS url"],
        &["sql", "--param", &wrong, "SELECT 1"],
        &["sql", "--file", &wrong],
        &["sql", &format!("SELECT '{wrong}' FROM nowhere")],
        &["schema"],
        &["schema", &wrong],
        &["verify"],
        &["verify", "--refetch"],
        &["verify", "--repair"],
        &["rename", "--to", "{guid} {original}", "--dry-run"],
        &["rename", "--to", "{guid} {original}"],
        &["rename", "--to", &wrong],
        &["rename", &wrong],
        &["reparse"],
        &["parse", "feed", &wrong],
        &["document", "1"],
        &["document", &wrong],
        &["doctor"],
        &["backup", "copy.db"],
        &["backup", &wrong],
        &["export", "opml"],
        &["export", "opml", "--followed"],
        &["export", "opml", "--output", "shows.opml", "--force"],
        &["export", "opml", "--output", &wrong],
        &["export", "rss", "feed"],
        &["export", "rss", "feed", "--base-url", &wrong],
        &["export", "rss", &wrong],
        &["export", "csv", "shows"],
        &["export", "csv", "fetches", "--for-spreadsheet"],
        &["export", "csv", &wrong],
        &["export", "json", "downloads"],
        &["export", "ndjson", "resources"],
        &["export", "json", "--output", "tables", "--force"],
        &["export", "bagit", "bag"],
        &["export", "bagit", &wrong],
        &["export", "sqlite", "slim.db"],
        &["export", "sqlite", &wrong],
        &["export", "sha256sums"],
        &["import", "opml", "shows.opml"],
        &["import", "opml", "--dry-run", "private.opml"],
        &["import", "opml", &wrong],
        &["config", "from", "theirs.yaml"],
        &["config", "from", "theirs.yaml", "--write"],
        &["config", "from", &wrong],
        &["adopt", "elsewhere"],
        &["adopt", "elsewhere", "--json"],
        &["adopt", "elsewhere", "--database", "elsewhere/Database"],
        &["adopt", &wrong],
        &["completions", "bash"],
        &["cron"],
        &["cron", "--launchd"],
        &["watch", &wrong],
        &["sync", "--force", "--report", "report.txt"],
        &["man"],
        &["man", "--out", "pages"],
        &["man", "--out", &wrong],
        &["demo", "config.toml"],
        &["help"],
        &["remove", &wrong],
        &["remove", "missing"],
    ];
    let lists =
        [&elsewhere, &known, &renewed, &wrong.replace("https", "ftp"), "https://${CK_TOKEN}@a.example/"]
            .map(|feed| format!("<outline text=\"a list\" xmlUrl=\"{}\"/>", feed.replace('&', "&amp;")));
    fs::write(scene.path("private.opml"), format!("<opml><body>{}</body></opml>", lists.concat())).unwrap();
    let feeds = [&known, &wrong, &wrong.replace("https", "ftp")].map(|feed| format!("- {feed}\n"));
    fs::write(scene.path("theirs.yaml"), format!("feeds:\n{}", feeds.concat())).unwrap();
    fs::create_dir_all(scene.path("elsewhere/feed")).unwrap();
    for (name, n) in [("1 Episode 1.mp3", 1), ("2.mp3", 2), ("other.mp3", 9)] {
        fs::write(scene.path("elsewhere/feed").join(name), audio(n)).unwrap();
    }
    fs::write(scene.path("elsewhere/feed/other.info.json"), format!("{{\"guid\": \"{wrong}\"}}")).unwrap();
    // From making an archive to taking it apart.
    let mut commands = commands(&scene);
    commands.sort_by_key(|command| lines.iter().position(|line| line[0] == *command));
    assert_eq!(
        commands.iter().filter(|command| lines.iter().all(|line| line[0] != **command)).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    for command in commands {
        for args in lines.iter().copied().filter(|args| args[0] == command) {
            // Each way of talking, one after the other: the archive is in another state each time.
            for (flags, log) in [
                (&[][..], None),
                (&["--verbose"], None),
                (&["--log-format", "json", "--verbose"], None),
                (&[], Some("trace")),
            ] {
                let args = [flags, args].concat();
                let (code, said) = said(&scene, &args, log);
                // What somebody typed to be asked for and shown is not ours to hide: the name of a file.
                if !matches!(args.last(), Some(last) if *last == wrong && (command == "parse" || command == "demo"))
                {
                    assert_hushed(&args, &said);
                }
                assert!(code.is_some_and(|code| code != 101), "castkeep {args:?}: {said}");
            }
        }
    }
    assert_eq!(told(&scene), Vec::<String>::new());
    for file in ["archive/tmp", "archive/lock"] {
        let path = scene.path(file);
        let names =
            fs::read_dir(&path).map_or(vec![path], |all| all.map(|file| file.unwrap().path()).collect());
        for name in names {
            assert!(!String::from_utf8_lossy(&fs::read(&name).unwrap()).contains(HUSH), "{}", name.display());
        }
    }
    let asked = host.take_log();
    assert!(asked.iter().any(|request| request.path.contains(&format!("{HUSH}-query"))));
    assert!(asked.iter().any(|request| request.path.contains(&format!("{HUSH}-path"))));
}

#[test]
fn a_configuration_that_is_wrong_is_told_of_without_its_secrets() {
    let scene = Scene::configured("");
    fs::write(scene.path("two"), format!("{HUSH}\n{HUSH}\n")).unwrap();
    let feed = format!("me:{HUSH}@a.example/?auth={HUSH}");
    for (config, why) in [
        (
            format!("[[shows]]\nfeed = \"ftp://{feed}\"\n"),
            "feeds are fetched by http, https or file, not by ftp",
        ),
        (format!("[[shows]]\nfeed = \"{feed}\"\n"), "it should begin with https://"),
        (format!("[[shows]]\nfeed = \"https://me:{HUSH}@\"\n"), "empty host"),
        (format!("[[shows]]\nfeed = \"https://{feed}\n"), "config.toml: at line 2"),
        (format!("[[shows]]\nfed = \"https://{feed}\"\n"), "hint: did you mean \"feed\"?"),
        (
            format!("[[shows]]\nfeed = \"https://{feed}\"\naudio = \"https://{feed}\"\n"),
            "expected true or false",
        ),
        (format!("{0}{0}", format!("[[shows]]\nfeed = \"https://{feed}\"\n")), "this feed is there twice"),
        (
            "[[shows]]\nfeed = \"https://${CK_NONE}@a.example/\"\n".to_owned(),
            "config.toml: ${CK_NONE}: there is no such variable",
        ),
        (
            "[[shows]]\nfeed = \"https://${file:none}@a.example/\"\n".to_owned(),
            "${file:none}: it can't be read: No such file",
        ),
        (
            "[[shows]]\nfeed = \"https://${file:two}@a.example/\"\n".to_owned(),
            "${file:two}: it holds more than one line",
        ),
        ("[[shows]]\nfeed = \"x${CK_ADDRESS}\"\n".to_owned(), "not by xhttps"),
    ] {
        scene.configure(&config);
        let (code, said) = said(&scene, &["sync"], None);
        assert_eq!(code, Some(2), "{config}{said}");
        assert!(said.contains(why), "{config}{said}");
        assert_hushed(&["sync"], &said);
    }
}

/// Whether each request brought the name and password, by path, sorted.
fn authorized(requests: &[Request]) -> Vec<(String, bool)> {
    let mut all: Vec<_> = requests
        .iter()
        .map(|request| {
            let header = request.header("authorization");
            assert!(header.is_none_or(|header| header == BASIC), "{header:?}");
            (request.path.clone(), header.is_some())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn case_46_name_and_password_go_to_the_feeds_own_origin_alone() {
    let (host, other) = (Host::start(), Host::start());
    let mut items = [4, 3, 2, 1].map(|n| item(n, &host.url("")));
    items[0].enclosure = Some(other.url("/audio/4.mp3"));
    items[1].enclosure = Some(format!("http://me:{HUSH}-pw@127.0.0.1:{}/audio/3.mp3", host.port()));
    host.set("/audio/2.mp3", Page::Redirect(302, other.url("/audio/2.mp3")));
    other.set("/back", Page::Redirect(302, host.url("/audio/1.mp3")));
    for (host, n) in [(&host, 1), (&other, 2), (&host, 3), (&other, 4)] {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let cover = format!("<image><url>{}</url></image>", host.url("/cover.png"));
    host.set_feed("/feed", feed_with("A Show", &cover, &items));
    host.set_feed("/away", feed("Away", &[Item { enclosure: Some(other.url("/back")), ..item(1, "") }]));
    other.set_feed("/feed", feed("Other", &items[..0]));
    host.set("/to-other", Page::Redirect(301, other.url("/feed")));
    let own = |path: &str| host.url(path).replace("http://", &format!("http://me:{HUSH}-pw@"));
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\nallow_hosts = [\"127.0.0.1:{}\"]\n{}{}{}",
        other.port(),
        show("a", &own("/feed")),
        show("b", &own("/to-other")),
        show("c", &own("/away")),
    ));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let yes = |path: &str| (path.to_owned(), true);
    let no = |path: &str| (path.to_owned(), false);
    assert_eq!(
        authorized(&host.take_log()),
        [
            yes("/audio/1.mp3"),
            yes("/audio/1.mp3"),
            yes("/audio/2.mp3"),
            yes("/audio/3.mp3"),
            yes("/away"),
            yes("/cover.png"),
            yes("/feed"),
            yes("/to-other"),
        ]
    );
    assert_eq!(
        authorized(&other.take_log()),
        [no("/audio/2.mp3"), no("/audio/4.mp3"), no("/back"), no("/feed")]
    );
    // A password that the feed repeats with an enclosure (case 81) is not written down again.
    assert_eq!(told(&scene), Vec::<String>::new());
    // The feed that moved to another origin is asked there without them.
    assert_eq!(scene.run(&["sync", "--force", "b"]).code, 0);
    assert_eq!((authorized(&host.take_log()), authorized(&other.take_log())), (vec![], vec![no("/feed")]));
}

#[test]
fn a_password_without_a_name_is_sent() {
    let host = Host::start();
    host.set_feed("/feed", feed("A Show", &[]));
    let address = host.url("/feed").replace("http://", &format!("http://:{HUSH}-pw@"));
    let scene = Scene::configured(&(HTTP.to_owned() + &show("a", &address)));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let log = host.take_log();
    assert_eq!(log[0].header("authorization"), Some("Basic OmhVc0g3LXB3"));
}

#[test]
fn a_permanent_move_to_an_address_with_a_secret_is_followed_and_not_written_down() {
    let host = Host::start();
    let (old, new) = (format!("/old?auth={HUSH}"), format!("/new?auth={HUSH}"));
    host.set(&old, Page::Redirect(301, new.clone()));
    host.set_feed(&new, feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::configured(&(HTTP.to_owned() + &show("a", &host.url(&old))));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    host.take_log();
    scene.run(&["sync", "--feeds-only", "--force"]).assert_silent();
    let asked: Vec<_> =
        host.take_log().into_iter().map(|r| (r.path.clone(), r.header("if-none-match").is_some())).collect();
    assert_eq!(asked, [(old, true), (new, true)]);
    assert_eq!(
        scene.rows("SELECT feed_url = configured_url, feed_url FROM shows"),
        [format!("1|{}", host.url("/old?auth=***"))]
    );
    assert_eq!(scene.rows("SELECT outcome FROM fetches"), ["new", "not_modified"]);
    assert_eq!(told(&scene), Vec::<String>::new());
}

#[test]
fn a_renewed_secret_is_no_other_address() {
    let host = Host::start();
    let item = item(1, &host.url(""));
    host.set_audio("/audio/1.mp3", audio(1));
    for token in ["1", "2"] {
        host.set_feed(&format!("/feed?token={HUSH}{token}"), feed("A Show", std::slice::from_ref(&item)));
    }
    let config = |token| {
        HTTP.to_owned() + "[[shows]]\nfeed = \"" + &host.url(&format!("/feed?token={HUSH}{token}\"\n"))
    };
    let scene = Scene::configured(&config("1"));
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    scene.configure(&config("2"));
    scene.run(&["sync"]).assert_silent();
    assert_eq!(host.take_log(), [], "it is not due, with whatever secret");
    scene.run(&["sync", "--force"]).assert_silent();
    let log = host.take_log();
    assert_eq!(
        log.iter().map(|request| request.path.as_str()).collect::<Vec<_>>(),
        [format!("/feed?token={HUSH}2")]
    );
    assert!(log[0].header("if-none-match").is_some());
    assert_eq!(scene.rows("SELECT outcome FROM fetches"), ["new", "not_modified"]);
    assert_eq!(scene.rows("SELECT count(*) FROM shows UNION ALL SELECT count(*) FROM changes"), ["1", "0"]);
}

#[test]
fn an_archive_that_holds_whole_addresses_loses_their_secrets() {
    let host = Host::start();
    let mut config = HTTP.to_owned();
    for name in ["a", "b"] {
        host.set_feed(&format!("/{name}?key={HUSH}"), feed(name, &[item(1, &host.url(""))]));
        let address =
            host.url(&format!("/{name}?key={HUSH}")).replace("http://", &format!("http://me:{HUSH}@"));
        config += &format!("[[shows]]\nfeed = \"{address}\"\n");
    }
    let scene = Scene::configured(&config);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    // As an older castkeep wrote them; one had moved.
    scene.meddle(&format!(
        "UPDATE shows SET feed_url = replace(replace(feed_url, 'http://', 'http://me:{HUSH}@'), '***', '{HUSH}');
         UPDATE shows SET configured_url = feed_url;
         UPDATE notes_readings SET base_url = 'http://me:{HUSH}@127.0.0.1/?key={HUSH}';
         UPDATE shows SET feed_url = feed_url || '&moved=1' WHERE slug = 'b'"
    ));
    assert!(!scene.run(&["status"]).stdout.contains("not followed"));
    host.take_log();
    scene.run(&["sync", "--feeds-only", "--force"]).assert_silent();
    assert_eq!(host.take_paths(), [format!("/a?key={HUSH}"), format!("/b?key={HUSH}")]);
    assert_eq!(
        scene.rows("SELECT slug, feed_url, configured_url = feed_url FROM shows ORDER BY 1"),
        ["a", "b"].map(|name| format!("{name}|{}|1", host.url(&format!("/{name}?key=***"))))
    );
    assert_eq!(told(&scene), Vec::<String>::new());
}

#[test]
fn two_feeds_that_differ_in_their_secrets_alone_are_told_apart_by_slugs() {
    let host = Host::start();
    let feed_of = |token: &str| host.url(&format!("/feed?token={HUSH}-{token}"));
    for token in ["mine", "yours"] {
        host.set_feed(&format!("/feed?token={HUSH}-{token}"), feed(token, &[item(1, &host.url(""))]));
    }
    let scene = Scene::configured(&(HTTP.to_owned() + &show("mine", &feed_of("mine"))));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);

    let unnamed = format!("[[shows]]\nfeed = \"{}\"\n", feed_of("yours"));
    scene.configure(&(HTTP.to_owned() + &show("mine", &feed_of("mine")) + &unnamed));
    let ran = scene.run(&["sync"]);
    assert_eq!(
        (ran.code, ran.stderr),
        (
            2,
            format!(
                "castkeep: config.toml: {}: two shows have this address, but for their secrets\n\
                 hint: give each of them a slug of its own\n",
                host.url("/feed?token=***")
            )
        )
    );

    scene.configure(&(HTTP.to_owned() + &show("yours", &feed_of("yours")) + &show("mine", &feed_of("mine"))));
    for _ in 0..2 {
        assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
    }
    assert_eq!(scene.rows("SELECT slug, title FROM shows ORDER BY slug"), ["mine|mine", "yours|yours"]);
    assert_eq!(scene.run(&["remove", "yours"]).code, 0);
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    assert!(config.contains("-mine") && !config.contains("-yours"), "{config}");
}

#[test]
fn a_show_whose_address_is_kept_elsewhere_is_added_and_removed_by_its_placeholder() {
    let host = Host::start();
    host.set_feed(&format!("/{HUSH}-path/feed"), feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::configured(HTTP);
    let address = host.url("/${CK_TOKEN}/feed");
    let (code, heard) = said(&scene, &["add", &address], None);
    assert_eq!(code, Some(0), "{heard}");
    let written = fs::read_to_string(scene.path("config.toml")).unwrap();
    assert!(
        written.ends_with(&format!("\n[[shows]]\nslug = \"a-show\"\nfeed = \"{address}\"\n")),
        "{written}"
    );
    assert_eq!(scene.rows("SELECT feed_url FROM shows"), [host.url("/***/feed")]);
    assert_eq!(told(&scene), Vec::<String>::new());
    assert_eq!(said(&scene, &["remove", "a-show"], None).0, Some(0));
    assert!(!fs::read_to_string(scene.path("config.toml")).unwrap().contains("[[shows]]"));
}
