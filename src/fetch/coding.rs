//! Content codings (RFC 9110, section 8.4): exactly one, decoded under a limit.
//!
//! Done here and not by the client, so that the decoded size is counted while it grows and two codings are told apart from none.

use crate::domain::fetching::{FailureKind, FetchFailure};
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use std::io::{self, Read};

/// What we can undo, and what `Accept-Encoding` says.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd, deflate";

/// One coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// None: the bytes are the document.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878, with the window of RFC 9659.
    Zstd,
    /// RFC 1950, or bare RFC 1951 as some servers understand "deflate".
    Deflate,
}

impl Coding {
    /// Reads `Content-Encoding`, all its lines joined by commas.
    pub(crate) fn named(field: &str) -> Result<Self, FetchFailure> {
        let mut codings =
            field.split(',').map(str::trim).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
        let Some(name) = codings.next() else { return Ok(Self::Identity) };
        if codings.next().is_some() {
            return Err(unreadable(format!("the document is compressed more than once ({field}), which is not decoded")));
        }
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "br" => Ok(Self::Brotli),
            "zstd" => Ok(Self::Zstd),
            "deflate" => Ok(Self::Deflate),
            _ => Err(unreadable(format!("the document is compressed by \"{name}\", which was not asked for and is not decoded"))),
        }
    }

    /// Undoes the coding; more than `limit` bytes are a failure, and no more than that is ever held.
    pub(crate) fn decode(self, body: Vec<u8>, limit: u64) -> Result<Vec<u8>, FetchFailure> {
        let result = match self {
            Self::Identity => return if body.len() as u64 > limit { Err(too_large(limit)) } else { Ok(body) },
            Self::Gzip => gunzip(&body, limit),
            Self::Brotli => read_all(brotli_decompressor::Decompressor::new(body.as_slice(), 4096), body.len() * 5, limit),
            Self::Zstd => unzstd(&body, limit),
            Self::Deflate => inflate(&body, limit),
        };
        match result {
            Ok(decoded) if decoded.len() as u64 > limit => Err(too_large(limit)),
            Ok(decoded) => Ok(decoded),
            Err(error) => Err(unreadable(format!(
                "the document is not the {self:?} stream it claims to be ({error}); it is tried again, tell the server's operator"
            ))),
        }
    }
}

/// Every member of the stream, one after the other.
fn gunzip(body: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let mut rest = body;
    let mut decoded = Vec::new();
    loop {
        let room = limit.saturating_sub(decoded.len() as u64);
        let mut member = GzDecoder::new(rest);
        if decoded.is_empty() {
            decoded = read_all(&mut member, stated_length(body), limit)?;
        } else {
            (&mut member).take(room + 1).read_to_end(&mut decoded)?;
        }
        rest = member.into_inner();
        if decoded.len() as u64 > limit || !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(decoded);
        }
    }
}

/// The length that the last four bytes of a gzip stream state: a hint for one allocation, never believed.
fn stated_length(body: &[u8]) -> usize {
    body.last_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize).min(body.len() * 12)
}

fn inflate(body: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let is_zlib =
        matches!(body, [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31));
    if is_zlib {
        read_all(ZlibDecoder::new(body), body.len() * 4, limit)
    } else {
        read_all(DeflateDecoder::new(body), body.len() * 4, limit)
    }
}

fn unzstd(body: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let (mut rest, mut decoded) = (body, Vec::new());
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    // A body may be several frames, and some of them hold no data (RFC 8878, 3.1).
    while decoded.len() <= most {
        if let Some(after) = after_skippable(rest)? {
            rest = after;
        } else {
            check_window(rest, limit)?;
            let decoder = ruzstd::decoding::StreamingDecoder::new(&mut rest).map_err(io::Error::other)?;
            decoder.take(limit + 1 - decoded.len() as u64).read_to_end(&mut decoded)?;
        }
        if rest.is_empty() {
            break;
        }
    }
    Ok(decoded)
}

/// What follows a skippable frame (RFC 8878, 3.1.2); `None` when there is none here.
fn after_skippable(body: &[u8]) -> io::Result<Option<&[u8]>> {
    let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] = body else { return Ok(None) };
    let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
    rest.get(length..).map(Some).ok_or_else(|| io::Error::other("cut in a skippable frame"))
}

/// The decoder reserves the window that a frame asks for, so the frame may not ask for more than a document may hold.
fn check_window(body: &[u8], limit: u64) -> io::Result<()> {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, rest @ ..] = body else { return Err(io::Error::other("no zstd frame")) };
    let single_segment = descriptor & 0x20 != 0;
    let window = if single_segment {
        let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let width = [1, 2, 4, 8][usize::from(descriptor >> 6)];
        let field = rest.get(dictionary..dictionary + width).ok_or_else(|| io::Error::other("cut in its header"))?;
        field.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte))
    } else {
        let byte = rest.first().ok_or_else(|| io::Error::other("cut in its header"))?;
        let base = 1_u64 << (10 + (byte >> 3));
        base + base / 8 * u64::from(byte & 7)
    };
    if window > limit { Err(io::Error::other(format!("it asks for a window of {window} bytes"))) } else { Ok(()) }
}

