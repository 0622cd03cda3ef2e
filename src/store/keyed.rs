//! Hashes that only this installation can make: Message-IDs, and addresses that must not be written to.

use crate::store::{Result, StoreError};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use rusqlite::{OptionalExtension, Transaction};

const SECRET: &str = "list_secret";
/// That of the tags in bounce addresses.
pub(in crate::store) const BOUNCE_SECRET: &str = "bounce_secret";

/// The installation's own key, made when first needed; it stays in the database and in its backups.
pub(in crate::store) struct Keyed(hmac::Key);

impl Keyed {
    /// Reads the key. Writes it first if there is none, which needs a writing transaction.
    pub(in crate::store) fn load(tx: &Transaction<'_>) -> Result<Self> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret(tx, SECRET)?.as_bytes())))
    }

    /// As [`Keyed::load`], without ever writing: `None` when nothing was ever hashed.
    pub(in crate::store) fn existing(tx: &Transaction<'_>) -> Result<Option<Self>> {
        Ok(stored(tx, SECRET)?.map(|secret| Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))))
    }

    /// The same for the same edition and subscription, at each attempt; guessed by nobody.
    pub(in crate::store) fn message_id(&self, edition: i64, subscription: i64, domain: &str) -> String {
        let tag = hmac::sign(&self.0, format!("message:{edition}:{subscription}").as_bytes());
        format!("{}@{domain}", hex(&tag.as_ref()[..16]))
    }

    /// What stays of an address once it is erased. Letter case makes no difference.
    pub(in crate::store) fn address(&self, email: &str) -> String {
        hex(hmac::sign(&self.0, format!("address:{}", email.to_ascii_lowercase()).as_bytes()).as_ref())
    }
}

/// A secret by its name, made and written when first needed.
pub(in crate::store) fn secret(tx: &Transaction<'_>, name: &str) -> Result<String> {
    if let Some(secret) = stored(tx, name)? {
        return Ok(secret);
    }
    let secret = unguessable()?;
    tx.execute("insert into meta (key, value) values (?1, ?2)", [name, &secret])?;
    Ok(secret)
}

/// A secret by its name, if it was ever made.
pub(in crate::store) fn stored(tx: &Transaction<'_>, name: &str) -> Result<Option<String>> {
    Ok(tx.query_row("select value from meta where key = ?1", [name], |row| row.get(0)).optional()?)
}

/// Thirty-two random bytes, hexadecimal.
pub(in crate::store) fn unguessable() -> Result<String> {
    let mut bytes = [0_u8; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StoreError::Unusable("the system gives no random numbers".to_owned()))?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
