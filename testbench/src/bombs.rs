//! Bodies of about a kilobyte to a megabyte that claim to be a gibibyte once decompressed, one for each content coding. Their
//! checksums are wrong, but nobody gets so far.

use flate2::{Compress, Compression, FlushCompress};

/// What each of them unfolds to, in bytes.
pub const UNFOLDED: u64 = 1 << 30;
/// What is repeated: a comment that every format of feed would have to read to its end.
const FILL: u8 = b'a';

/// The name of each coding, and its bomb.
#[must_use]
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![("gzip", gzip()), ("deflate", zlib()), ("br", brotli()), ("zstd", zstd())]
}

/// RFC 1952.
#[must_use]
pub fn gzip() -> Vec<u8> {
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255][..], &deflated(), &[0; 8]].concat()
}

/// RFC 1950.
#[must_use]
pub fn zlib() -> Vec<u8> {
    [&[0x78, 0x9c][..], &deflated(), &[0; 4]].concat()
}

/// RFC 1951: one block of a mebibyte, again and again; a full flush makes each independent of what stands before it.
fn deflated() -> Vec<u8> {
    let block = vec![FILL; 1 << 20];
    let mut once = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false).compress_vec(&block, &mut once, FlushCompress::Full).unwrap();
    let mut whole = once.repeat(usize::try_from(UNFOLDED >> 20).unwrap());
    whole.extend([1, 0, 0, 0xff, 0xff]); // an empty last block
    whole
}

/// RFC 7932: 64 meta-blocks of 16 MiB, each of one command that inserts one literal so many times. Every prefix code has one
/// symbol, so neither the command nor the literals cost a bit.
#[must_use]
pub fn brotli() -> Vec<u8> {
    const LENGTH: u64 = 1 << 24;
    const COMMAND: u64 = 504; // insert length code 23, copy length code 0
    const INSERTED: u64 = 22_594; // where insert length code 23 begins; 24 more bits follow
    let mut bits = Bits::default();
    bits.put(15, 4); // WBITS: a window of 16 MiB
    for _ in 0..UNFOLDED / LENGTH {
        bits.put(0, 1); // ISLAST
        bits.put(2, 2); // MNIBBLES: six
        bits.put(LENGTH - 1, 24);
        bits.put(0, 1); // ISUNCOMPRESSED
        bits.put(0, 3); // one type of literals, of commands and of distances
        bits.put(0, 6); // NPOSTFIX, NDIRECT
        bits.put(0, 2); // context mode
        bits.put(0, 2); // one tree of literals and of distances
        for (symbol, width) in [(u64::from(FILL), 8), (COMMAND, 10), (0, 6)] {
            bits.put(1, 2); // a simple prefix code …
            bits.put(0, 2); // … of one symbol
            bits.put(symbol, width);
        }
        bits.put(LENGTH - INSERTED, 24);
    }
    bits.put(3, 2); // ISLAST, ISLASTEMPTY
    bits.bytes()
}

/// RFC 8878: 8,192 blocks of 128 KiB of one repeated byte.
#[must_use]
pub fn zstd() -> Vec<u8> {
    let mut bomb = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]; // window 128 KiB
    for number in 0..8192_u32 {
        let header = (128 << 10) << 3 | 1 << 1 | u32::from(number == 8191);
        bomb.extend_from_slice(&header.to_le_bytes()[..3]);
        bomb.push(FILL);
    }
    bomb
}

/// Bits, least significant first.
#[derive(Default)]
struct Bits {
    whole: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u64, width: u32) {
        self.pending |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.whole.push(self.pending.to_le_bytes()[0]);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    fn bytes(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
        self.whole
    }
}
