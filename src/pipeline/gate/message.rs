//! Chapter "message", continued: its parts, and the HTML part held against all other chapters.

use super::{
    check_page, headers,
    page::{Page, primary_tag, squash},
    plain::{self, PlainText},
    plain_lines,
    rule::{Findings, Rule, Scope},
    size,
};
use crate::pipeline::mime;
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

/// RFC 5322, section 2.1.1.
const LONGEST_LINE: usize = 998;

/// A rule on a message and the function that answers it.
pub(super) struct MessageCheck {
    pub(super) rule: Rule,
    pub(super) run: fn(&Mail, &mut Findings),
}

/// A message, taken apart.
pub(super) struct Mail<'m> {
    raw: &'m [u8],
    pub(super) message: Message<'m>,
    /// The HTML part, if it can be read.
    pub(super) page: Option<Page<'m>>,
    /// The text part.
    pub(super) plain: Option<PlainText<'m>>,
}

static UNREADABLE: Rule = Rule {
    name: "message.readable",
    source: "RFC 5322",
    scope: Scope::Message,
    says: ("le message peut être lu", "the message can be read"),
    remedy: ("donner un message complet, en-têtes compris", "give a whole message, headers included"),
};

const CHAPTER: &[MessageCheck] = &[
    MessageCheck {
        rule: Rule {
            name: "message.language",
            source: "RFC 3282, WCAG 3.1.1",
            scope: Scope::Message,
            says: (
                "l'en-tête Content-Language dit la langue, comme html",
                "the Content-Language header states the language, as html does",
            ),
            remedy: ("ajouter Content-Language: fr", "add Content-Language: en"),
        },
        run: language,
    },
    MessageCheck {
        rule: Rule {
            name: "message.alternative",
            source: "RFC 2046",
            scope: Scope::Message,
            says: (
                "multipart/alternative, le texte d'abord, le HTML à la fin, tous deux en utf-8",
                "multipart/alternative, text first, HTML last, both utf-8",
            ),
            remedy: (
                "composer multipart/alternative avec text/plain puis text/html",
                "compose multipart/alternative with text/plain, then text/html",
            ),
        },
        run: alternative,
    },
    MessageCheck {
        rule: Rule {
            name: "message.title",
            source: "WCAG 2.4.2, EMC 9",
            scope: Scope::Message,
            says: ("title répète l'objet", "title repeats the subject"),
            remedy: ("écrire l'objet dans title", "write the subject in title"),
        },
        run: title,
    },
    MessageCheck {
        rule: Rule {
            name: "message.attachment",
            source: "AVH",
            scope: Scope::Message,
            says: ("aucune pièce jointe", "no attachment"),
            remedy: (
                "mettre le document en ligne et donner un lien ; sinon joindre un .docx plutôt qu'un PDF",
                "put the document online and link to it; else attach a .docx rather than a PDF",
            ),
        },
        run: attachment,
    },
    MessageCheck {
        rule: Rule {
            name: "message.line",
            source: "RFC 5322 2.1.1",
            scope: Scope::Message,
            says: ("aucune ligne du message ne dépasse 998 octets", "no line of the message is over 998 bytes"),
            remedy: ("encoder la partie en quoted-printable ou en base64", "encode the part as quoted-printable or base64"),
        },
        run: line,
    },
];

/// All rules on messages, for the list.
pub(super) fn rules() -> impl Iterator<Item = &'static Rule> {
    std::iter::once(&UNREADABLE).chain(checks().map(|check| &check.rule))
}

fn checks() -> impl Iterator<Item = &'static MessageCheck> {
    headers::CHAPTER.iter().chain(CHAPTER).chain(plain::CHAPTER).chain(plain_lines::CHAPTER)
}

/// Holds a message against all rules.
pub(super) fn check(eml: &[u8], found: &mut Findings) {
    let Some(message) = mime::read(eml) else {
        let french = "ce n'est pas un message, ou il est trop long ou trop emboîté";
        let english = "this is no message, or it is too long or too deeply nested";
        return found.alone(&UNREADABLE, (french.into(), english.into()));
    };
    let html =
        part_of(&message, |part| matches!(part.body, PartType::Html(_))).and_then(MessagePart::text_contents).map(str::to_owned);
    let text = part_of(&message, is_plain).map(|part| (part.text_contents().unwrap_or_default().to_owned(), is_flowed(part)));
    let page = html.as_deref().map(Page::read);
    let page = match page {
        Some(Ok(page)) => Some(page),
        Some(Err(refusal)) => {
            found.alone(&size::READABLE, refusal);
            None
        }
        None => None,
    };
    let plain = text.as_ref().map(|(text, flowed)| PlainText::read(text, *flowed));
    let mail = Mail { raw: eml, message: message.clone(), page, plain };
    for check in checks() {
        found.begin(&check.rule);
        (check.run)(&mail, found);
    }
    if let Some(page) = &mail.page {
        check_page(page, found);
    }
}

