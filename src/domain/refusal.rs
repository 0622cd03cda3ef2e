//! What a refusal says about who is to blame, whether the relay said it at once or a server far away said it later.
//!
//! RFC 3463 gives the codes (`class.subject.detail`), RFC 5248 and 7504–7505 more of them; servers without codes give words.

use std::{fmt, str::FromStr};

/// An enhanced status code: `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnhancedCode {
    /// 2: done; 4: later; 5: no.
    pub class: u16,
    /// 1: the address; 2: the mailbox; 3: the system; 4: the network; 5: the protocol; 6: the content; 7: policy.
    pub subject: u16,
    /// Which of these.
    pub detail: u16,
}

/// What lies behind a refusal for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// There is no such address, and there will be none tomorrow.
    Address,
    /// The mailbox is full, disabled or cannot be reached: it may take mail again.
    Mailbox,
    /// Ours: policy, authentication, sender, or the message itself. The same awaits every reader.
    Sender,
}

impl EnhancedCode {
    /// The code that a text begins with.
    pub fn leading(text: &str) -> Option<Self> {
        text.split_whitespace().next()?.parse().ok()
    }

    /// The first "later" or "no" that stands anywhere in a text, as a word of its own.
    pub fn first_in(text: &str) -> Option<Self> {
        Self::all_in(text).find(|code| code.class != 2)
    }

    /// The first code of any class that stands in a text.
    pub fn first_in_any(text: &str) -> Option<Self> {
        Self::all_in(text).next()
    }

    fn all_in(text: &str) -> impl Iterator<Item = Self> {
        let between = |c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-' || c == '_');
        let word = move |piece: &str| piece.trim_end_matches('.').rsplit('-').next().and_then(|piece| piece.parse().ok());
        text.split(between).filter_map(word)
    }

    /// Says no more than "yes", "later" or "no".
    pub fn is_vague(self) -> bool {
        (self.subject, self.detail) == (0, 0)
    }

    /// Who is to blame when a message with this code came to its end. `None`: nobody that anything could be done about.
    ///
    /// A "later" that lasted until the sender gave up says nothing about the address, only about the mailbox; and one for policy
    /// (`4.7.x`: too many messages, unknown sender) says nothing about either.
    pub fn fault(self) -> Option<Fault> {
        match (self.class, self.subject, self.detail) {
            (4, 7, _) | (2, _, _) => None,
            (4, _, _) => Some(Fault::Mailbox),
            (_, 1, 7 | 8) | (_, 3, 4) | (_, 6 | 7, _) => Some(Fault::Sender),
            (_, 1, _) => Some(Fault::Address),
            (_, 0 | 2 | 3 | 4, _) => Some(Fault::Mailbox),
            _ => None,
        }
    }
}

impl FromStr for EnhancedCode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.split('.').map(number);
        let mut next = || numbers.next().flatten().ok_or(());
        let code = Self { class: next()?, subject: next()?, detail: next()? };
        if numbers.next().is_some() || !matches!(code.class, 2 | 4 | 5) || code.subject > 7 { Err(()) } else { Ok(code) }
    }
}

/// RFC 3463, 2: one to three digits.
fn number(text: &str) -> Option<u16> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// Ours: seen before the others, since a policy's words often name the mailbox as well.
const POLICY: [&str; 17] = [
    "spam",
    "blocked",
    "blacklist",
    "block list",
    "blocklist",
    "dmarc",
    "dkim",
    "spf ",
    "policy",
    "not authorized",
    "not permitted",
    "access denied",
    "reputation",
    "politique",
    "indesirable",
    "acces refuse",
    "relaying denied",
];
const FULL: [&str; 18] = [
    "mailbox full",
    "mailbox is full",
    "inbox is full",
    "inbox full",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded its quota",
    "exceeded storage",
    "storage allocation",
    "out of storage",
    "insufficient storage",
    "boite pleine",
    "boite aux lettres est pleine",
    "boite aux lettres pleine",
    "boite de reception est pleine",
    "quota depasse",
    "espace insuffisant",
];
const UNKNOWN: [&str; 33] = [
    "user unknown",
    "unknown user",
    "unknown recipient",
    "unknown mailbox",
    "unknown address",
    "unknown local part",
    "unrouteable address",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "no such person",
    "no mailbox here by that name",
    "user not found",
    "recipient not found",
    "address not found",
    "address couldn't be found",
    "wasn't found at",
    "does not exist",
    "doesn't exist",
    "doesn't have a",
    "not a valid user",
    "invalid recipient",
    "invalid mailbox",
    "recipient address rejected",
    "host or domain name not found",
    "account that you tried to reach",
    "n'existe pas",
    "inexistant",
    "utilisateur inconnu",
    "destinataire inconnu",
    "adresse inconnue",
    "introuvable",
];

