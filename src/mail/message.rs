//! The bytes of one message, the same whenever they are built again: nothing random, no clock.
//!
//! Follows RFC 5322 (form), 2045–2047 (parts and encodings), 2919 (`List-Id`), 2369 and 8058 (`List-Unsubscribe`), 3834
//! (`Auto-Submitted`) and 3282 (`Content-Language`).

use crate::{
    domain::{
        edition::{RenderedEdition, Signature},
        email_address::EmailAddress,
        localised::Locale,
        slug::Slug,
    },
    settings::MailSettings,
};
use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use lettre::message::{
    Body, Mailbox, Message, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
};
use url::Url;

/// More of a subject than that is read by nobody, and a single word of a thousand letters cannot be folded.
const LONGEST_TEXT: usize = 250;

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// `From`: a human name, if the settings give one, and the address.
    from: Mailbox,
    /// `Reply-To`; also where "unsubscribe" mails go.
    reply_to: Mailbox,
}

impl Sender {
    /// Reads `[mail] from` and `reply_to`; the error names the setting and the remedy.
    pub fn new(settings: &MailSettings) -> anyhow::Result<Self> {
        Ok(Self { from: mailbox("from", &settings.from)?, reply_to: mailbox("reply_to", &settings.reply_to)? })
    }

    /// Who signs an edition: as it was frozen with it, else this one.
    pub fn of(&self, rendered: &RenderedEdition) -> anyhow::Result<Self> {
        let Some(Signature { from, reply_to }) = &rendered.signature else { return Ok(self.clone()) };
        Ok(Self { from: mailbox("from", from)?, reply_to: mailbox("reply_to", reply_to)? })
    }

    /// To be frozen with an edition.
    pub fn signature(&self) -> Signature {
        Signature { from: self.from.to_string(), reply_to: self.reply_to.to_string() }
    }

    /// The address that goes into `MAIL FROM`.
    pub fn address(&self) -> &lettre::Address {
        &self.from.email
    }

    /// The domain of the address: that of Message-IDs and of the list.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// The `mailto:` by which a reader leaves a digest, as the frozen text of an edition and `List-Unsubscribe` give it.
    pub fn unsubscribe_by_mail(&self, digest: &Slug) -> String {
        format!("mailto:{}?subject=unsubscribe%20{digest}", self.reply_to.email)
    }
}

/// Everything about one message that is not the edition itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Who writes.
    pub sender: Sender,
    /// The only recipient.
    pub to: EmailAddress,
    /// Without angle brackets; the same at each attempt.
    pub message_id: String,
    /// `Date`; the same at each attempt.
    pub date: DateTime<Utc>,
    /// Which digest.
    pub digest: Slug,
    /// Its title, for `List-Id`.
    pub title: String,
    /// Where one click unsubscribes (RFC 8058), once there is a web end.
    pub one_click: Option<Url>,
}

/// The whole message: multipart/alternative, text first, HTML last; CRLF line ends; no line of 998 bytes.
///
/// Errors: an address that cannot be written into a header.
pub fn build(rendered: &RenderedEdition, envelope: &Envelope) -> anyhow::Result<Vec<u8>> {
    EncodedEdition::new(rendered).message(envelope)
}

/// An edition whose parts are encoded already: the dear step, the same for all recipients.
#[derive(Debug, Clone)]
pub struct EncodedEdition {
    subject: String,
    language: Locale,
    text: Body,
    html: Body,
}

impl EncodedEdition {
    /// Encodes both parts.
    pub fn new(rendered: &RenderedEdition) -> Self {
        Self {
            subject: header_text(&rendered.subject),
            language: rendered.language,
            text: quoted_printable(&rendered.text),
            html: quoted_printable(&rendered.html),
        }
    }

