//! Signs messages (DKIM: RFC 6376; Ed25519: RFC 8463), relaxed/relaxed, so that a relay may fold headers anew.
//!
//! Nothing random and no clock: the same message and key give the same bytes, so a retry carries the same signature.

mod canonical;
mod key;

pub use key::{Published, SigningKey};

use crate::settings::MailSettings;
use canonical::Header;
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};

/// Signed where they stand. `From` is named twice: so no second one can be added (RFC 6376, 8.15). RFC 8058 demands both
/// `List-Unsubscribe`.
const SIGNED: [&str; 14] = [
    "from",
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
];
/// A folded line has at most so many characters of a signature.
const FOLD: usize = 70;
/// Of `h=`, in a folded line.
const NAMES_OF_A_LINE: usize = 6;

/// The keys that sign; none: nothing is signed, that is the relay's work.
#[derive(Debug, Clone, Default)]
pub struct Signer {
    keys: Vec<SigningKey>,
}

impl Signer {
    /// From `[mail] dkim_…`; the error names the setting and the remedy.
    pub fn new(settings: &MailSettings) -> anyhow::Result<Self> {
        let keys = settings.dkim.iter().map(SigningKey::new).collect::<anyhow::Result<_>>()?;
        Ok(Self { keys })
    }

    /// The keys, for whoever compares them with what is published.
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The message, preceded by one signature a key. `domain`: that of `From`; `date`: that of the message.
    pub(super) fn sign(&self, message: Vec<u8>, domain: &str, date: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
        if self.keys.is_empty() {
            return Ok(message);
        }
        let (headers, body) = canonical::parts(&message);
        let body_hash = key::base64(digest(&SHA256, &canonical::body(body)).as_ref());
        let (named, signed) = signed_headers(&headers);
        let mut whole = Vec::with_capacity(message.len() + 1024);
        for key in &self.keys {
            let unsigned = format!(
                "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={domain};\r\n s={}; t={};\r\n h={named};\r\n bh={body_hash};\r\n b=",
                key.algorithm(),
                key.selector(),
                date.timestamp()
            );
            let whole_line = format!("{unsigned}\r\n");
            let own: String = canonical::parts(whole_line.as_bytes()).0.into_iter().map(canonical::header).collect();
            let signature = key::base64(&key.sign(format!("{signed}{own}").as_bytes())?);
            whole.extend_from_slice(unsigned.as_bytes());
            whole.extend_from_slice(folded(&signature).as_bytes());
            whole.extend_from_slice(b"\r\n");
        }
        whole.extend_from_slice(&message);
        Ok(whole)
    }
}

/// The value of `h=`, and the relaxed headers that it names. A header that is named more often than it stands counts as empty.
fn signed_headers(headers: &[Header<'_>]) -> (String, String) {
    let found = |name: &str| headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    let named: Vec<&str> = SIGNED.into_iter().filter(|name| found(name).is_some()).collect();
    let mut signed = String::new();
    for (place, name) in named.iter().enumerate() {
        if let Some(header) = found(name).filter(|_| !named[..place].contains(name)) {
            signed.push_str(&canonical::header(*header));
            signed.push_str("\r\n");
        }
    }
    let lines: Vec<String> = named.chunks(NAMES_OF_A_LINE).map(|names| names.join(":")).collect();
    (lines.join(":\r\n  "), signed)
}

fn folded(signature: &str) -> String {
    let pieces: Vec<&str> = (0..signature.len()).step_by(FOLD).map(|at| &signature[at..signature.len().min(at + FOLD)]).collect();
    pieces.join("\r\n  ")
}
