//! Sound files made of the bytes that matter, as small as may be.

/// One MPEG 1 layer III frame at 44.1 kHz, joint stereo: 1152 samples.
pub fn mp3_frame(kilobits: usize) -> Vec<u8> {
    let rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    let index = rates.iter().position(|rate| *rate == kilobits).unwrap() as u8;
    let mut frame = vec![0x55; 144 * kilobits * 1000 / 44_100];
    frame[..4].copy_from_slice(&[0xff, 0xfb, index << 4, 0x64]);
    frame
}

/// The frame without sound that tells of the stream: its frames and its bytes.
pub fn xing(frames: u32, bytes: u32) -> Vec<u8> {
    let mut frame = mp3_frame(128);
    frame[4..].fill(0);
    frame[36..40].copy_from_slice(b"Xing");
    frame[40..44].copy_from_slice(&3_u32.to_be_bytes());
    frame[44..48].copy_from_slice(&frames.to_be_bytes());
    frame[48..52].copy_from_slice(&bytes.to_be_bytes());
    frame
}

/// The same, as Fraunhofer's programs write it.
pub fn vbri(frames: u32, bytes: u32) -> Vec<u8> {
    let mut frame = mp3_frame(128);
    frame[4..].fill(0);
    frame[36..40].copy_from_slice(b"VBRI");
    frame[46..50].copy_from_slice(&bytes.to_be_bytes());
    frame[50..54].copy_from_slice(&frames.to_be_bytes());
    frame
}

fn seven_bits(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift & 0x7f) as u8)
}

/// A tag of a version (3 or 4) with flags.
pub fn id3(version: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    [b"ID3", &[version, 0, flags][..], &seven_bits(body.len()), body].concat()
}

/// A frame of a tag; in version 4 sizes have seven bits a byte.
pub fn id3_frame(version: u8, name: &str, body: &[u8]) -> Vec<u8> {
    let size = if version == 4 { seven_bits(body.len()) } else { (body.len() as u32).to_be_bytes() };
    [name.as_bytes(), &size, &[0, 0], body].concat()
}

/// A chapter: times in milliseconds, frames of its own.
pub fn chap(version: u8, id: &str, start: u32, end: u32, frames: &[u8]) -> Vec<u8> {
    let mut body = [id.as_bytes(), &[0]].concat();
    for number in [start, end, u32::MAX, u32::MAX] {
        body.extend(number.to_be_bytes());
    }
    id3_frame(version, "CHAP", &[&body, frames].concat())
}

/// A box of MP4.
pub fn mp4_box(name: &str, content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), name.as_bytes(), content].concat()
}

/// A box that holds numbers of 32 bits.
pub fn mp4_numbers(name: &str, numbers: &[u32]) -> Vec<u8> {
    mp4_box(name, &numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>())
}

fn mp4_track(id: u32, kind: &str, units: u32, length: u32, more: &[u8], table: &[u8]) -> Vec<u8> {
    let head = mp4_numbers("tkhd", &[0, 0, 0, id, 0, length]);
    let clock = mp4_numbers("mdhd", &[0, 0, 0, units, length, 0]);
    let handler = mp4_box("hdlr", &[&[0; 8], kind.as_bytes(), &[0; 12]].concat());
    let media = mp4_box("mdia", &[clock, handler, mp4_box("minf", &mp4_box("stbl", table))].concat());
    mp4_box("trak", &[&head, more, &media].concat())
}

/// An M4A file of so many seconds with a text track of chapters (start in seconds, title), `moov` at its end.
pub fn m4a(seconds: u32, sound: usize, chapters: &[(u32, &str)]) -> Vec<u8> {
    let start = mp4_box("ftyp", b"M4A \0\0\0\0");
    let samples: Vec<Vec<u8>> = chapters
        .iter()
        .map(|(_, title)| [&(title.len() as u16).to_be_bytes(), title.as_bytes()].concat())
        .collect();
    let place = start.len() + 8 + sound;
    let data = mp4_box("mdat", &[vec![0x21; sound], samples.concat()].concat());
    let ends = chapters.iter().skip(1).map(|(start, _)| *start).chain([seconds]);
    let lengths: Vec<u32> =
        chapters.iter().zip(ends).flat_map(|((start, _), end)| [1, (end - start) * 1000]).collect();
    let count = chapters.len() as u32;
    let sizes: Vec<u32> = samples.iter().map(|sample| sample.len() as u32).collect();
    let table = [
        mp4_numbers("stts", &[vec![0, count], lengths].concat()),
        mp4_numbers("stsc", &[0, 1, 1, count, 1]),
        mp4_numbers("stsz", &[vec![0, 0, count], sizes].concat()),
        mp4_numbers("stco", &[0, 1, place as u32]),
    ];
    let refers = mp4_box("tref", &mp4_numbers("chap", &[2]));
    let moov = [
        mp4_numbers("mvhd", &[0, 0, 0, 1000, seconds * 1000 + 40]),
        mp4_track(1, "soun", 44_100, seconds * 44_100, &refers, &[]),
        mp4_track(2, "text", 1000, seconds * 1000, &[], &table.concat()),
    ];
    [start, data, mp4_box("moov", &moov.concat())].concat()
}

