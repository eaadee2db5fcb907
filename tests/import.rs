//! `castkeep import opml`: the shows that another program followed are followed from now on; nobody is asked, nothing that is
//! there is touched, and what can't be taken is named.

mod support;

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use support::feed::{feed, item};
use support::host::Host;
use support::scene::{Ran, Scene};

const CONFIG: &str = "# mine\n[http]\nonly_hosts = [\"127.0.0.1\"]  # nobody else\n\n[[shows]]\nslug = \"old\"\nfeed = \"https://old.example/feed?key=s3cret\"\n\n# the end\n";

/// Imports a list into the configuration above.
fn import(scene: &Scene, opml: impl AsRef<[u8]>, args: &[&str]) -> Ran {
    fs::write(scene.path("list.opml"), opml).unwrap();
    scene.run(&[&["import", "opml", "list.opml"], args].concat())
}

fn config(scene: &Scene) -> String {
    fs::read_to_string(scene.path("config.toml")).unwrap()
}

fn list(outlines: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<opml version=\"2.0\"><head/><body>\n{outlines}\n</body></opml>\n")
}

#[test]
fn shows_of_another_program_are_followed_and_comments_stay() {
    let scene = Scene::configured(CONFIG);
    let opml = list(
        "<outline text=\"Folder\">\n<outline type=\"rss\" text=\"Caf&#233; &amp; Co\" xmlUrl=\"https://a.example/feed?a=1&amp;b=2\"/>\n\
         <outline text='Café &amp; Co' XMLURL='http://b.example/'/></outline>\n<outline text=\"\" xmlUrl=\"https://c.example/\"/>\n\
         <outline text=\"old\" xmlUrl=\"https://d.example/\"/>",
    );
    let ran = import(&scene, &opml, &[]);
    assert_eq!(
        ran,
        Ran {
            code: 0,
            stdout: "show       title      feed\n\
                     cafe-co    Café & Co  https://a.example/feed?a=1&b=2\n\
                     cafe-co-2  Café & Co  http://b.example/\n                      https://c.example/\n\
                     old-2      old        https://d.example/\n"
                .to_owned(),
            stderr: "castkeep: added 4 shows; next: castkeep sync; who has the files already: castkeep sync --feeds-only, then castkeep adopt DIR\n".to_owned(),
        }
    );
    let added = "\n[[shows]]\nslug = \"cafe-co\"\nfeed = \"https://a.example/feed?a=1&b=2\"\n\
                 \n[[shows]]\nslug = \"cafe-co-2\"\nfeed = \"http://b.example/\"\n\
                 \n[[shows]]\nfeed = \"https://c.example/\"\n\
                 \n[[shows]]\nslug = \"old-2\"\nfeed = \"https://d.example/\"\n";
    assert_eq!(config(&scene), format!("{CONFIG}{added}"));
    // All of it is there now.
    let before = config(&scene);
    let again = import(&scene, &opml, &[]);
    assert_eq!((again.code, again.stdout.as_str(), again.stderr.lines().count()), (0, "", 4));
    assert!(
        again.stderr.starts_with(
            "castkeep: list.opml: line 4: https://a.example/feed?a=1&b=2: is followed already\n"
        ),
        "{}",
        again.stderr
    );
    assert_eq!(config(&scene), before);
    assert!(!scene.path("archive").exists(), "no archive is made for it");
}

#[test]
fn what_is_there_is_known_without_its_secrets_and_after_a_move() {
    let host = Host::start();
    host.set("/old", support::host::Page::Redirect(301, "/new".to_owned()));
    host.set_feed("/new", feed("Moved", &[item(1, &host.url(""))]));
    let scene = Scene::configured(&format!("{CONFIG}[[shows]]\nfeed = \"{}\"\n", host.url("/old")));
    assert_eq!(scene.run(&["sync", "--feeds-only", "moved"]).code, 2, "its name is not known yet");
    scene.run(&["sync", "--feeds-only"]);
    host.take_log();
    let before = config(&scene);
    let opml = list(&format!(
        "<outline text=\"a\" xmlUrl=\"https://old.example/feed?key=***\"/>\n<outline text=\"b\" xmlUrl=\"https://OLD.example:443/feed?key=other\"/>\n\
         <outline text=\"c\" xmlUrl=\"{}\"/>\n<outline text=\"d\" xmlUrl=\"https://new.example/?key=1\"/>\n<outline text=\"e\" xmlUrl=\"https://new.example/?key=1\"/>",
        host.url("/new")
    ));
    let ran = import(&scene, opml, &["--dry-run"]);
    assert_eq!(
        ran.stderr,
        format!(
            "castkeep: list.opml: line 3: https://old.example/feed?key=***: is followed already\n\
             castkeep: list.opml: line 4: https://old.example/feed?key=***: is followed already, with another secret\n\
             castkeep: list.opml: line 5: {}: is followed already\n\
             castkeep: list.opml: line 7: https://new.example/?key=***: is in line 6 already\n\
             castkeep: 1 show would be added; nothing was changed\n",
            host.url("/new")
        )
    );
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "show  title  feed\nd     d      https://new.example/?key=***\n")
    );
    assert_eq!(config(&scene), before);
    assert_eq!(host.take_log(), [], "nobody is asked");
}

