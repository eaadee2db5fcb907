//! What is done with a document of anybody's, and what must hold of the answer: shared by `tests/fuzz.rs` and `fuzz/`.

use castkeep::model::Chapter;
use castkeep::{export, feed, notes, sidecar};

pub fn read_feed(document: &[u8]) {
    let Ok(parsed) = feed::parse(document, feed::Hints::default(), &|_| false) else { return };
    let resolutions = feed::resolve(&[], &parsed);
    assert_eq!(resolutions.len(), parsed.episodes.len());
    for episode in &parsed.episodes {
        assert!(episode.item_sha256.is_some());
        assert!(episode.duration_seconds.is_none_or(|seconds| seconds.is_finite() && seconds >= 0.0));
        assert!(episode.guid.as_deref().is_none_or(|guid| !guid.is_empty() && guid.trim() == guid));
    }
    // The same again, now that all of it is known: nothing is read, and as much is listed.
    let again = feed::parse(document, feed::Hints::default(), &|_| true).unwrap();
    assert_eq!(again.episodes.len(), 0);
    assert!(
        again.unchanged.len() >= parsed.episodes.len(),
        "an item that can't be read is none, and can't be known"
    );
    feed::made_at(&parsed, "2026-01-01T00:00:00Z".parse().unwrap());
    serde_json::to_string(&parsed).unwrap();
}

/// Lines of the document as the dates and lengths of an item.
pub fn read_dates(document: &[u8]) {
    let text = String::from_utf8_lossy(document).replace("]]>", "");
    for line in text.lines().take(20) {
        let document = format!(
            "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><item><title>t</title>\
             <pubDate><![CDATA[{line}]]></pubDate><itunes:duration><![CDATA[{line}]]></itunes:duration></item></channel></rss>"
        );
        read_feed(document.as_bytes());
    }
}

pub fn read_notes(document: &[u8]) {
    let html = String::from_utf8_lossy(document);
    let notes = notes::read(notes::Source {
        html: &html,
        title: Some("A title"),
        base: None,
        cast: None,
        show: None,
    });
    for (position, segment) in (1..).zip(&notes.segments) {
        assert_eq!(segment.position, position);
    }
    for (position, link) in (1..).zip(&notes.links) {
        assert_eq!(link.position, position);
        assert!(link.segment.is_none_or(|segment| segment as usize <= notes.segments.len()));
    }
    let traits = notes::traits(&html).to_bytes();
    assert!(notes::Traits::from_bytes(&traits).is_some());
}

pub fn read_transcript(document: &[u8]) {
    let Ok(transcript) = sidecar::transcript(document, None, None) else { return };
    for cue in &transcript.cues {
        assert!(cue.start_seconds.is_finite() && cue.start_seconds >= 0.0, "{cue:?}");
        assert!(cue.end_seconds.is_none_or(f64::is_finite), "{cue:?}");
        assert!(!cue.text.trim().is_empty(), "{cue:?}");
    }
}

pub fn read_chapters(document: &[u8]) {
    let Ok(read) = sidecar::chapters(document) else { return };
    are_in_order(&read.chapters);
}

/// The document as a file of sound, whatever it begins with.
pub fn read_audio(document: &[u8]) {
    let mut file = document;
    let (chapters, _) = sidecar::id3::chapters(&mut file);
    are_in_order(&chapters);
    let movie = sidecar::mp4::read(&mut file);
    are_in_order(&movie.chapters);
    assert!(movie.duration_seconds.is_none_or(|seconds| seconds.is_finite() && seconds > 0.0));
    assert!(movie.media_bytes <= document.len() as u64);
}

pub fn read_opml(document: &[u8]) {
    let Ok(found) = export::opml_reader::read(document) else { return };
    let lines = document.split(|byte| *byte == b'\n').count();
    let mut before = 1;
    for feed in &found.feeds {
        assert!(feed.feed.as_deref().is_none_or(|feed| !feed.trim().is_empty()), "{feed:?}");
        assert!(feed.title.as_deref().is_none_or(|title| !title.trim().is_empty()), "{feed:?}");
        // In UTF-16, a line break may be part of another character, but hardly the other way round.
        assert!(feed.line >= before && feed.line <= lines + 1, "{feed:?}");
        before = feed.line;
    }
}

fn are_in_order(chapters: &[Chapter]) {
    for (position, chapter) in (1..).zip(chapters) {
        assert_eq!(chapter.position, position);
        assert!(chapter.start_seconds.is_finite() && chapter.start_seconds >= 0.0, "{chapter:?}");
        assert!(chapter.end_seconds.is_none_or(f64::is_finite), "{chapter:?}");
    }
}
