//! What stored files tell of themselves: how long they play, and the chapters inside them. The files are made here.

#[path = "support/audio.rs"]
mod audio;

use std::fs;

use audio::{chap, flac, id3, id3_frame, m4a, mp3_frame, mp4_box, mp4_numbers, nero, opus, vbri, wav, xing};
use castkeep::download::{Probed, probe};
use castkeep::model::Chapter;

fn probed(bytes: &[u8]) -> Probed {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    probe(&path).unwrap()
}

fn chapter(
    source: &str,
    position: u32,
    start: f64,
    end: Option<f64>,
    title: &str,
    url: Option<&str>,
) -> Chapter {
    Chapter {
        source: source.to_owned(),
        position,
        start_seconds: start,
        end_seconds: end,
        title: (!title.is_empty()).then(|| title.to_owned()),
        url: url.map(str::to_owned),
        image_url: None,
    }
}

fn lasting(media_type: &'static str, seconds: f64, bitrate: u32) -> Probed {
    Probed {
        media_type: Some(media_type),
        duration_seconds: Some(seconds),
        bitrate: Some(bitrate),
        ..Probed::default()
    }
}

#[test]
fn a_steady_stream_is_as_long_as_its_frames() {
    // 1000 frames of 1152 samples at 44.1 kHz.
    let bytes = mp3_frame(128).repeat(1000);
    assert_eq!(probed(&bytes), lasting("audio/mpeg", 26.122, 127_706));
    // An old tag at the end, junk in front: no sound.
    let mut tail = b"TAG".to_vec();
    tail.resize(128, b' ');
    assert_eq!(probed(&[&[0; 300], &bytes[..], &tail].concat()), lasting("audio/mpeg", 26.122, 127_706));
    // 5 MB are not read as a whole.
    let long = mp3_frame(64).repeat(25_000);
    assert_eq!(probed(&long), lasting("audio/mpeg", 653.061, 63_700));
}

#[test]
fn a_header_tells_the_length_of_a_varying_stream() {
    let sound: Vec<u8> = (0..1000).flat_map(|at| mp3_frame([32, 64, 320][at % 3])).collect();
    let length = (sound.len() + 417) as u32;
    for header in [xing(1000, length), vbri(1000, length)] {
        let rate = (f64::from(length) * 8.0 / (1000.0 * 1152.0 / 44_100.0)).round() as u32;
        assert_eq!(probed(&[header, sound.clone()].concat()), lasting("audio/mpeg", 26.122, rate));
    }
}

#[test]
fn the_header_of_another_stream_is_not_believed() {
    // A host put an advertisement of 500 frames behind the header of an episode of 1000.
    let bytes = [xing(1000, 1000 * 417), mp3_frame(128).repeat(1500)].concat();
    let found = probed(&bytes);
    assert_eq!(found.duration_seconds, Some(39.21));
    assert_eq!(found.warnings, ["its header tells the length of another stream; it was measured instead"]);
}

#[test]
fn a_varying_stream_without_a_header_is_counted_or_estimated() {
    let frames =
        |count: usize| -> Vec<u8> { (0..count).flat_map(|at| mp3_frame([32, 96, 128][at % 3])).collect() };
    let short = probed(&frames(2000));
    assert_eq!((short.duration_seconds, short.warnings.len()), (Some(52.245), 0));
    let long = probed(&frames(12_000));
    let seconds = long.duration_seconds.unwrap();
    assert!((seconds - 313.469).abs() < 1.0, "{seconds}");
    assert_eq!(long.warnings, ["its bit rate varies and no header tells its length, which is an estimate"]);
}

#[test]
fn chapters_of_a_tag_are_read() {
    let utf16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [vec![1, 0xff, 0xfe], units.collect(), vec![0, 0]].concat()
    };
    for version in [3, 4] {
        let frame = |name: &str, body: &[u8]| id3_frame(version, name, body);
        let one = [frame("TIT2", b"\x00Caf\xe9\0"), frame("APIC", &[0x55; 300])].concat();
        let two = [frame("WXXX", b"\x00a link\0https://a.example/"), frame("TIT2", &utf16("Größe"))].concat();
        let body = [
            frame("APIC", &vec![0x55; 3 << 20]),
            frame("TIT2", b"\x03An episode"),
            chap(version, "b", 60_500, 90_000, &two),
            chap(version, "a", 0, 60_500, &one),
            frame("CTOC", b"toc\0\x03\x02a\0b\0"),
            chap(version, "c", 90_000, u32::MAX, &frame("TIT3", b"\x03Only below")),
            vec![0; 200],
        ];
        let found = probed(&[id3(version, 0, &body.concat()), mp3_frame(128).repeat(1000)].concat());
        let chapters = vec![
            chapter("id3", 1, 0.0, Some(60.5), "Café", None),
            chapter("id3", 2, 60.5, Some(90.0), "Größe", Some("https://a.example/")),
            chapter("id3", 3, 90.0, None, "Only below", None),
        ];
        assert_eq!(found, Probed { chapters, ..lasting("audio/mpeg", 26.122, 127_706) }, "version {version}");
    }
}

