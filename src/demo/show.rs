//! The shows: their feeds, audio and what stands beside it, as they are served.

use super::edition::Edition;

/// The short name of the show that is looked at closely.
pub const SLUG: &str = "two-kettles";

/// Its title.
pub const TITLE: &str = "Two Kettles";

/// A show inside the program.
pub(super) struct Show {
    /// Its short name.
    pub(super) slug: &'static str,
    /// The path of its feed.
    pub(super) feed_path: &'static str,
    /// Its feed, both editions; see [`Edition`].
    feed: &'static str,
    /// What the feed points at.
    files: &'static [File],
}

/// Path, media type and bytes.
type File = (&'static str, &'static str, &'static [u8]);

const FEED: &str = "application/rss+xml; charset=utf-8";
const MP3: &str = "audio/mpeg";
const PNG: &str = "image/png";

/// All shows. `shows/make-audio.sh` made the audio, a few seconds each.
pub(super) const SHOWS: [Show; 3] = [
    Show {
        slug: SLUG,
        feed_path: "/feed.xml",
        feed: include_str!("shows/two-kettles/feed.xml"),
        files: &[
            ("/audio/1.mp3", MP3, include_bytes!("shows/two-kettles/1.mp3")),
            ("/audio/2.mp3", MP3, include_bytes!("shows/two-kettles/2.mp3")),
            ("/audio/3.mp3", MP3, include_bytes!("shows/two-kettles/3.mp3")),
            ("/audio/4.mp3", MP3, include_bytes!("shows/two-kettles/4.mp3")),
            ("/cover.png", PNG, include_bytes!("shows/two-kettles/cover.png")),
            ("/4.vtt", "text/vtt", include_bytes!("shows/two-kettles/4.vtt")),
        ],
    },
    Show {
        slug: "lamp-and-ledger",
        feed_path: "/lamp/feed.xml",
        feed: include_str!("shows/lamp-and-ledger/feed.xml"),
        files: &[
            ("/lamp/0.mp3", MP3, include_bytes!("shows/lamp-and-ledger/0.mp3")),
            ("/lamp/1.mp3", MP3, include_bytes!("shows/lamp-and-ledger/1.mp3")),
            ("/lamp/2.mp3", MP3, include_bytes!("shows/lamp-and-ledger/2.mp3")),
            // A rerun: the very bytes of episode 2 at another address.
            ("/lamp/again/2.mp3", MP3, include_bytes!("shows/lamp-and-ledger/2.mp3")),
            ("/lamp/3.mp3", MP3, include_bytes!("shows/lamp-and-ledger/3.mp3")),
            ("/lamp/4.mp3", MP3, include_bytes!("shows/lamp-and-ledger/4.mp3")),
            ("/lamp/5.mp3", MP3, include_bytes!("shows/lamp-and-ledger/5.mp3")),
            // Where the second edition has it.
            ("/lamp/audio/5.mp3", MP3, include_bytes!("shows/lamp-and-ledger/5.mp3")),
            ("/lamp/6.mp3", MP3, include_bytes!("shows/lamp-and-ledger/6.mp3")),
            ("/lamp/7.mp3", MP3, include_bytes!("shows/lamp-and-ledger/7.mp3")),
            ("/lamp/8.mp3", MP3, include_bytes!("shows/lamp-and-ledger/8.mp3")),
            ("/lamp/10.mp3", MP3, include_bytes!("shows/lamp-and-ledger/10.mp3")),
            ("/lamp/11.mp3", MP3, include_bytes!("shows/lamp-and-ledger/11.mp3")),
            ("/lamp/12.mp3", MP3, include_bytes!("shows/lamp-and-ledger/12.mp3")),
            ("/lamp/cover.png", PNG, include_bytes!("shows/lamp-and-ledger/cover.png")),
            ("/lamp/7.vtt", "text/vtt", include_bytes!("shows/lamp-and-ledger/7.vtt")),
            ("/lamp/11.vtt", "text/vtt", include_bytes!("shows/lamp-and-ledger/11.vtt")),
            ("/lamp/8.json", "application/json+chapters", include_bytes!("shows/lamp-and-ledger/8.json")),
        ],
    },
    Show {
        slug: "raetselstunde",
        feed_path: "/raetsel/feed.xml",
        feed: include_str!("shows/raetselstunde/feed.xml"),
        files: &[
            ("/raetsel/1.mp3", MP3, include_bytes!("shows/raetselstunde/1.mp3")),
            ("/raetsel/2.mp3", MP3, include_bytes!("shows/raetselstunde/2.mp3")),
            ("/raetsel/3.mp3", MP3, include_bytes!("shows/raetselstunde/3.mp3")),
            ("/raetsel/4.mp3", MP3, include_bytes!("shows/raetselstunde/4.mp3")),
            ("/raetsel/5.mp3", MP3, include_bytes!("shows/raetselstunde/5.mp3")),
            ("/raetsel/titelbild.png", PNG, include_bytes!("shows/raetselstunde/titelbild.png")),
            ("/raetsel/5.srt", "application/x-subrip", include_bytes!("shows/raetselstunde/5.srt")),
        ],
    },
];

/// Something that can be asked for.
pub(super) struct Resource {
    pub(super) path: &'static str,
    pub(super) media_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// All that the host serves of an edition; `host` is its own `address:port`.
pub(super) fn resources(host: &str, edition: Edition) -> Vec<Resource> {
    SHOWS.iter().flat_map(|show| show.resources(host, edition)).collect()
}

impl Show {
    fn resources(&self, host: &str, edition: Edition) -> Vec<Resource> {
        let bytes = self.document(host, edition).into_bytes();
        let feed = Resource { path: self.feed_path, media_type: FEED, bytes };
        let files = self.files.iter().map(|(path, media_type, bytes)| Resource {
            path,
            media_type,
            bytes: bytes.to_vec(),
        });
        std::iter::once(feed).chain(files).collect()
    }

    /// The feed as it is served. `{host}` becomes the host, `{1.mp3}` the length of the file of that name.
    fn document(&self, host: &str, edition: Edition) -> String {
        let feed = edition.of(self.feed).replace("{host}", host);
        self.files.iter().fold(feed, |feed, (path, _, bytes)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            feed.replace(&format!("{{{name}}}"), &bytes.len().to_string())
        })
    }
}

/// The short names of all shows.
pub fn slugs() -> Vec<String> {
    SHOWS.iter().map(|show| show.slug.to_owned()).collect()
}

/// The audio of an episode of [`SLUG`], by its number.
pub fn audio(number: usize) -> Option<&'static [u8]> {
    let show = SHOWS.iter().find(|show| show.slug == SLUG)?;
    let mut audio = show.files.iter().filter(|(_, media_type, _)| *media_type == MP3);
    audio.nth(number.checked_sub(1)?).map(|(_, _, bytes)| *bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of every enclosure its path and length.
    fn enclosures(document: &str) -> Vec<(String, usize)> {
        let starts = document.split("<enclosure url=\"http://HOST").skip(1);
        let read = |rest: &str| {
            let mut parts = rest.split('"');
            let path = parts.next().unwrap().to_owned();
            (path, parts.nth(1).unwrap().parse().unwrap())
        };
        starts.map(read).collect()
    }

    #[test]
    fn lengths_in_the_feeds_are_those_of_the_audio_but_one_that_is_wrong_on_purpose() {
        for edition in [Edition::First, Edition::Second] {
            let mut wrong = Vec::new();
            for show in &SHOWS {
                for (path, length) in enclosures(&show.document("HOST", edition)) {
                    let (_, media_type, bytes) = show.files.iter().find(|(at, ..)| *at == path).unwrap();
                    assert_eq!(*media_type, MP3);
                    wrong.extend((bytes.len() != length).then_some(path));
                }
            }
            assert_eq!(wrong, ["/raetsel/3.mp3"]);
        }
    }

    #[test]
    fn every_address_of_the_host_in_a_feed_is_served() {
        for (show, edition) in SHOWS.iter().flat_map(|show| [(show, Edition::First), (show, Edition::Second)])
        {
            let document = show.document("HOST", edition);
            for path in document.split("\"http://HOST").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let served = show.feed_path == path || show.files.iter().any(|(at, ..)| *at == path);
                assert!(served, "{path}");
            }
        }
    }
}