fn read_all(source: impl Read, hint: usize, limit: u64) -> io::Result<Vec<u8>> {
    let hint = hint.min(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut decoded = Vec::with_capacity(hint);
    source.take(limit + 1).read_to_end(&mut decoded)?;
    Ok(decoded)
}

fn too_large(limit: u64) -> FetchFailure {
    FetchFailure { kind: FailureKind::TooLarge, reason: format!("the document is larger than {limit} bytes once decompressed") }
}

fn unreadable(reason: String) -> FetchFailure {
    FetchFailure { kind: FailureKind::Unreadable, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use std::io::Write;
    use veille_testbench::bombs;

    const LIMIT: u64 = 1 << 20;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(data: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// `data` in a brotli stream of one uncompressed meta-block (RFC 7932, section 9.2).
    fn brotli(data: &[u8]) -> Vec<u8> {
        assert!((1..=1 << 16).contains(&data.len()));
        // Bits, least significant first: WBITS 0 (window 16), ISLAST 0, MNIBBLES 00 (four nibbles), MLEN-1, ISUNCOMPRESSED 1.
        let bits = (data.len() as u32 - 1) << 4 | 1 << 20;
        let mut stream = bits.to_le_bytes()[..3].to_vec();
        stream.extend_from_slice(data);
        stream.push(3); // an empty last meta-block
        stream
    }

    fn check(field: &str, body: Vec<u8>) -> Result<Vec<u8>, FailureKind> {
        Coding::named(field).and_then(|coding| coding.decode(body, LIMIT)).map_err(|failure| failure.kind)
    }

    #[test]
    fn each_coding_is_undone() {
        let text = "<rss><channel><title>é</title></channel></rss>".repeat(40);
        let data = text.as_bytes();
        for (field, body) in [
            ("", data.to_vec()),
            ("identity", data.to_vec()),
            ("gzip", gzip(data)),
            ("X-GZIP", gzip(data)),
            ("deflate", zlib(data)),
            ("deflate", deflate(data)),
            ("zstd", zstd(data)),
            ("br", brotli(data)),
            ("identity, gzip", gzip(data)),
        ] {
            assert_eq!(check(field, body).as_deref(), Ok(data), "{field}");
        }
        assert_eq!(check("gzip", [gzip(data), gzip(b"more")].concat()), Ok([data, b"more"].concat()));
        assert_eq!(check("gzip", gzip(b"")), Ok(Vec::new()));
    }

    #[test]
    fn f17_twice_unknown_or_a_lie_is_a_typed_error() {
        let plain = b"<rss version='2.0'/>".to_vec();
        for (field, body) in [
            ("gzip, gzip", gzip(&gzip(&plain))),
            ("gzip, br", gzip(&plain)),
            ("compress", plain.clone()),
            ("dcb", plain.clone()),
            ("gzip", plain.clone()),
            ("br", plain.clone()),
            ("zstd", plain.clone()),
            ("deflate", plain),
        ] {
            assert_eq!(check(field, body), Err(FailureKind::Unreadable), "{field}");
        }
    }

    #[test]
    fn f17_a_stream_cut_anywhere_is_a_typed_error() {
        let text: String = (0..200).map(|n| format!("<item>{n}</item>")).collect();
        let data = text.as_bytes();
        for (field, body) in [
            ("gzip", gzip(data)),
            ("deflate", zlib(data)),
            ("deflate", deflate(data)),
            ("zstd", zstd(data)),
            ("br", brotli(data)),
        ] {
            for end in 0..body.len() {
                let cut = check(field, body[..end].to_vec());
                assert!(
                    cut == Err(FailureKind::Unreadable),
                    "{field} cut at {end} of {}: {:?}",
                    body.len(),
                    cut.map(|it| it.len())
                );
            }
        }
    }

    #[test]
    fn f17_bombs_stop_at_the_limit() {
        let block = vec![b'a'; 1 << 18];
        assert_eq!(check("gzip", gzip(&block).repeat(5)), Err(FailureKind::TooLarge));
        for (coding, bomb) in bombs::all() {
            assert_eq!(check(coding, bomb), Err(FailureKind::TooLarge), "{coding}");
        }
        assert_eq!(check("", vec![b'a'; (1 << 20) + 1]), Err(FailureKind::TooLarge));
        assert_eq!(check("zstd", vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0xa0, 1, 0, 0]), Err(FailureKind::Unreadable));
    }

    #[test]
    fn f17_zstd_in_several_frames_is_read_to_its_end() {
        let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let body = [skippable.clone(), zstd(b"one "), skippable, zstd(b"two")].concat();
        assert_eq!(unzstd(&body, 1 << 20).unwrap(), b"one two");
        assert!(unzstd(&[zstd(b"one"), bombs::zstd()].concat(), 1 << 20).unwrap().len() > 1 << 20, "the second frame counts");
        assert!(unzstd(&[zstd(b"one"), b"more".to_vec()].concat(), 1 << 20).is_err(), "what follows is no frame");
        assert!(unzstd(&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0], 100).is_err() && unzstd(&[], 100).is_err());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(body: Vec<u8>, coding in 0_usize..4) {
            let coding = [Coding::Gzip, Coding::Brotli, Coding::Zstd, Coding::Deflate][coding];
            let _ = coding.decode(body, 1 << 16);
        }
    }
}
