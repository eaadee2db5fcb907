//! Builds feeds for tests, and audio that castkeep takes for audio.

/// An item under construction.
#[derive(Clone)]
pub struct Item {
    pub guid: Option<String>,
    pub title: String,
    pub date: String,
    pub enclosure: Option<String>,
    pub length: u64,
    pub notes: String,
}

/// Item `n` of a show: `Episode n`, published on day n of January 2026, its audio at `{host}/audio/n.mp3`.
pub fn item(n: u32, host: &str) -> Item {
    Item {
        guid: Some(format!("guid-{n}")),
        title: format!("#{n} Episode {n}"),
        date: format!("{n:02} Jan 2026 08:00:00 +0000"),
        enclosure: Some(format!("{host}/audio/{n}.mp3")),
        length: audio(n).len() as u64,
        notes: format!("<p>Notes of episode {n}, see <a href=\"https://example.org/{n}\">this page</a>.</p>"),
    }
}

impl Item {
    pub fn xml(&self) -> String {
        let guid =
            self.guid.as_ref().map_or(String::new(), |g| format!("<guid isPermaLink=\"false\">{g}</guid>"));
        let enclosure = self.enclosure.as_ref().map_or(String::new(), |url| {
            format!("<enclosure url=\"{url}\" length=\"{}\" type=\"audio/mpeg\"/>", self.length)
        });
        format!(
            "<item><title>{}</title>{guid}<pubDate>{}</pubDate>{enclosure}<description><![CDATA[{}]]></description></item>\n",
            self.title, self.date, self.notes
        )
    }
}

/// A feed of these items, in this order.
pub fn feed(title: &str, items: &[Item]) -> String {
    feed_with(title, "", items)
}

/// The same, with more elements in its channel.
pub fn feed_with(title: &str, more: &str, items: &[Item]) -> String {
    let items: String = items.iter().map(Item::xml).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\n\
         <title>{title}</title><link>https://example.org/</link><description>A show</description>{more}\n{items}</channel></rss>\n"
    )
}

/// MPEG audio frames (layer III, 128 kbit/s, 44.1 kHz, silence), different for each `n`: about 200 KB.
pub fn audio(n: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in 0..480_u32 {
        bytes.extend([0xff, 0xfb, 0x90, 0x64]);
        let mut body = vec![0_u8; 413];
        body[100..104].copy_from_slice(&n.to_be_bytes());
        body[104..108].copy_from_slice(&frame.to_be_bytes());
        bytes.extend(body);
    }
    bytes
}
