//! How bodies are kept: zlib, at the level that costs least (RFC 1950).
//!
//! `libdeflate` makes them: at the same speed its streams are a third smaller than those of `zlib-rs`, which reads them.

use crate::store::{Result, StoreError};
use flate2::read::ZlibDecoder;
use libdeflater::{CompressionLvl, Compressor as Deflate};
use std::io::Read;

/// Makes the stored form of bodies. Keep one for many: its tables are large, and made with the first body.
#[derive(Default)]
pub(crate) struct Compressor {
    deflate: Option<Deflate>,
    room: Vec<u8>,
}

impl Compressor {
    pub(crate) fn compress(&mut self, bytes: &[u8]) -> Vec<u8> {
        let deflate = self.deflate.get_or_insert_with(|| Deflate::new(CompressionLvl::new(1).unwrap_or_default()));
        self.room.resize(deflate.zlib_compress_bound(bytes.len()), 0);
        // It cannot fail with enough room; were it to, the empty result would be caught by `db check`.
        let length = deflate.zlib_compress(bytes, &mut self.room).unwrap_or_default();
        self.room[..length].to_vec()
    }
}

/// The text of a stored body.
pub(crate) fn decompress(bytes: &[u8]) -> Result<String> {
    let mut text = String::new();
    ZlibDecoder::new(bytes)
        .read_to_string(&mut text)
        .map_err(|error| StoreError::Corrupt(format!("a compressed body: {error}")))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Compressor, decompress};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bodies_are_read_back(bodies in prop::collection::vec(r"[\PC\n]{0,300}", 0..4)) {
            let mut compressor = Compressor::default();
            for body in bodies {
                prop_assert_eq!(decompress(&compressor.compress(body.as_bytes())).unwrap(), body);
            }
        }
    }

    #[test]
    fn a_damaged_body_is_an_error() {
        let mut kept = Compressor::default().compress("Un texte. ".repeat(50).as_bytes());
        assert!(kept.len() < 60, "{}", kept.len());
        kept.truncate(20);
        assert!(decompress(&kept).is_err());
    }
}