fn part_of<'p, 'm>(message: &'p Message<'m>, wanted: impl Fn(&MessagePart<'m>) -> bool) -> Option<&'p MessagePart<'m>> {
    message.parts.iter().find(|part| wanted(part) && !is_attached(part))
}

fn is_attached(part: &MessagePart) -> bool {
    part.content_disposition().is_some_and(|disposition| disposition.ctype().eq_ignore_ascii_case("attachment"))
}

fn is_plain(part: &MessagePart) -> bool {
    matches!(part.body, PartType::Text(_))
        && part.content_type().is_none_or(|kind| kind.subtype().is_none_or(|sub| sub.eq_ignore_ascii_case("plain")))
}

/// RFC 3676.
fn is_flowed(part: &MessagePart) -> plain::Flow {
    let format = part.content_type().and_then(|kind| kind.attribute("format"));
    if format.is_some_and(|format| format.eq_ignore_ascii_case("flowed")) { plain::Flow::Flowed } else { plain::Flow::Fixed }
}

impl Mail<'_> {
    /// A header as written, unfolded.
    pub(super) fn header(&self, name: &'static str) -> Option<String> {
        self.message.header_raw(name).map(squash).filter(|value| !value.is_empty())
    }
}

fn language(mail: &Mail, found: &mut Findings) {
    let stated = mail.header("Content-Language");
    let Some(stated) = stated else {
        return found.near("Content-Language", "en-tête absent", "header missing");
    };
    let first = stated.split(',').next().and_then(primary_tag);
    let page = mail.page.as_ref().and_then(Page::language);
    if let Some(page) = page.filter(|page| Some(page) != first.as_ref()) {
        let line = format!("Content-Language: {stated}");
        found.near(&line, format!("html dit « {page} »"), format!("html says \"{page}\""));
    }
}

fn alternative(mail: &Mail, found: &mut Findings) {
    let group = mail.message.parts.iter().find_map(|part| match &part.body {
        PartType::Multipart(inner)
            if part
                .content_type()
                .is_some_and(|kind| kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("alternative"))) =>
        {
            Some(inner.iter().filter_map(|id| mail.message.part(*id)).collect::<Vec<_>>())
        }
        _ => None,
    });
    let Some(parts) = group else {
        return found.near("Content-Type", "pas de multipart/alternative", "no multipart/alternative");
    };
    if !parts.first().is_some_and(|part| is_plain(part)) {
        found.near("multipart/alternative", "la première partie n'est pas text/plain", "the first part is not text/plain");
    }
    let ends_in_html = parts.last().is_some_and(|part| match &part.body {
        PartType::Html(_) => true,
        PartType::Multipart(inner) => {
            inner.iter().filter_map(|id| mail.message.part(*id)).any(|part| matches!(part.body, PartType::Html(_)))
        }
        _ => false,
    });
    if !ends_in_html {
        found.near("multipart/alternative", "la dernière partie n'est pas text/html", "the last part is not text/html");
    }
    for part in parts.iter().filter(|part| matches!(part.body, PartType::Html(_) | PartType::Text(_))) {
        let charset = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or("us-ascii");
        if !charset.eq_ignore_ascii_case("utf-8") {
            found.near(&format!("charset={charset}"), "partie qui n'est pas en utf-8", "part that is not utf-8");
        }
    }
}

fn title(mail: &Mail, found: &mut Findings) {
    let subject = mail.message.subject().map(squash).unwrap_or_default();
    if let Some(page) = &mail.page
        && squash(&page.title) != subject
    {
        found.near(&page.title, format!("l'objet est « {subject} »"), format!("the subject is \"{subject}\""));
    }
}

fn attachment(mail: &Mail, found: &mut Findings) {
    for part in mail.message.attachments() {
        let name = part.attachment_name().unwrap_or("sans nom");
        let cid =
            part.content_id().is_some() && part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"));
        if !cid {
            found.near(name, "pièce jointe", "attachment");
        }
    }
}

fn line(mail: &Mail, found: &mut Findings) {
    for (index, line) in mail.raw.split(|byte| *byte == b'\n').enumerate() {
        let size = line.strip_suffix(b"\r").unwrap_or(line).len();
        if size > LONGEST_LINE {
            let start = String::from_utf8_lossy(line.get(..60).unwrap_or_default()).into_owned();
            found.near(&start, format!("ligne {} : {size} octets", index + 1), format!("line {}: {size} bytes", index + 1));
        }
    }
}