    /// The message for one recipient. See [`build`].
    pub fn message(&self, envelope: &Envelope) -> anyhow::Result<Vec<u8>> {
        let to = envelope.to.as_str();
        let to = Mailbox::new(None, to.parse().with_context(|| format!("{to} cannot be written into a header"))?);
        let id = header_text(&envelope.message_id);
        let mut message = Message::builder()
            .from(envelope.sender.from.clone())
            .reply_to(envelope.sender.reply_to.clone())
            .to(to)
            .subject(self.subject.clone())
            .date(envelope.date.into())
            .message_id(Some(format!("<{id}>")))
            .header(ListId(list_id(envelope)))
            .header(ListUnsubscribe(list_unsubscribe(envelope)))
            .header(AutoSubmitted("auto-generated".to_owned()))
            .header(ContentLanguage(self.language.tag().to_owned()));
        if envelope.one_click.is_some() {
            message = message.header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()));
        }
        let parts = MultiPart::alternative()
            .boundary(boundary(&id))
            .singlepart(self.part(ContentType::TEXT_PLAIN, &self.text))
            .singlepart(self.part(ContentType::TEXT_HTML, &self.html));
        Ok(message.multipart(parts)?.formatted())
    }

    fn part(&self, kind: ContentType, body: &Body) -> SinglePart {
        SinglePart::builder().header(kind).header(ContentLanguage(self.language.tag().to_owned())).body(body.clone())
    }
}

fn mailbox(setting: &str, text: &str) -> anyhow::Result<Mailbox> {
    let shown = header_text(text);
    let parsed: Mailbox = one_line(text).parse().map_err(|error| {
        anyhow!("[mail] {setting} = \"{shown}\" is not an address ({error}); write it like \"Veille <veille@example.org>\"")
    })?;
    let address = parsed.email.to_string().parse::<EmailAddress>().with_context(|| format!("[mail] {setting} = \"{shown}\""))?;
    let name = parsed.name.map(|name| header_text(&name)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address.as_str().parse()?))
}

/// RFC 2919: `Title <slug.list.domain>`; the part in brackets never changes, whatever the title becomes.
fn list_id(envelope: &Envelope) -> String {
    let title: String = header_text(&envelope.title).replace(['<', '>', '"'], "");
    format!("{title} <{}.list.{}>", envelope.digest, envelope.sender.domain())
}

/// One click first, where there is one: clients take the first they understand.
fn list_unsubscribe(envelope: &Envelope) -> String {
    let by_mail = envelope.sender.unsubscribe_by_mail(&envelope.digest);
    match &envelope.one_click {
        Some(url) => format!("<{url}>, <{by_mail}>"),
        None => format!("<{by_mail}>"),
    }
}

/// "=_" cannot occur in quoted-printable text, so the boundary cannot occur in a part (RFC 2045, 6.7).
fn boundary(message_id: &str) -> String {
    let local = message_id.split('@').next().unwrap_or_default();
    let letters: String = local.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("=_veille_{letters}")
}

/// One line, as [`one_line`], of a length that is read.
fn header_text(text: &str) -> String {
    let mut line = one_line(text);
    if let Some((end, _)) = line.char_indices().nth(LONGEST_TEXT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// One line without anything that could end a header, turn the reading direction, or pass for an encoded word.
fn one_line(text: &str) -> String {
    let direction = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let spaced = text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c });
    let clean: String = spaced.filter(|&c| !direction(c)).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ").replace("=?", "= ?")
}

/// Every kind of line end becomes CRLF, NUL goes; then quoted-printable, whose lines have at most 76 characters.
fn quoted_printable(text: &str) -> Body {
    let clean = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "").replace('\n', "\r\n");
    match Body::new_with_encoding(clean, ContentTransferEncoding::QuotedPrintable) {
        Ok(body) => body,
        Err(raw) => Body::new(raw), // never for quoted-printable; base64 would carry it as well
    }
}