/// Who is to blame, by the words of a server that gives no code, in English or French. `None`: the words say nothing.
pub fn fault_in_words(text: &str) -> Option<Fault> {
    let text = folded(text);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match () {
        () if says(&POLICY) => Some(Fault::Sender),
        () if says(&FULL) => Some(Fault::Mailbox),
        () if says(&UNKNOWN) => Some(Fault::Address),
        () => None,
    }
}

/// Lower case, without the accents of French, typographic apostrophes or breaks.
pub fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let plain = lower.chars().map(|c| match c {
        'à' | 'â' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'ù' | 'û' => 'u',
        'ç' => 'c',
        '’' => '\'',
        other => other,
    });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{EnhancedCode, Fault, fault_in_words};
    use Fault::{Address, Mailbox, Sender};

    #[test]
    fn each_code_has_its_fault() {
        for (code, expected) in [
            ("5.1.1", Some(Address)),
            ("5.1.10", Some(Address)),
            ("5.1.2", Some(Address)),
            ("5.1.7", Some(Sender)),
            ("5.1.8", Some(Sender)),
            ("4.2.2", Some(Mailbox)),
            ("5.2.2", Some(Mailbox)),
            ("5.2.1", Some(Mailbox)),
            ("4.1.1", Some(Mailbox)),
            ("4.4.7", Some(Mailbox)),
            ("5.0.0", Some(Mailbox)),
            ("5.3.4", Some(Sender)),
            ("5.7.26", Some(Sender)),
            ("5.7.515", Some(Sender)),
            ("4.7.28", None),
            ("5.5.2", None),
            ("2.1.5", None),
        ] {
            assert_eq!(code.parse::<EnhancedCode>().unwrap().fault(), expected, "{code}");
        }
        for bad in ["4.94.2", "", "5", "5.1", "5.1.1.1", "3.1.1", "5.1.1000", "5.+1.1", "a.b.c", "5..1", "550"] {
            assert!(bad.parse::<EnhancedCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_code_is_found_in_a_line_and_an_address_is_none() {
        for (text, expected) in [
            ("smtp; 550-5.1.1 The email account", Some("5.1.1")),
            ("#5.2.2 smtp;552 full", Some("5.2.2")),
            ("host mx[192.0.2.25] said: 550 5.7.26 no", Some("5.7.26")),
            ("Recipient ok 2.1.5. Then 4.4.1.", Some("4.4.1")),
            ("from 10.1.1.1 with 5.1.1.1, Exim 4.94.2, v5.1.1", None),
            ("nothing", None),
        ] {
            assert_eq!(EnhancedCode::first_in(text).map(|code| code.to_string()).as_deref(), expected, "{text}");
        }
        assert_eq!(EnhancedCode::leading("5.1.1 no").map(|code| code.detail), Some(1));
        assert_eq!(EnhancedCode::leading("no 5.1.1"), None);
    }

    #[test]
    fn words_of_both_languages_are_understood() {
        for (text, expected) in [
            ("Sorry, no mailbox here by that name. (#5.1.1)", Some(Address)),
            ("Utilisateur inconnu", Some(Address)),
            ("Cette adresse n’existe pas.", Some(Address)),
            ("La boîte aux lettres\r\n est pleine", Some(Mailbox)),
            ("552 Quota dépassé", Some(Mailbox)),
            ("user is over quota", Some(Mailbox)),
            ("message blocked: mailbox does not exist or is spam", Some(Sender)),
            ("try again", None),
        ] {
            assert_eq!(fault_in_words(text), expected, "{text}");
        }
    }
}
