//! The tag in a bounce address: `rebonds+4711-k3jxw…@example.org` names a delivery, and proves that we named it (VERP with a keyed
//! hash: 100 bits of HMAC-SHA-256, in letters that survive servers which change their case).

use crate::domain::{
    bounce::{BounceKey, LONGEST_BASE, Untagged},
    email_address::EmailAddress,
};
use ring::hmac;

/// RFC 4648, section 6, in lower case: five bits a letter.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// 100 bits.
const MAC_LETTERS: usize = 20;
/// More candidates in one message are not looked at.
const MOST: usize = 32;

/// The envelope sender of one delivery. `base` has a local part of at most [`LONGEST_BASE`] characters.
#[must_use]
pub fn address(base: &EmailAddress, delivery: i64, key: &BounceKey) -> Option<EmailAddress> {
    let (local, domain) = base.as_str().rsplit_once('@')?;
    (local.len() <= LONGEST_BASE).then(|| format!("{local}+{}@{domain}", sign(delivery, key)).parse().ok())?
}

/// The tag of a delivery.
#[must_use]
pub fn sign(delivery: i64, key: &BounceKey) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.reveal());
    let mac = hmac::sign(&key, format!("bounce:{delivery}").as_bytes());
    format!("{delivery}-{}", letters(mac.as_ref()))
}

/// Whether something that looks like a tag stands in a text.
#[must_use]
pub fn stands_in(text: &str) -> bool {
    candidates(text).next().is_some()
}

/// The delivery that the first valid tag names.
pub(super) fn find(places: &[String], key: Option<&BounceKey>) -> Result<i64, Untagged> {
    let mut seen = places.iter().flat_map(|text| candidates(text)).take(MOST).peekable();
    if seen.peek().is_none() {
        return Err(Untagged::Absent);
    }
    let key = key.ok_or(Untagged::Forged)?;
    seen.find(|(delivery, tag)| same(&sign(*delivery, key), tag)).map(|(delivery, _)| delivery).ok_or(Untagged::Forged)
}

/// In a time that does not tell how much of it is right.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// What stands after each `+` and looks like a tag, in lower case, with the number in it.
fn candidates(text: &str) -> impl Iterator<Item = (i64, String)> {
    text.split('+').skip(1).filter_map(|rest| {
        let (number, rest) = rest.split_once('-')?;
        let mac = rest.get(..MAC_LETTERS)?.to_ascii_lowercase();
        let ends = rest[MAC_LETTERS..].bytes().next().is_none_or(|next| !next.is_ascii_alphanumeric() && next != b'-');
        let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
        let known = ends && plain && mac.bytes().all(|byte| LETTERS.contains(&byte));
        let delivery = number.parse().ok().filter(|_| known)?;
        Some((delivery, format!("{number}-{mac}")))
    })
}

fn letters(bytes: &[u8]) -> String {
    let bit = |at: usize| usize::from(bytes[at / 8] >> (7 - at % 8) & 1);
    (0..MAC_LETTERS).map(|letter| char::from(LETTERS[(0..5).fold(0, |five, at| five << 1 | bit(letter * 5 + at))])).collect()
}

#[cfg(test)]
mod tests {
    use super::{address, find, sign};
    use crate::domain::bounce::{BounceKey, Untagged};

    fn key() -> BounceKey {
        BounceKey::new("secret".to_owned())
    }

    fn found(text: &str) -> Result<i64, Untagged> {
        find(&[text.to_owned()], Some(&key()))
    }

    #[test]
    fn d12_only_an_unchanged_tag_is_ours() {
        let tag = sign(4711, &key());
        assert_eq!(found(&format!("<rebonds+{tag}@example.org>")), Ok(4711));
        assert_eq!(found(&format!("Rebonds+{}@EXAMPLE.org", tag.to_uppercase())), Ok(4711));
        assert_eq!(found(&format!("a+b@c.fr, \"x\" <rebonds+{tag}@example.org>")), Ok(4711));
        assert_eq!(found(&format!("srs0=rebonds+{tag}=example.org@forward.example")), Ok(4711));
        assert_eq!(found("rebonds@example.org"), Err(Untagged::Absent));
        for number in ["4712", "04711", "47110", "-4711"] {
            let other = tag.replacen("4711", number, 1);
            assert!(found(&format!("<rebonds+{other}@example.org>")).is_err(), "{other}");
        }
        for at in 0..20 {
            let mut forged = tag.clone().into_bytes();
            let place = forged.len() - 20 + at;
            forged[place] = if forged[place] == b'a' { b'b' } else { b'a' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(found(&format!("<rebonds+{forged}@example.org>")), Err(Untagged::Forged), "{forged}");
        }
        assert!(found(&format!("<rebonds+{tag}a@example.org>")).is_err());
        assert!(found(&format!("<rebonds+{}@example.org>", &tag[..tag.len() - 1])).is_err());
        assert_eq!(find(&[format!("r+{tag}@example.org")], None), Err(Untagged::Forged));
        assert_eq!(find(&[format!("r+{tag}@example.org")], Some(&BounceKey::new("other".to_owned()))), Err(Untagged::Forged));
    }

    #[test]
    fn the_longest_tag_fits_into_a_local_part() {
        let base = format!("{}@example.org", "r".repeat(super::LONGEST_BASE)).parse().unwrap();
        let address = address(&base, i64::MAX, &key()).unwrap();
        assert_eq!(address.as_str().split('@').next().unwrap().len(), 64);
        assert_eq!(found(address.as_str()), Ok(i64::MAX));
        let longer = format!("{}@example.org", "r".repeat(super::LONGEST_BASE + 1)).parse().unwrap();
        assert!(super::address(&longer, 1, &key()).is_none());
    }
}
