//! `castkeep export opml`: the shows as a list, without secrets.

use crate::support::feed::{feed, item};
use crate::support::scene::Scene;
use crate::{export, exported, hostile, names, read};

/// The outlines of a list: their attributes.
pub fn outlines(opml: &str) -> Vec<Vec<(String, String)>> {
    let document = roxmltree::Document::parse(opml).unwrap();
    assert_eq!(document.root_element().attribute("version"), Some("2.0"));
    let all = document.descendants().filter(|node| node.has_tag_name("outline"));
    let of = |node: roxmltree::Node| {
        node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect()
    };
    all.map(of).collect()
}

#[test]
fn the_shows_are_a_list_that_any_program_reads() {
    let (host, scene) = hostile::archived();
    // One without a title, never fetched; one with a secret, fetched; one with a secret, not fetched.
    host.set_feed("/private.xml?auth=pssst", feed("Private", &[item(1, &host.url(""))]));
    let config = read(&scene, "config.toml");
    let more = [
        host.url("/private.xml?auth=pssst"),
        "https://me:pssst@a.example/feed".to_owned(),
        "https://b.example/".to_owned(),
    ]
    .map(|feed| format!("[[shows]]\nfeed = \"{feed}\"\n"))
    .concat();
    scene.configure(&(config.clone() + &more));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 3);
    scene.meddle("UPDATE shows SET title = NULL, link = NULL, description = NULL, language = NULL WHERE slug = 'private'");
    scene.configure(
        &(config + &more + "[[shows]]\nslug = \"early\"\nfeed = \"https://c.example/?key=pssst\"\n"),
    );
    host.take_log();
    let ran = export(&scene, &["opml"]);
    let slugs = scene.rows("SELECT slug FROM shows WHERE configured_url LIKE '%a.example%'").concat();
    assert_eq!(
        (ran.code, ran.stderr),
        (
            0,
            format!(
                "castkeep: secrets were left out of the addresses of {slugs}, private, early: write them in where you need them\n"
            )
        )
    );
    assert!(!ran.stdout.contains("pssst"));
    let of = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let bare =
        |name: &str, feed: &str| of(&[("type", "rss"), ("text", name), ("title", name), ("xmlUrl", feed)]);
    let title = "A <Show> ]]>";
    let named = scene.rows("SELECT slug FROM shows WHERE configured_url LIKE '%b.example%'").concat();
    assert_eq!(
        outlines(&ran.stdout),
        [
            bare(&slugs, "https://a.example/feed"),
            of(&[
                ("type", "rss"),
                ("text", title),
                ("title", title),
                ("xmlUrl", &host.url("/feed.xml")),
                ("htmlUrl", "https://example.org/"),
                ("description", "A show"),
                ("language", "en"),
            ]),
            bare(&named, "https://b.example/"),
            bare("private", &host.url("/private.xml?auth=***")),
            bare("early", "https://c.example/?key=***"),
        ]
    );
    assert_eq!(scene.run(&["remove", "a-show"]).code, 0);
    assert_eq!(outlines(&export(&scene, &["opml", "--followed", "--quiet"]).stdout).len(), 4);
    assert_eq!(outlines(&export(&scene, &["opml", "--quiet"]).stdout).len(), 5);
    assert_eq!(
        outlines(&export(&scene, &["opml", "--quiet", "--archive", "archive"]).stdout).len(),
        4,
        "without a configuration"
    );
    assert_eq!(host.take_log(), []);
}

#[test]
fn a_list_of_what_was_never_fetched_is_made_from_the_configuration() {
    let scene = Scene::new(&["https://a.example/feed"]);
    let text = exported(&scene, &["opml"]);
    assert_eq!(outlines(&text).len(), 1);
    assert_eq!(names(&scene, ""), ["config.toml"]);
}
