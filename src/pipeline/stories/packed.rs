//! A fingerprint as it is kept, in the database and in memory: a few hundred bytes in one piece, read where they lie.
//!
//! ```text
//! version, rate, six counts │ address │ identifiers │ words │ numbers │ title │ bands │ sample
//! ```
//!
//! Tens of thousands are in memory while items are grouped: a list of its own for each part would take twice the room.

use crate::pipeline::stories::{identifiers::Mention, sketch::Sketch};

/// Changes with the meaning of the bytes.
const VERSION: u8 = 2;
/// Bytes before the parts: version, rate, counts, address.
const HEAD: usize = 2 + PARTS + 8;
const PARTS: usize = 6;
/// Bytes of one element of each part, in their order.
const SIZES: [usize; PARTS] = [9, 5, 4, 1, 4, 4];
const IDENTIFIERS: usize = 0;
const WORDS: usize = 1;
const NUMBERS: usize = 2;
const TITLE: usize = 3;
const BANDS: usize = 4;
const SAMPLE: usize = 5;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(Box<[u8]>);

/// What a fingerprint is packed from.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Hash of the address; 0 for none, and for a home page.
    pub(super) url: u64,
    pub(super) identifiers: Vec<Mention>,
    /// Content words by number, sorted, with their weight in tenths.
    pub(super) words: Vec<(u32, u8)>,
    /// Numbers in the title; odd for versions and decimals ("1.95.1"), even for the others.
    pub(super) numbers: Vec<u32>,
    /// Folded, between spaces.
    pub(super) title: String,
    pub(super) sketch: Sketch,
}

impl Fingerprint {
    /// What a count cannot hold (over 255 of a kind) is left out.
    pub(super) fn pack(parts: &Parts) -> Self {
        let lengths = [
            parts.identifiers.len(),
            parts.words.len(),
            parts.numbers.len(),
            parts.title.len(),
            parts.sketch.bands.len(),
            parts.sketch.sample.len(),
        ];
        let counts = lengths.map(|length| u8::try_from(length).unwrap_or(u8::MAX));
        let room = HEAD + counts.iter().zip(SIZES).map(|(count, size)| usize::from(*count) * size).sum::<usize>();
        let mut bytes = Vec::with_capacity(room);
        bytes.extend([VERSION, parts.sketch.rate]);
        bytes.extend(counts);
        bytes.extend(parts.url.to_le_bytes());
        let kept = |part: usize| usize::from(counts[part]);
        for mention in parts.identifiers.iter().take(kept(IDENTIFIERS)) {
            bytes.extend(mention.key.to_le_bytes());
            bytes.push(u8::from(mention.prominent) | u8::from(mention.lasting) << 1);
        }
        for (word, weight) in parts.words.iter().take(kept(WORDS)) {
            bytes.extend(word.to_le_bytes());
            bytes.push(*weight);
        }
        parts.numbers.iter().take(kept(NUMBERS)).for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(parts.title.bytes().take(kept(TITLE)));
        parts.sketch.bands.iter().take(kept(BANDS)).for_each(|band| bytes.extend(band.to_le_bytes()));
        parts.sketch.sample.iter().take(kept(SAMPLE)).for_each(|shingle| bytes.extend(shingle.to_le_bytes()));
        Self(bytes.into())
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to keep.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into()
    }

    /// All but the sample, half of it: for a text that none will be measured against.
    pub(super) fn without_sample(self) -> Self {
        let end = self.range(SAMPLE).start;
        let mut bytes = self.0.into_vec();
        bytes.truncate(end);
        bytes[2 + SAMPLE] = 0;
        Self(bytes.into())
    }

    /// Takes kept bytes back. `None` when they are of another version, or damaged: take it anew.
    pub fn from_bytes(bytes: Box<[u8]>) -> Option<Self> {
        if *bytes.first()? != VERSION || bytes.len() < HEAD {
            return None;
        }
        let taken = Self(bytes);
        let whole = taken.range(SAMPLE).end == taken.0.len();
        (whole && std::str::from_utf8(taken.part(TITLE)).is_ok()).then_some(taken)
    }

    /// Hash of the address; 0 for none, and for a home page.
    pub(super) fn url(&self) -> u64 {
        u64::from_le_bytes(self.0.get(HEAD - 8..HEAD).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default())
    }

    pub(super) fn identifiers(&self) -> impl ExactSizeIterator<Item = Mention> + '_ {
        self.elements::<9>(IDENTIFIERS).map(|[key @ .., flags]| Mention {
            key: u64::from_le_bytes(*key),
            prominent: flags & 1 != 0,
            lasting: flags & 2 != 0,
        })
    }

    /// Content words by number, sorted, with their weight in tenths.
    pub(super) fn words(&self) -> impl ExactSizeIterator<Item = (u32, u8)> + Clone + '_ {
        self.elements::<5>(WORDS).map(|[word @ .., weight]| (u32::from_le_bytes(*word), *weight))
    }

    pub(super) fn numbers(&self) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        self.elements::<4>(NUMBERS).map(|number| u32::from_le_bytes(*number))
    }

    /// Folded, between spaces.
    pub(super) fn title(&self) -> &str {
        std::str::from_utf8(self.part(TITLE)).unwrap_or_default()
    }

    /// One key a band: texts that share one are candidates. None for a text too short to be a copy.
    pub(super) fn bands(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.elements::<4>(BANDS).map(|band| u32::from_le_bytes(*band))
    }

    /// The sampled shingles, sorted.
    pub(super) fn sample(&self) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        self.elements::<4>(SAMPLE).map(|shingle| u32::from_le_bytes(*shingle))
    }

    /// Zero bits in which every sampled shingle ends.
    pub(super) fn rate(&self) -> u8 {
        self.0[1]
    }

    fn elements<const SIZE: usize>(&self, part: usize) -> std::slice::Iter<'_, [u8; SIZE]> {
        self.part(part).as_chunks().0.iter()
    }

    fn part(&self, part: usize) -> &[u8] {
        self.0.get(self.range(part)).unwrap_or_default()
    }

    fn range(&self, part: usize) -> std::ops::Range<usize> {
        let size = |part: usize| usize::from(self.0[2 + part]) * SIZES[part];
        let start = HEAD + (0..part).map(size).sum::<usize>();
        start..start + size(part)
    }
}