#[test]
fn tags_with_escaped_bytes_are_read() {
    let escaped = |bytes: &[u8]| {
        bytes
            .iter()
            .flat_map(|byte| if *byte == 0xff { vec![0xff, 0] } else { vec![*byte] })
            .collect::<Vec<u8>>()
    };
    // Version 3 escapes the tag, version 4 each frame that says so.
    let three = chap(3, "a", 255, 510, &id3_frame(3, "TIT2", b"\x01\xff\xfeH\0i\0"));
    let found = probed(&[id3(3, 0x80, &escaped(&three)), mp3_frame(128).repeat(10)].concat());
    assert_eq!(found.chapters, [chapter("id3", 1, 0.255, Some(0.51), "Hi", None)]);
    let plain = chap(4, "a", 255, 510, &id3_frame(4, "TIT2", b"\x00Hi"));
    let mut four = id3_frame(4, "CHAP", &escaped(&plain[10..]));
    four[9] = 0x02;
    let found = probed(&[id3(4, 0x80, &four), mp3_frame(128).repeat(10)].concat());
    assert_eq!(found.chapters, [chapter("id3", 1, 0.255, Some(0.51), "Hi", None)]);
}

#[test]
fn sizes_that_itunes_wrote_plainly_are_understood() {
    // Version 4, with the sizes of version 3: 200 bytes of title.
    let title = [b"\x03".as_slice(), "x".repeat(199).as_bytes()].concat();
    let body =
        [id3_frame(3, "TIT2", &title), chap(3, "a", 0, 1000, &id3_frame(3, "TIT2", b"\x03One"))].concat();
    let found = probed(&[id3(4, 0, &body), mp3_frame(128).repeat(10)].concat());
    assert_eq!(found.chapters, [chapter("id3", 1, 0.0, Some(1.0), "One", None)]);
}

#[test]
fn chapters_of_a_film_container_are_read() {
    let found = probed(&m4a(3600, 50_000, &[(0, "Anfang"), (60, "Größe"), (1800, "")]));
    let chapters = vec![
        chapter("mp4", 1, 0.0, Some(60.0), "Anfang", None),
        chapter("mp4", 2, 60.0, Some(1800.0), "Größe", None),
        chapter("mp4", 3, 1800.0, Some(3600.0), "", None),
    ];
    assert_eq!(found, Probed { chapters, ..lasting("audio/mp4", 3600.0, 111) });
    let found = probed(&nero(600, &[(0, "One"), (300, "Two")]));
    let chapters =
        vec![chapter("mp4", 1, 0.0, None, "One", None), chapter("mp4", 2, 300.0, None, "Two", None)];
    assert_eq!(found, Probed { chapters, ..lasting("audio/mp4", 600.0, 53) });
}

#[test]
fn other_containers_are_read() {
    assert_eq!(probed(&wav(3)), lasting("audio/wav", 3.0, 128_117));
    let pairs = [
        "TITLE=x",
        "CHAPTER001=00:00:00.000",
        "CHAPTER001NAME=One",
        "CHAPTER002=00:01:00.5",
        "CHAPTER002NAME=Two",
    ];
    let chapters =
        || vec![chapter("vorbis", 1, 0.0, None, "One", None), chapter("vorbis", 2, 60.5, None, "Two", None)];
    let found = probed(&flac(90, &pairs));
    assert_eq!((found.media_type, found.duration_seconds), (Some("audio/flac"), Some(90.0)));
    assert_eq!((found.chapters, found.warnings), (chapters(), vec![]));
    let found = probed(&opus(90, &pairs));
    assert_eq!((found.media_type, found.duration_seconds), (Some("audio/ogg"), Some(90.0)));
    assert_eq!((found.chapters, found.warnings), (chapters(), vec![]));
    let adts = |count: usize| {
        let mut frame = [0x55; 200];
        frame[..7].copy_from_slice(&[0xff, 0xf1, 0x50, 0x80, 0xc8 >> 3, (0xc8 & 7) << 5, 0]);
        frame.repeat(count)
    };
    assert_eq!(probed(&adts(1000)), lasting("audio/aac", 23.22, 68_906));
}

