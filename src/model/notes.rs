//! What show notes say: segments that cover them in order, links, people, sponsors.

use serde::Serialize;

use super::Chapter;
use super::feed::named;

/// The notes of one episode, read. Segments cover all of the notes, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Notes {
    /// The parts, in order.
    pub segments: Vec<Segment>,
    /// Hyperlinks and bare URLs, in order.
    pub links: Vec<Link>,
    /// Persons that the notes present.
    pub people: Vec<Person>,
    /// Who paid.
    pub sponsors: Vec<Sponsor>,
    /// The whole notes as plain text that reads well in a terminal; the segments' texts joined.
    pub text: String,
}

impl Notes {
    /// Chapters of source `notes`, made of the segments that tell a time; none unless two of these have a title and the
    /// times ascend.
    pub fn chapters(&self) -> Vec<Chapter> {
        let timed = self.segments.iter().filter_map(|segment| Some((segment.start_seconds?, segment)));
        let timed: Vec<(f64, &Segment)> = timed.collect();
        let titled = timed.iter().filter(|(_, segment)| segment.title.is_some()).count();
        if titled < 2 || !timed.is_sorted_by(|one, next| one.0 < next.0) {
            return Vec::new();
        }
        let chapters = (1..).zip(timed).map(|(position, (start_seconds, segment))| Chapter {
            source: "notes".to_owned(),
            position,
            start_seconds,
            end_seconds: None,
            title: segment.title.clone().or_else(|| first_words(&segment.text)),
            url: segment.url.clone(),
            image_url: None,
        });
        chapters.collect()
    }
}

/// The beginning of a text without the time in front, cut between words.
fn first_words(text: &str) -> Option<String> {
    const LONGEST: usize = 60;
    let no_word = |word: &&str| {
        !word.contains(char::is_alphanumeric) || word.contains(':') && !word.contains(char::is_alphabetic)
    };
    let mut words = String::new();
    for word in text.lines().next()?.split_whitespace().skip_while(no_word) {
        if !words.is_empty() && words.chars().count() + word.chars().count() >= LONGEST {
            words.push('…');
            break;
        }
        words.push_str(if words.is_empty() { "" } else { " " });
        words.push_str(word);
    }
    (!words.is_empty()).then_some(words)
}

named! {
    /// What a segment is for.
    SegmentKind {
        /// Opening prose.
        Intro = "intro",
        /// One subject.
        Topic = "topic",
        /// An advertisement or its thanks.
        Sponsor = "sponsor",
        /// Hosts, guests, contributors.
        People = "people",
        /// A list of references.
        Links = "links",
        /// Follow-ups, picks, announcements, news of the hosts.
        Extras = "extras",
        /// The joke.
        Joke = "joke",
        /// Subscribe, social, support, legal.
        Boilerplate = "boilerplate",
    }
}

/// A part of the notes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Segment {
    /// Its place, from 1.
    pub position: u32,
    /// What it is for.
    pub kind: SegmentKind,
    /// The number it bears, such as 3 of `Brian #3:`.
    pub number: Option<i64>,
    /// Who brings it, as written.
    pub presenter: Option<String>,
    /// Its heading without name, number and time.
    pub title: Option<String>,
    /// The heading over a run of topics, such as `News items`.
    pub group_title: Option<String>,
    /// The first link of its heading, absolute.
    pub url: Option<String>,
    /// Where in the audio it begins.
    pub start_seconds: Option<f64>,
    /// All of it as plain text, heading included.
    pub text: String,
    /// All of it as the HTML it was made from.
    pub html: String,
}

/// A hyperlink or bare URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its place among the links of the notes, from 1.
    pub position: u32,
    /// The position of the segment it stands in.
    pub segment: Option<u32>,
    /// As published; made absolute where relative.
    pub url: String,
    /// The words it is set on.
    pub text: Option<String>,
    /// The address without tracking parameters and redirect prefixes.
    pub target_url: Option<String>,
    /// The host of the target.
    pub host: Option<String>,
    /// The registrable domain of the target, by the public suffix list.
    pub domain: Option<String>,
    /// It stands in a segment of kind `boilerplate`.
    pub in_boilerplate: bool,
}

named! {
    /// What a person does in an episode or show.
    Role {
        /// Runs the show.
        Host = "host",
        /// Was invited.
        Guest = "guest",
        /// Wrote or made it, as `author` fields say.
        Author = "author",
        /// Takes part in some other way.
        Contributor = "contributor",
    }
}

/// A person that the notes present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The name as written, without titles and handles.
    pub name: String,
    /// A page of theirs that the notes link.
    pub url: Option<String>,
    /// What they do.
    pub role: Role,
    /// How it is known: `notes:people` (a block that presents them), `notes:presenter`, `notes:intro`.
    pub source: String,
}

/// Somebody who paid for an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sponsor {
    /// The position of the segment that names them.
    pub segment: Option<u32>,
    /// Its place among the sponsors of the episode, from 1.
    pub position: u32,
    /// The name as written.
    pub name: String,
    /// Where their link leads.
    pub url: Option<String>,
    /// The words they are thanked with.
    pub text: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(start_seconds: Option<f64>, title: Option<&str>, text: &str) -> Segment {
        Segment {
            position: 0,
            kind: SegmentKind::Topic,
            number: None,
            presenter: None,
            title: title.map(str::to_owned),
            group_title: None,
            url: title.map(|title| format!("https://a.example/{title}")),
            start_seconds,
            text: text.to_owned(),
            html: String::new(),
        }
    }

    fn chapters(segments: Vec<Segment>) -> Vec<(u32, f64, Option<String>, Option<String>)> {
        let notes = Notes { segments, ..Notes::default() };
        let all = notes.chapters().into_iter();
        all.map(|chapter| {
            assert_eq!((chapter.source.as_str(), chapter.end_seconds), ("notes", None));
            (chapter.position, chapter.start_seconds, chapter.title, chapter.url)
        })
        .collect()
    }

    #[test]
    fn timed_segments_are_chapters() {
        let long = "(01:30) What a word ".to_owned() + &"and another word ".repeat(9);
        let found = chapters(vec![
            segment(None, Some("Untimed"), "Untimed"),
            segment(Some(0.0), Some("One"), "00:00 One"),
            segment(Some(90.0), None, &long),
            segment(Some(200.0), Some("Two"), "03:20 Two"),
        ]);
        let named = |name: &str| (Some(name.to_owned()), Some(format!("https://a.example/{name}")));
        let words = "What a word and another word and another word and another…";
        assert_eq!(
            found,
            [
                (1, 0.0, named("One").0, named("One").1),
                (2, 90.0, Some(words.to_owned()), None),
                (3, 200.0, named("Two").0, named("Two").1),
            ]
        );
    }

    #[test]
    fn doubtful_times_are_no_chapters() {
        assert_eq!(chapters(vec![segment(Some(0.0), Some("One"), ""), segment(Some(9.0), None, "x")]), []);
        let back = vec![segment(Some(9.0), Some("One"), ""), segment(Some(3.0), Some("Two"), "")];
        assert_eq!(chapters(back), []);
        assert_eq!(chapters(Vec::new()), []);
    }
}