#[test]
fn a_show_that_was_followed_once_gets_its_name_back() {
    let host = Host::start();
    host.set_feed("/feed", feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::new(&[&host.url("/feed")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    let opml = scene.run(&["export", "opml"]).stdout;
    assert_eq!(scene.run(&["remove", "a-show"]).code, 0);
    // Another feed of that title must not take its place.
    let renamed = opml
        .replace("text=\"A Show\"", "text=\"Other Name\"")
        .replace("</body>", "<outline text=\"A Show\" xmlUrl=\"https://other.example/\"/></body>");
    let ran = import(&scene, renamed, &["--quiet"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    let text = config(&scene);
    assert!(text.contains(&format!("slug = \"a-show\"\nfeed = \"{}\"", host.url("/feed"))), "{text}");
    assert!(text.contains("slug = \"a-show-2\"\nfeed = \"https://other.example/\""), "{text}");
    assert_eq!(scene.rows("SELECT count(*) FROM shows"), ["1"]);
}

#[test]
fn what_can_not_be_followed_is_named_with_its_line_and_the_rest_is() {
    let scene = Scene::configured(CONFIG);
    let opml = list(
        "<outline text=\"1\" xmlUrl=\"ftp://me:s3cret@a.example/\"/>\n<outline text=\"2\" xmlUrl=\"file:///etc/passwd\"/>\n\
         <outline text=\"3\" xmlUrl=\"https://evil.example/?x=${HOME}\"/>\n<outline text=\"4\" xmlUrl=\"javascript:alert(1)\"/>\n\
         <outline text=\"5\" xmlUrl=\"a b\"/>\n<outline text=\"6\" xmlUrl=\"https://b.example/?auth=***\"/>\n<outline text=\"7\" xmlUrl=\"https://good.example/\"/>\n\
         <outline type=\"rss\" text=\"8\"/>\n<outline text=\"no feed\"/>",
    );
    let ran = import(&scene, opml, &[]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (3, "show  title  feed\n7     7      https://good.example/\n")
    );
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "castkeep: list.opml: line 3: ftp://a.example/: feeds are imported by http or https, not by ftp",
            "castkeep: list.opml: line 4: file:///etc/passwd: feeds are imported by http or https, not by file",
            "castkeep: list.opml: line 5: https://evil.example/?x=${HOME}: a ${...} would be filled in from your environment: \"castkeep add\" takes it",
            "castkeep: list.opml: line 6: javascript:alert(1): not an address: it should begin with https://",
            "castkeep: list.opml: line 7: a b: not an address: one begins with https://",
            "castkeep: list.opml: line 8: https://b.example/?auth=***: its secret was left out: \"castkeep add\" takes it with its secret",
            "castkeep: list.opml: line 10: \"8\": says that it is a feed, and has no xmlUrl",
            "castkeep: added 1 show; next: castkeep sync; who has the files already: castkeep sync --feeds-only, then castkeep adopt DIR",
        ]
    );
    assert!(config(&scene).ends_with("[[shows]]\nslug = \"7\"\nfeed = \"https://good.example/\"\n"));
}

#[test]
fn a_hostile_list_does_no_harm() {
    let scene = Scene::configured(CONFIG);
    let titles = ["../../etc/passwd", "\u{1b}[31mred\u{202e}", "a\"\nfeed = \"b", "=1+1", "\u{1f600}", "CON"];
    let outlines: String = (1..)
        .zip(titles)
        .map(|(n, title)| {
            let title = title.replace('"', "&quot;").replace('\u{1b}', "&#27;").replace('\n', "&#10;");
            format!("<outline text=\"{title}\" xmlUrl=\"https://{n}.example/\"/>")
        })
        .collect();
    let laughs = "<!DOCTYPE opml [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let opml = format!(
        "{laughs}<opml><body><outline text=\"&b;&x;\" xmlUrl=\"https://0.example/\"/>{outlines}</body></opml>"
    );
    let ran = import(&scene, opml, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        !ran.stdout.contains(|c: char| c != '\n' && c.is_control() || c == '\u{202e}'),
        "{:?}",
        ran.stdout
    );
    let config = castkeep::config::Config::load(&scene.path("config.toml"), std::iter::empty()).unwrap();
    let slugs: Vec<_> =
        config.shows.iter().skip(1).map(|show| show.slug.as_deref().unwrap_or_default()).collect();
    assert_eq!(slugs, ["b-x", "etc-passwd", "31mred", "a-feed-b", "1-1", "", "con"]);
    assert_eq!(scene.run(&["status"]).code, 1, "no archive yet, and a configuration that is well");
}

/// Each list among the fixtures, tried: what is said stands beside it.
#[test]
fn lists_of_many_programs_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/opml");
    let mut lists: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    lists.retain(|path| path.extension().is_some_and(|ending| ending == "opml"));
    assert!(lists.len() > 3);
    for path in lists {
        let scene = Scene::configured(CONFIG);
        let ran = import(&scene, fs::read(&path).unwrap(), &["--dry-run"]);
        let said = format!("exit {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        assert!(!said.contains("hush"), "{said}");
        let expected = path.with_extension("txt");
        if std::env::var_os("CASTKEEP_BLESS").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        assert_eq!(said, fs::read_to_string(&expected).unwrap_or_default(), "{}", path.display());
    }
}

#[test]
fn what_is_no_list_is_told_and_changes_nothing() {
    let scene = Scene::configured(CONFIG);
    for (document, said) in [
        (&b""[..], "castkeep: list.opml: this is not OPML: it is empty\n"),
        (
            b"<rss version=\"2.0\"><channel/></rss>",
            "castkeep: list.opml: this is not OPML: its root element is <rss>\n",
        ),
        (
            b"<!DOCTYPE html><html></html>",
            "castkeep: list.opml: this is not OPML: its root element is <html>\n",
        ),
        (b"https://a.example/feed\n", "castkeep: list.opml: this is not OPML: it begins with text\n"),
        (b"\x00\xff\xfe\x01", "castkeep: list.opml: this is not OPML: "),
    ] {
        let ran = import(&scene, document, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    }
    let empty = import(&scene, list(""), &[]);
    assert_eq!((empty.code, empty.stderr.as_str()), (0, "castkeep: list.opml: there is no feed in it\n"));
    assert_eq!(config(&scene), CONFIG);
    // Half a list is followed as far as it goes.
    let cut = import(
        &scene,
        "<opml><body>\n<outline text=\"a\" xmlUrl=\"https://a.example/\"/>\n<outline text=\"b\" xml",
        &[],
    );
    assert_eq!((cut.code, cut.stdout.as_str()), (3, "show  title  feed\na     a      https://a.example/\n"));
    assert!(cut.stderr.starts_with("castkeep: list.opml: line 3: "), "{}", cut.stderr);
    let other = Scene::configured("");
    fs::remove_file(other.path("config.toml")).unwrap();
    let ran = import(&other, list(""), &[]);
    assert_eq!((ran.code, ran.stderr.contains("there is no configuration file config.toml")), (2, true));
}

#[test]
fn a_thousand_feeds_come_through_a_pipe_in_any_encoding() {
    let scene = Scene::configured(CONFIG);
    let outlines: String = (0..1000)
        .map(|n| format!("<outline text=\"Show é {n}\" xmlUrl=\"https://a.example/{n}\"/>\n"))
        .collect();
    let text = list(&outlines).replace("?>", " encoding=\"windows-1252\"?>");
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let mut command = scene.command(&["import", "opml", "-"]);
    let mut run =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    run.stdin.take().unwrap().write_all(&bytes).unwrap();
    let ran = Scene::wait(run);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            0,
            "castkeep: added 1000 shows; next: castkeep sync; who has the files already: castkeep sync --feeds-only, then castkeep adopt DIR\n"
        )
    );
    assert_eq!(ran.stdout.lines().count(), 1001);
    assert!(ran.stdout.contains("\nshow-e-7    Show é 7"), "{}", ran.stdout);
    let config = castkeep::config::Config::load(&scene.path("config.toml"), std::iter::empty()).unwrap();
    assert_eq!(config.shows.len(), 1001);
}

#[test]
fn what_is_exported_is_imported_elsewhere() {
    let host = Host::start();
    host.set_feed("/feed", feed("A &lt;Show&gt; &amp; \"more\"", &[item(1, &host.url(""))]));
    let scene = Scene::new(&[&host.url("/feed")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    let opml = scene.run(&["export", "opml"]).stdout;
    let second = Scene::new(&[]);
    assert_eq!(import(&second, opml, &[]).code, 0);
    assert_eq!(second.run(&["sync", "--feeds-only"]).code, 0);
    assert_eq!(
        second.rows("SELECT slug, title, feed_url FROM shows"),
        scene.rows("SELECT slug, title, feed_url FROM shows")
    );
}

#[test]
fn a_list_that_is_not_there_is_told_in_a_line() {
    let scene = Scene::configured(CONFIG);
    for (list, why) in
        [("none.opml", "No such file or directory (os error 2)"), (".", "Is a directory (os error 21)")]
    {
        let ran = scene.run(&["import", "opml", list]);
        assert_eq!((ran.code, ran.stderr), (2, format!("castkeep: {list}: {why}\n")));
    }
}