#[test]
fn what_is_no_sound_tells_nothing() {
    for bytes in
        [&b""[..], b"I", b"<!DOCTYPE html><title>Not found</title>", b"1\n00:00:01,000 --> 00:00:02,000\nHi"]
    {
        assert_eq!(probed(bytes), Probed::default());
    }
    let error = probe(std::path::Path::new("no such file")).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn sizes_that_lie_are_not_believed() {
    let none = Probed { media_type: Some("audio/mpeg"), ..Probed::default() };
    let no_frames = Probed { warnings: vec!["no frames of sound were found".to_owned()], ..none.clone() };
    // A tag that says to be longer than the file, frames that say to be longer than the tag.
    assert_eq!(probed(b"ID3\x04\0\0\x7f\x7f\x7f\x7fCHAP\x7f\x7f\x7f\x7f\0\0abc"), {
        let unread = "id3: a chapter at byte 10 can't be read".to_owned();
        Probed { warnings: vec![unread, no_frames.warnings[0].clone()], ..none.clone() }
    });
    assert_eq!(probed(&id3(3, 0, &id3_frame(3, "TIT2", &[0; 20]).repeat(25_000))), {
        let many = "id3: only the first 20000 frames were looked at".to_owned();
        Probed { warnings: vec![many, no_frames.warnings[0].clone()], ..none }
    });
    // Chapters within chapters.
    let mut nested = chap(4, "z", 0, 1, &[]);
    for _ in 0..500 {
        nested = chap(4, "n", 0, 1, &nested);
    }
    let found = probed(&[id3(4, 0, &nested), mp3_frame(128).repeat(10)].concat());
    assert_eq!(found.chapters, [chapter("id3", 1, 0.0, Some(0.001), "", None)]);
    // Boxes longer than the file, of no length, with tables of four thousand million entries.
    let huge = |name: &[u8]| [&[0xff; 4], name].concat();
    let ftyp = mp4_box("ftyp", b"M4A \0\0\0\0");
    let wrong = |bytes: Vec<u8>| probed(&[ftyp.clone(), bytes].concat()).warnings;
    let untold = "mp4: its duration is not told";
    assert_eq!(wrong(huge(b"moov")), ["mp4: the file ends before its last box does", untold]);
    assert_eq!(
        wrong(vec![0, 0, 0, 1, b'm', b'o', b'o', b'v', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ["mp4: no `moov` box", untold]
    );
    assert_eq!(wrong(mp4_box("moov", &[huge(b"trak"), huge(b"mdia")].concat())), [untold]);
    let table = |name: &str| mp4_numbers(name, &[0, u32::MAX, u32::MAX, u32::MAX, u32::MAX, u32::MAX]);
    let tables = ["stts", "stsc", "stsz", "stco"].map(table).concat();
    let media = [
        mp4_numbers("mdhd", &[0, 0, 0, u32::MAX, 1]),
        mp4_box("hdlr", b"\0\0\0\0\0\0\0\0text"),
        mp4_box("minf", &mp4_box("stbl", &tables)),
    ];
    let parts = [
        mp4_numbers("tkhd", &[0, 0, 0, 1]),
        mp4_box("tref", &mp4_numbers("chap", &[1])),
        mp4_box("mdia", &media.concat()),
    ];
    assert_eq!(wrong(mp4_box("moov", &mp4_box("trak", &parts.concat()))), [untold]);
}

#[test]
fn damaged_files_are_probed() {
    let mut random = fastrand::Rng::with_seed(5);
    let wholes = [
        [id3(4, 0, &chap(4, "a", 0, 9, &id3_frame(4, "TIT2", b"\x03One"))), mp3_frame(128).repeat(20)]
            .concat(),
        m4a(60, 500, &[(0, "One"), (30, "Two")]),
        nero(60, &[(0, "One"), (30, "Two")]),
        flac(60, &["CHAPTER001=00:00:01"]),
        opus(60, &["CHAPTER001=00:00:01"]),
        wav(1),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for whole in wholes {
        for _ in 0..300 {
            let mut damaged = whole.clone();
            for _ in 0..random.usize(1..8) {
                // The first bytes decide what it is; behind them are sizes.
                let at = random.usize(4..damaged.len().min(2000));
                match random.u8(..4) {
                    0 => damaged.truncate(at.max(20)),
                    1 => damaged[at] = 0xff,
                    _ => damaged[at] = random.u8(..),
                }
            }
            fs::write(&path, &damaged).unwrap();
            let found = probe(&path).unwrap();
            assert!(
                found.duration_seconds.is_none_or(|seconds| seconds > 0.0 && seconds <= 1e6),
                "{found:?}"
            );
        }
    }
}
