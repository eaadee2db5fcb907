//! The frames of MPEG audio (ISO 11172-3, 13818-3) and ADTS (ISO 13818-7): how long each is, in bytes and in time.

/// A frame by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// Bytes, header included.
    pub(super) length: usize,
    /// How many samples it stands for, in each channel.
    pub(super) samples: u32,
    /// Samples a second.
    pub(super) rate: u32,
    /// Bits a second, where the header tells.
    pub(super) bitrate: Option<u32>,
    pub(super) kind: Kind,
}

/// What a frame is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// MPEG audio of this version and layer.
    Mpeg(u8),
    Adts,
}

/// The frame that begins here, if another of its kind begins where it ends.
pub(super) fn pair(bytes: &[u8]) -> Option<Frame> {
    let first = frame(bytes)?;
    let next = frame(bytes.get(first.length..)?)?;
    (next.kind == first.kind && next.rate == first.rate).then_some(first)
}

/// The frame that begins here.
pub(super) fn frame(bytes: &[u8]) -> Option<Frame> {
    let [0xff, second, third, fourth, ..] = *bytes else { return None };
    if second & 0xf6 == 0xf0 { adts(bytes, third, fourth) } else { mpeg(second, third) }
}

fn adts(bytes: &[u8], third: u8, fourth: u8) -> Option<Frame> {
    const RATES: [u32; 13] =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
    let fifth = usize::from(*bytes.get(4)?);
    let length = usize::from(fourth & 3) << 11 | fifth << 3 | usize::from(bytes.get(5)? >> 5);
    let rate = *RATES.get(usize::from(third >> 2 & 15))?;
    (length >= 7).then_some(Frame { length, samples: 1024, rate, bitrate: None, kind: Kind::Adts })
}

/// ISO 11172-3 section 2.4.2.3, with the half rates of 13818-3 and the quarter rates of "MPEG 2.5".
fn mpeg(second: u8, third: u8) -> Option<Frame> {
    const V1_L2: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    const V1_L3: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const V2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    const RATES: [u32; 3] = [44_100, 48_000, 32_000];
    if second & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    let divisor = match version {
        3 => 1,
        2 => 2,
        0 => 4,
        _ => return None,
    };
    let index = usize::from(third >> 4);
    let kilobits = match (layer, version) {
        (2, 3) => V1_L2.get(index)?,
        (1, 3) => V1_L3.get(index)?,
        (1 | 2, _) => V2.get(index)?,
        // Layer I is not met in podcasts, and the mark of UTF-16 looks like it.
        _ => return None,
    };
    let rate = RATES.get(usize::from(third >> 2 & 3))? / divisor;
    let samples = if layer == 1 && version != 3 { 576 } else { 1152 };
    let bitrate = kilobits * 1000;
    let length = (samples / 8 * bitrate / rate) as usize + usize::from(third >> 1 & 1);
    let kind = Kind::Mpeg(second >> 1 & 15);
    (*kilobits > 0).then_some(Frame { length, samples, rate, bitrate: Some(bitrate), kind })
}
