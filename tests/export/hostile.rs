//! A show as nobody should make one, and some do.

use crate::support::feed::{Item, audio, feed_with, item};
use crate::support::host::Host;
use crate::support::scene::Scene;

/// Titles, guids and notes as nobody should write them, and some do. As a feed has them.
pub const HOSTILE: &[(&str, &str)] = &[
    ("=HYPERLINK(\"http://evil.example/\",\"x\")", "=1+1"),
    ("../../etc/passwd &amp; 100% &lt;b&gt;", "../../../etc/passwd"),
    ("a ]]&gt; b &lt;![CDATA[c]]&gt;", "]]&gt;"),
    ("\u{202e}gnp.exe \u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467} Ünï — 不合时宜", "\u{1f600}\u{5d0}"),
    ("tab\tand   spaces, \"quotes\" 'n' |pipes|", "two words  two spaces"),
    ("&amp;amp; &amp;lt;script&amp;gt;", "AT&amp;T"),
];

const NOTES: &str = "<p>One &nbsp;&rsquo; &amp;lt; &lt;b&gt; <a href=\"https://example.org/?a=1&amp;b=2\">link</a></p>\n<pre>a\n\tb</pre>";

/// A show of hostile episodes, and others that lack what episodes have.
pub fn archived() -> (Host, Scene) {
    let host = Host::start();
    let mut items: Vec<Item> = (1..)
        .zip(HOSTILE)
        .map(|(n, (title, guid))| {
            let mut item = item(n, &host.url(""));
            item.title = (*title).to_owned();
            item.guid = Some((*guid).to_owned());
            item.notes = format!("{NOTES} {n} ]]]]><![CDATA[> end");
            host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
            item
        })
        .collect();
    let n = items.len() as u32;
    let bare = |n: u32| Item { guid: None, ..item(n, &host.url("")) };
    items.push(bare(n + 1));
    items.push(Item { enclosure: None, title: String::new(), ..item(n + 2, &host.url("")) });
    items.push(Item { enclosure: None, guid: None, notes: String::new(), ..item(n + 3, "") });
    // Two episodes with one guid, and one without a date.
    items.push(Item { guid: Some("same".to_owned()), ..item(n + 4, &host.url("")) });
    items.push(Item { guid: Some("same".to_owned()), date: String::new(), ..item(n + 5, &host.url("")) });
    for more in [1, 4, 5] {
        host.set_audio(&format!("/audio/{}.mp3", n + more), audio(n + more));
    }
    let more = "<language>en</language><copyright>&#169; all</copyright>";
    host.set_feed("/feed.xml", feed_with("A &lt;Show&gt; ]]&gt;", more, &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    (host, scene)
}
