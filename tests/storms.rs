//! A host that has enough of us: a long list of episodes is no reason to ask it for each.

mod support;

use support::feed::{feed, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// A show of twenty episodes whose audio answers so, and how often any of it was asked for in a run.
fn asked(answer: &Page) -> usize {
    let (host, cdn) = (Host::start(), Host::start());
    let items: Vec<_> = (1..=20).map(|n| item(n, &cdn.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=20 {
        cdn.set(&format!("/audio/{n}.mp3"), answer.clone());
    }
    let allow = format!("allow_hosts = [\"127.0.0.1:{}\"]\ndownloads_per_host = 1", cdn.port());
    let scene = Scene::with(&[&host.url("/feed.xml")], &allow);
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("held back after earlier answers of its host"), "{}", ran.stderr);
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "20");
    scene.assert_sound();
    cdn.take_log().len()
}

#[test]
fn case_122_a_host_that_refuses_again_and_again_is_left_alone_for_the_run() {
    let retry = |after: &str| Page::Headers(429, vec![("Retry-After".to_owned(), after.to_owned())]);
    for answer in [Page::Status(429), retry("soon"), retry("0"), Page::Status(500), Page::Status(503)] {
        assert_eq!(asked(&answer), 9);
    }
}

#[test]
fn case_122_pages_that_are_not_there_are_no_trouble_of_the_host() {
    let host = Host::start();
    let items: Vec<_> = (1..=20).map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 3);
    assert_eq!(
        scene.rows("SELECT outcome, http_status, count(*) FROM downloads GROUP BY 1, 2"),
        ["failed|404|20"]
    );
}