/// An M4A file of so many seconds with Nero's list of chapters, `moov` at its beginning.
pub fn nero(seconds: u32, chapters: &[(u32, &str)]) -> Vec<u8> {
    let mut list = vec![1, 0, 0, 0, 0, 0, 0, 0, chapters.len() as u8];
    for (start, title) in chapters {
        list.extend((u64::from(*start) * 10_000_000).to_be_bytes());
        list.push(title.len() as u8);
        list.extend(title.as_bytes());
    }
    let moov =
        [mp4_numbers("mvhd", &[0, 0, 0, 1000, seconds * 1000]), mp4_box("udta", &mp4_box("chpl", &list))];
    [mp4_box("ftyp", b"isom\0\0\0\0"), mp4_box("moov", &moov.concat()), mp4_box("mdat", &[0; 4000])].concat()
}

/// PCM at 8 kHz, 16 bits, one channel.
pub fn wav(seconds: u32) -> Vec<u8> {
    let data = vec![0; seconds as usize * 16_000];
    let mut format = vec![1, 0, 1, 0];
    format.extend(8000_u32.to_le_bytes());
    format.extend(16_000_u32.to_le_bytes());
    format.extend([2, 0, 16, 0]);
    let part = |name: &[u8], content: &[u8]| [name, &(content.len() as u32).to_le_bytes(), content].concat();
    let body = [b"WAVE".to_vec(), part(b"fmt ", &format), part(b"data", &data)].concat();
    part(b"RIFF", &body)
}

fn comments(pairs: &[&str]) -> Vec<u8> {
    let mut out = vec![4, 0, 0, 0, b't', b'e', b's', b't'];
    out.extend((pairs.len() as u32).to_le_bytes());
    for pair in pairs {
        out.extend((pair.len() as u32).to_le_bytes());
        out.extend(pair.as_bytes());
    }
    out
}

/// The headers of a FLAC file at 48 kHz, with comments.
pub fn flac(seconds: u64, pairs: &[&str]) -> Vec<u8> {
    let mut info = vec![0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0];
    // 20 bits of rate, 3 of channels less one, 5 of bits less one, 36 of samples.
    info.extend((48_000_u64 << 44 | 1 << 41 | 15 << 36 | (seconds * 48_000)).to_be_bytes());
    info.extend([0; 16]);
    let notes = comments(pairs);
    let length = |kind: u8, size: usize| [kind, (size >> 16) as u8, (size >> 8) as u8, size as u8];
    [b"fLaC", &length(0, info.len())[..], &info, &length(0x84, notes.len()), &notes, &[0; 6000]].concat()
}

fn ogg_page(flags: u8, granule: u64, number: u32, packet: &[u8]) -> Vec<u8> {
    let mut lacing = vec![255; packet.len() / 255];
    lacing.push((packet.len() % 255) as u8);
    let mut page =
        [b"OggS", &[0, flags][..], &granule.to_le_bytes(), &7_u32.to_le_bytes(), &number.to_le_bytes()]
            .concat();
    page.extend([0; 4]);
    page.push(lacing.len() as u8);
    [page, lacing, packet.to_vec()].concat()
}

/// An Opus file: 48,000 units a second, of which the first 312 are not played.
pub fn opus(seconds: u64, pairs: &[&str]) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(312_u16.to_le_bytes());
    head.extend(48_000_u32.to_le_bytes());
    head.extend([0; 3]);
    let tags = [b"OpusTags".to_vec(), comments(pairs)].concat();
    [
        ogg_page(2, 0, 0, &head),
        ogg_page(0, 0, 1, &tags),
        ogg_page(0, 48_000, 2, &[0x55; 4000]),
        ogg_page(4, seconds * 48_000 + 312, 3, &[0x55; 4000]),
    ]
    .concat()
}
