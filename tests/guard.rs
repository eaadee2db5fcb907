//! Addresses that a stranger's feed may not lead to, at the level of the binary: whatever way there is, and however the
//! address is spelled, nobody is asked. All that these runs could reach is this machine: `only_hosts` lists loopback alone.

mod support;

use std::net::TcpListener;

use castkeep::http::{Guard, Options, Scope, Url};
use support::feed::{Item, audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// Ways to write this machine, and what a refusal calls them.
const SPELLINGS: &[(&str, &str)] = &[
    ("127.0.0.1", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("2130706433", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("0x7f000001", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("0177.0.0.1", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("127.1", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("127.0.0.1.", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("user@127.0.0.1", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("feeds.example.org@127.0.0.1", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("１２７.０.０.１", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("127。0。0。1", "127.0.0.1:PORT (private; allow_hosts can list it)"),
    ("0.0.0.0", "0.0.0.0:PORT (not on the public internet)"),
    ("0", "0.0.0.0:PORT (not on the public internet)"),
    ("[::1]", "[::1]:PORT (private; allow_hosts can list it)"),
    ("[0:0:0:0:0:0:0:1]", "[::1]:PORT (private; allow_hosts can list it)"),
    ("[::ffff:7f00:1]", "[::ffff:7f00:1]:PORT (private; allow_hosts can list it)"),
    ("[::ffff:127.0.0.1]", "[::ffff:7f00:1]:PORT (private; allow_hosts can list it)"),
    ("localhost", "localhost:PORT (private; allow_hosts can list it)"),
    ("localhost.", "localhost:PORT (private; allow_hosts can list it)"),
    ("LocalHost", "localhost:PORT (private; allow_hosts can list it)"),
];

const THIS_MACHINE: &str =
    r#"only_hosts = ["127.0.0.1", "0.0.0.0", "localhost", "[::1]", "[::ffff:7f00:1]"]"#;

const NAMESPACES: &str = "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"";

/// A feed that leads to `there` by every way that a feed has, and its audio by a redirect.
fn leads(host: &Host, path: &str, there: &str) -> String {
    host.set(&format!("{path}/audio/2.mp3"), Page::Redirect(302, format!("{there}/audio")));
    let items =
        [Item { enclosure: Some(format!("{there}/enclosure")), ..item(1, "") }, item(2, &host.url(path))];
    let channel = format!(
        "<itunes:new-feed-url {NAMESPACES}>{there}/new</itunes:new-feed-url><atom:link rel=\"next\" href=\"{there}/next\"/>\
         <atom:link rel=\"prev-archive\" href=\"{there}/archive\"/><image><url>{there}/cover</url></image>"
    );
    let beside = format!(
        "<itunes:image {NAMESPACES} href=\"{there}/image\"/><podcast:transcript {NAMESPACES} url=\"{there}/transcript\" type=\"text/vtt\"/>\
         <podcast:chapters {NAMESPACES} url=\"{there}/chapters\" type=\"application/json+chapters\"/></item>"
    );
    feed_with("A Show", &channel, &items).replace("</item>", &beside)
}

#[test]
fn case_44_no_spelling_of_this_machine_is_asked_by_any_way_that_a_feed_has() {
    let (host, canary) = (Host::start(), Host::start());
    let v6 = TcpListener::bind(("::1", canary.port())).ok();
    let mut config = format!("[http]\n{THIS_MACHINE}\npage_pause_seconds = 0.0\ndownloads_per_host = 8\n");
    for (n, (spelling, _)) in SPELLINGS.iter().enumerate() {
        let there = format!("http://{spelling}:{}", canary.port());
        host.set_feed(&format!("/{n}"), leads(&host, &format!("/{n}"), &there));
        for status in [301, 302] {
            host.set(&format!("/{n}/{status}"), Page::Redirect(status, format!("{there}/redirect")));
            config += &format!(
                "[[shows]]\nslug = \"r-{n}-{status}\"\nfeed = \"{}\"\n",
                host.url(&format!("/{n}/{status}"))
            );
        }
        config += &format!(
            "[[shows]]\nslug = \"s-{n}\"\nfeed = \"{0}\"\n[[shows]]\nslug = \"h-{n}\"\nfeed = \"{0}?h\"\nhistory_url = \"{0}/302\"\n",
            host.url(&format!("/{n}"))
        );
        host.set_feed(&format!("/{n}?h"), feed("A Show", &[]));
    }
    let scene = Scene::configured(&config);
    let slugs: Vec<_> = (0..SPELLINGS.len()).flat_map(|n| [format!("s-{n}"), format!("h-{n}")]).collect();
    let backfill = std::iter::once("backfill").chain(slugs.iter().map(String::as_str)).collect();
    for args in [vec!["sync"], backfill] {
        let ran = scene.run(&args);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
    }

    assert_eq!(canary.take_log(), []);
    if let Some(v6) = v6 {
        v6.set_nonblocking(true).unwrap();
        assert_eq!(v6.accept().map(|_| ()).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
    for (n, (spelling, shown)) in SPELLINGS.iter().enumerate() {
        let shown = shown.replace("PORT", &canary.port().to_string());
        let because = |error: &str| {
            assert!(error.ends_with(&format!("address not allowed: {shown}")), "{spelling}: {error}");
        };
        let downloads = scene.rows(&format!(
            "SELECT r.url, d.outcome, d.error FROM downloads d JOIN resources r ON r.id = d.resource_id
             JOIN shows s ON s.id = r.show_id WHERE s.slug = 's-{n}'"
        ));
        let mut ways = Vec::new();
        for row in &downloads {
            let (url, error) = row.split_once("|failed|").unwrap_or_else(|| panic!("{row}"));
            ways.extend(url.rsplit('/').next());
            because(error);
        }
        ways.sort_unstable();
        ways.dedup();
        let expected = ["2.mp3", "chapters", "cover", "enclosure", "image", "transcript"];
        assert_eq!(ways, expected, "{spelling}: {downloads:?}");
        let fetches = scene.rows(&format!(
            "SELECT f.url, f.outcome, f.error FROM fetches f JOIN shows s ON s.id = f.show_id
             WHERE s.slug IN ('s-{n}', 'r-{n}-301', 'r-{n}-302', 'h-{n}') AND f.outcome <> 'new' AND f.status IS NOT 304"
        ));
        for row in &fetches {
            because(row.split_once("|refused|").unwrap_or_else(|| panic!("{row}")).1);
        }
        let mut ways: Vec<_> =
            fetches.iter().map(|row| row.split('|').next().unwrap().rsplit('/').next().unwrap()).collect();
        ways.sort_unstable();
        ways.dedup();
        assert_eq!(ways, ["301", "302", "archive", "new", "next"], "{spelling}");
    }
    assert_eq!(
        scene.rows("SELECT count(*) FROM shows WHERE feed_url <> configured_url"),
        ["0"],
        "no feed has moved"
    );
    scene.assert_sound();
}

#[test]
fn case_44_what_is_no_address_at_all_is_told_and_not_asked() {
    let (host, canary) = (Host::start(), Host::start());
    let port = canary.port();
    let enclosures = [
        (format!("http://[::1%25lo]:{port}/a"), "not an address: invalid IPv6 address"),
        (format!("http://[::1%lo]:{port}/b"), "not an address: invalid IPv6 address"),
        (
            "http://127.0.0.1:0/c".to_owned(),
            "address not allowed: 127.0.0.1:0 (private; allow_hosts can list it)",
        ),
        ("http://127.0.0.1:65536/d".to_owned(), "not an address: invalid port number"),
        (format!("http://127.0.0.1.1:{port}/e"), "not an address: invalid IPv4 address"),
        (format!("http://0x7f.0.0.256:{port}/f"), "not an address: invalid IPv4 address"),
        (format!("gopher://127.0.0.1:{port}/g"), "scheme not allowed: gopher"),
        ("file:///etc/passwd".to_owned(), "scheme not allowed: file"),
    ];
    let items: Vec<_> = (1..)
        .zip(&enclosures)
        .map(|(n, (url, _))| Item { enclosure: Some(url.clone()), ..item(n, "") })
        .collect();
    host.set_feed("/feed", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed")]);
    assert_eq!(scene.run(&["sync"]).code, 3);
    assert_eq!(canary.take_log(), []);
    assert_eq!(
        scene.rows("SELECT d.error FROM downloads d JOIN resources r ON r.id = d.resource_id JOIN episodes e ON e.id = r.episode_id ORDER BY e.number"),
        enclosures.map(|(_, error)| error)
    );
}

#[test]
fn case_44_an_entry_in_allow_hosts_opens_that_port_and_no_other() {
    let (host, listed, other) = (Host::start(), Host::start(), Host::start());
    for host in [&listed, &other] {
        host.set_audio("/1.mp3", audio(1));
        host.set_audio("/2.mp3", audio(2));
    }
    let at = |n, url: String| Item { enclosure: Some(url), ..item(n, "") };
    let spelled = format!("http://0x7f.1:{}/2.mp3", listed.port());
    host.set("/to-other", Page::Redirect(302, other.url("/1.mp3")));
    listed.set("/to-other", Page::Redirect(302, other.url("/2.mp3")));
    host.set_feed(
        "/feed",
        feed(
            "A Show",
            &[
                at(1, listed.url("/1.mp3")),
                at(2, spelled),
                at(3, other.url("/1.mp3")),
                at(4, host.url("/to-other")),
                at(5, listed.url("/to-other")),
            ],
        ),
    );
    let scene =
        Scene::with(&[&host.url("/feed")], &format!("allow_hosts = [\"127.0.0.1:{}\"]", listed.port()));
    assert_eq!(scene.run(&["sync"]).code, 3);
    assert_eq!(listed.take_paths(), ["/1.mp3", "/2.mp3", "/to-other"]);
    assert_eq!(other.take_log(), []);
    let outcomes =
        "SELECT e.number, d.outcome, d.error FROM downloads d JOIN resources r ON r.id = d.resource_id
                    JOIN episodes e ON e.id = r.episode_id ORDER BY 1";
    let refused =
        format!("address not allowed: 127.0.0.1:{} (private; allow_hosts can list it)", other.port());
    assert_eq!(
        scene.rows(outcomes),
        [
            "1|stored|NULL".to_owned(),
            "2|stored|NULL".to_owned(),
            format!("3|failed|{refused}"),
            format!("4|failed|{}: {refused}", other.url("/1.mp3")),
            format!("5|failed|{}: {refused}", other.url("/2.mp3")),
        ]
    );
}

/// Decided before there is a socket: nothing here is ever connected to.
#[test]
fn case_44_what_is_beyond_this_machine_is_refused_before_anything_is_opened() {
    let guard = Guard::new(&Options::default());
    let feed: Url = "https://feeds.example.org/rss".parse().unwrap();
    let scope = Scope::of_feed(&feed);
    let refused = |url: &str| match guard.check(&url.parse().unwrap(), &scope) {
        Ok(()) => "open".to_owned(),
        Err(refusal) => refusal
            .to_string()
            .replace("address not allowed: ", "")
            .replace(" (private; allow_hosts can list it)", " P")
            .replace(" (not on the public internet)", " S"),
    };
    for (url, expected) in [
        ("http://10.0.0.1/", "10.0.0.1:80 P"),
        ("http://10.255.255.255:8080/", "10.255.255.255:8080 P"),
        ("http://172.16.0.1/", "172.16.0.1:80 P"),
        ("http://172.31.255.255/", "172.31.255.255:80 P"),
        ("https://192.168.1.1/", "192.168.1.1:443 P"),
        ("http://3232235777/", "192.168.1.1:80 P"),
        ("http://0xc0.0xa8.1/", "192.168.0.1:80 P"),
        ("http://100.64.0.1/", "100.64.0.1:80 P"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254:80 S"),
        ("http://2852039166/", "169.254.169.254:80 S"),
        ("http://[::ffff:169.254.169.254]/", "[::ffff:a9fe:a9fe]:80 S"),
        ("http://[fd00:ec2::254]/", "[fd00:ec2::254]:80 S"),
        ("http://[fd12:3456::1]/", "[fd12:3456::1]:80 P"),
        ("http://[fe80::1]/", "[fe80::1]:80 S"),
        ("http://[64:ff9b::7f00:1]/", "[64:ff9b::7f00:1]:80 S"),
        ("http://[64:ff9b::10.0.0.1]/", "[64:ff9b::a00:1]:80 S"),
        ("http://[2002:7f00:1::]/", "[2002:7f00:1::]:80 S"),
        ("http://[::7f00:1]/", "[::7f00:1]:80 S"),
        ("http://[::]/", "[::]:80 S"),
        ("http://[ff02::1]/", "[ff02::1]:80 S"),
        ("http://224.0.0.1/", "224.0.0.1:80 S"),
        ("http://255.255.255.255/", "255.255.255.255:80 S"),
        ("http://198.18.0.1/", "198.18.0.1:80 S"),
        ("http://metadata.google.internal/", "metadata.google.internal:80 S"),
        ("http://metadata/", "metadata:80 P"),
        ("http://nas.local:8080/", "nas.local:8080 P"),
        ("http://router.home.arpa./", "router.home.arpa:80 P"),
        ("http://a.localhost/", "a.localhost:80 P"),
        ("http://localhost.localdomain/", "localhost.localdomain:80 P"),
        ("https://feeds.example.org:8443/", "open"),
        ("https://cdn.example.org/", "open"),
    ] {
        assert_eq!(refused(url), expected, "{url}");
    }
}

#[test]
fn case_46_a_proxy_in_the_environment_is_not_asked() {
    let (host, proxy) = (Host::start(), Host::start());
    host.set_feed("/feed", feed("A Show", &[item(1, &host.url(""))]));
    host.set_audio("/audio/1.mp3", audio(1));
    let scene = Scene::new(&[&host.url("/feed")]);
    let mut command = scene.command(&["sync"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, proxy.url("/"));
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    assert_eq!(proxy.take_log(), []);
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/feed"]);
}
