//! A key that signs, and what must be published of it.

use crate::settings::DkimSettings;
use anyhow::{Context, anyhow, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use std::{fmt, sync::Arc};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, pem::PemObject};

/// A private key and the selector under which its public half is published. Never shows itself.
#[derive(Clone)]
pub struct SigningKey {
    selector: String,
    pair: Arc<Pair>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// What is published under a selector, beside the key that signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is this key's public half.
    Matches,
    /// A key that belongs to another one: every signature fails.
    Other,
    /// An empty `p=`: the key was withdrawn.
    Withdrawn,
    /// No DKIM record at all.
    Missing,
    /// Several: a receiver may take any, or none.
    Several,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.selector, self.algorithm())
    }
}

impl SigningKey {
    /// Reads the key: PEM, PKCS #8 or PKCS #1. Errors name the setting and the remedy.
    pub(super) fn new(settings: &DkimSettings) -> anyhow::Result<Self> {
        let file = settings.key_file.display();
        let pair = read(settings.key.reveal().as_bytes()).with_context(|| format!("[mail] the DKIM key in {file}"))?;
        Ok(Self { selector: settings.selector.clone(), pair: Arc::new(pair) })
    }

    /// Where its public half is published: `SELECTOR._domainkey.DOMAIN`.
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// As in `a=`.
    pub(super) fn algorithm(&self) -> &'static str {
        match &*self.pair {
            Pair::Rsa(_) => "rsa-sha256",
            Pair::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The TXT record to publish.
    pub fn record(&self) -> String {
        format!("v=DKIM1; k={}; p={}", self.kind(), base64(&self.public()))
    }

    /// Compares with the TXT records under its selector (RFC 6376, 3.6.1).
    pub fn published(&self, records: &[String]) -> Published {
        let keys: Vec<Vec<(&str, String)>> = records.iter().map(|text| tags(text)).filter(|tags| is_key(tags)).collect();
        let value = |tags: &[(&str, String)], name| tags.iter().find(|(tag, _)| *tag == name).map(|(_, value)| value.clone());
        match keys.as_slice() {
            [] => Published::Missing,
            [tags] if value(tags, "p").is_none_or(|key| key.is_empty()) => Published::Withdrawn,
            [tags] => {
                let kind = value(tags, "k").unwrap_or_else(|| "rsa".to_owned());
                let bytes = STANDARD.decode(value(tags, "p").unwrap_or_default()).unwrap_or_default();
                if kind == self.kind() && bytes == self.public() { Published::Matches } else { Published::Other }
            }
            _ => Published::Several,
        }
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
        match &*self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature)
                    .map_err(|_| anyhow!("the DKIM key {} does not sign", self.selector))?;
                Ok(signature)
            }
            // RFC 8463, 3: the hash is what is signed.
            Pair::Ed25519(pair) => Ok(pair.sign(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref()).as_ref().to_vec()),
        }
    }

    fn kind(&self) -> &'static str {
        match &*self.pair {
            Pair::Rsa(_) => "rsa",
            Pair::Ed25519(_) => "ed25519",
        }
    }

    /// As published: a SubjectPublicKeyInfo for RSA (RFC 6376, 3.6.1), the bare bytes for Ed25519 (RFC 8463, 4.2).
    fn public(&self) -> Vec<u8> {
        match &*self.pair {
            Pair::Rsa(pair) => {
                const RSA: [u8; 15] = [0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0];
                let bits = [&[0], pair.public_key().as_ref()].concat();
                der(0x30, &[&RSA[..], &der(0x03, &bits)].concat())
            }
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }
}

fn read(pem: &[u8]) -> anyhow::Result<Pair> {
    let key =
        PrivateKeyDer::from_pem_slice(pem).map_err(|_| anyhow!("no private key in PEM; make one with `openssl genpkey`"))?;
    let unusable = |why: ring::error::KeyRejected| anyhow!("{why}; RSA takes 2048 to 4096 bits");
    match &key {
        PrivateKeyDer::Pkcs1(der) => Ok(Pair::Rsa(RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(unusable)?)),
        PrivateKeyDer::Pkcs8(der) => {
            let der = der.secret_pkcs8_der();
            match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                Ok(pair) => Ok(Pair::Ed25519(pair)),
                Err(_) => Ok(Pair::Rsa(RsaKeyPair::from_pkcs8(der).map_err(unusable)?)),
            }
        }
        _ => bail!("neither RSA nor Ed25519: DKIM knows no other key"),
    }
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// One element of DER (X.690, 8.1): tag, length, content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut element = vec![tag];
    if content.len() >= 0x80 {
        element.push(0x80 | length.len() as u8);
    }
    element.extend(if content.is_empty() { vec![0] } else { length });
    element.extend_from_slice(content);
    element
}

/// `name=value; …`, white space inside values dropped: a key may be written in pieces.
fn tags(text: &str) -> Vec<(&str, String)> {
    let pairs = text.split(';').filter_map(|tag| tag.split_once('='));
    pairs.map(|(name, value)| (name.trim(), value.split_whitespace().collect())).collect()
}

/// A record without version is one as well, if it has a key.
fn is_key(tags: &[(&str, String)]) -> bool {
    match tags.first() {
        Some(("v", version)) => version == "DKIM1",
        _ => tags.iter().any(|(name, _)| *name == "p"),
    }
}