macro_rules! text_header {
    ($type:ident, $name:literal) => {
        #[derive(Clone)]
        struct $type(String);

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

text_header!(ListId, "List-Id");
text_header!(ListUnsubscribe, "List-Unsubscribe");
text_header!(ListUnsubscribePost, "List-Unsubscribe-Post");
text_header!(AutoSubmitted, "Auto-Submitted");
text_header!(ContentLanguage, "Content-Language");

#[cfg(test)]
mod tests {
    use super::{Envelope, Sender, build};
    use crate::{
        domain::{edition::RenderedEdition, localised::Locale, slug::Slug},
        settings::MailSettings,
    };
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::*;

    fn envelope() -> Envelope {
        let settings = MailSettings { from: "Veille à Évry <veille@example.org>".to_owned(), ..MailSettings::default() };
        Envelope {
            sender: Sender::new(&settings).unwrap(),
            to: "marie@example.net".parse().unwrap(),
            message_id: "0123456789abcdef@example.org".to_owned(),
            date: "2026-11-23T07:00:00Z".parse().unwrap(),
            digest: Slug::parse("hebdo").unwrap(),
            title: "Veille IA de la semaine".to_owned(),
            one_click: None,
        }
    }

    fn rendered(subject: &str, text: &str, html: &str) -> RenderedEdition {
        RenderedEdition {
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: html.to_owned(),
            language: Locale::Fr,
            signature: None,
        }
    }

    fn check_form(bytes: &[u8]) {
        assert!(bytes.is_ascii());
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF");
        assert!(text.split("\r\n").all(|line| line.len() < 998));
    }

    #[test]
    fn the_whole_message() {
        let html = "<!doctype html>\n<html lang=\"fr\"><title>É</title><p>Bonjour</p></html>\n";
        let edition = rendered("Veille IA nº 12 : l’Europe décide", "Bonjour à tous.\n.\n..\nFin\n", html);
        let bytes = build(&edition, &envelope()).unwrap();
        check_form(&bytes);
        insta::assert_snapshot!(String::from_utf8(bytes.clone()).unwrap().replace('\r', ""));
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.subject(), Some("Veille IA nº 12 : l’Europe décide"));
        assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("Veille à Évry"));
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Bonjour à tous.\r\n.\r\n..\r\nFin");
        assert_eq!(parsed.body_html(0).unwrap().replace('\r', "").trim_end(), html.trim_end());
        assert_eq!(parsed.part(1).unwrap().content_type().unwrap().subtype(), Some("plain"));
        assert_eq!(parsed.part(2).unwrap().content_type().unwrap().subtype(), Some("html"));
        assert_eq!(bytes, build(&edition, &envelope()).unwrap(), "the same input gives the same bytes");
    }

    #[test]
    fn one_click_stands_first_and_is_announced() {
        let one_click = Some("https://veille.example.org/leave/abc".parse().unwrap());
        let bytes = build(&rendered("s", "t", "h"), &Envelope { one_click, ..envelope() }).unwrap();
        let text = String::from_utf8(bytes).unwrap().replace("\r\n ", " ");
        assert!(text.contains("List-Unsubscribe: <https://veille.example.org/leave/abc>, <mailto:veille@example.org?subject=unsubscribe%20hebdo>\r\n"));
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    }

    #[test]
    fn settings_that_are_no_address_are_refused_with_their_name() {
        for bad in ["", "veille", "a@b\r\nBcc: c@d.fr", "Veille <a@b.fr> <c@d.fr>", "é@exemple.fr"] {
            let error = Sender::new(&MailSettings { reply_to: bad.to_owned(), ..MailSettings::default() }).unwrap_err();
            assert!(format!("{error:#}").contains("[mail] reply_to"), "{bad}: {error:#}");
        }
    }

    #[test]
    fn no_header_is_injected() {
        for hostile in
            ["a\r\nBcc: x@y.fr", "a\nBcc: x@y.fr", "a\rBcc: x", "a\u{2028}Bcc: x", "\0a", "=?utf-8?b?DQo=?=", "a\u{202e}b"]
        {
            let mut envelope = Envelope { title: hostile.to_owned(), ..envelope() };
            envelope.message_id = format!("{hostile}@example.org");
            let bytes = build(&rendered(hostile, hostile, hostile), &envelope).unwrap();
            check_form(&bytes);
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            assert!(parsed.bcc().is_none());
            assert_eq!(parsed.headers().len(), 12, "{hostile:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_makes_a_message_that_reads_back(subject in "\\PC{0,400}|.{0,60}", text in "(?s).{0,3000}", long in "[a-zé ]{1000,4000}") {
            let html = format!("<p>{long}</p>");
            let bytes = build(&rendered(&subject, &text, &html), &envelope()).unwrap();
            check_form(&bytes);
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            prop_assert_eq!(parsed.body_html(0).unwrap().trim_end().to_owned(), html);
            prop_assert_eq!(parsed.headers().len(), 12);
            let lines = |s: &str| s.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "").trim_end().to_owned();
            prop_assert_eq!(lines(&parsed.body_text(0).unwrap()), lines(&text));
        }
    }
}
