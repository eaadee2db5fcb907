//! An archive of a small show, and the host that it came from.

use super::feed::{audio, feed, item};
use super::host::Host;
use super::scene::Scene;

/// A host with a show of so many episodes, one a day from 1 January 2026, and an archive of them all.
pub fn archived(episodes: u32) -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<_> = (1..=episodes).map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=episodes {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    (host, scene)
}
