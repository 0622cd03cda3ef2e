//! The subject: what the letter is about first, then what it is, with its date.

use crate::{
    domain::edition::EditionContent,
    pipeline::{compose::speakable, dates, render::words::Words},
    templates::{Strings, TemplateError},
};

/// Under 90 characters, so that phones and screen readers give it whole.
pub const MAX_SUBJECT: usize = 89;

/// As many themes as fit before the title and the date; else before the date alone; else the title and the date.
pub(super) fn subject(content: &EditionContent, strings: &Strings) -> Result<String, TemplateError> {
    let words = Words { strings, locale: content.language };
    let rest = [("title", content.title.clone()), ("date", dates::long(content.date, content.language))];
    let names: Vec<&str> = content.sections.iter().map(|section| section.name.as_str()).collect();
    if names.is_empty() {
        return words.say("subject_empty", &rest).map(|text| one_line(&text));
    }
    let others = words.say("and_others", &[])?;
    for key in ["subject", "subject_themes"] {
        for shown in (1..=names.len()).rev() {
            let others = if shown < names.len() { others.as_str() } else { "" };
            let mut with = rest.to_vec();
            with.push(("themes", format!("{}{others}", names[..shown].join(", "))));
            let text = speakable(&words.say(key, &with)?);
            if text.chars().count() <= MAX_SUBJECT {
                return Ok(text);
            }
        }
    }
    Ok(one_line(&words.say("subject_short", &rest)?))
}

/// No line break, no control, no sign: nothing that a header could be broken with.
pub(super) fn one_line(text: &str) -> String {
    let text = speakable(text);
    match text.char_indices().nth(MAX_SUBJECT) {
        None => text,
        Some((end, _)) => {
            let head = &text[..end];
            head.rfind(' ').map_or(head, |at| &head[..at]).trim_end_matches([' ', ',', ':', '\u{a0}']).to_owned()
        }
    }
}
