//! An edition becomes a mail: subject, text part and HTML part from the same data.

mod plain;
pub mod sample;
mod subject;
mod view;
mod words;

pub use subject::MAX_SUBJECT;

use crate::{
    domain::{
        edition::{EditionContent, EditionItem, RenderedEdition},
        localised::Locale,
    },
    templates::{Template, TemplateError, Templates},
};

/// Largest HTML part, in bytes: some web mails hide what comes after 102 KB, the way to leave included.
pub const MAX_HTML: usize = 100_000;

/// What the templates need beyond the edition itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// Where the same letter is on the web, once there is such a place.
    pub web_copy: Option<String>,
    /// How to leave: `mailto:…`.
    pub unsubscribe: String,
    /// Where to report an accessibility problem: `mailto:…`.
    pub report: String,
}

/// Renders the bytes that every subscriber gets. The same content gives the same bytes.
///
/// Errors: a template that cannot say this content, or an HTML part over [`MAX_HTML`] (see [`fit`]).
pub fn render(content: &EditionContent, links: &Links, templates: &Templates) -> Result<RenderedEdition, TemplateError> {
    let rendered = render_any_size(content, links, templates)?;
    if rendered.html.len() > MAX_HTML {
        let why = format!("gives {} bytes where mail programs show {MAX_HTML}; lower max_items", rendered.html.len());
        return Err(TemplateError { name: Template::DigestHtml.path().to_owned(), why });
    }
    Ok(rendered)
}

/// The content without the last stories that would make it too large for mail programs, and these stories.
/// What was left out is counted with what found no room, so the letter says so.
pub fn fit(
    content: &EditionContent,
    links: &Links,
    templates: &Templates,
) -> Result<(EditionContent, Vec<EditionItem>), TemplateError> {
    let mut fitting = content.clone();
    let mut removed = Vec::new();
    loop {
        let size = render_any_size(&fitting, links, templates)?.html.len();
        let items = fitting.items().count();
        if size <= MAX_HTML || items == 0 {
            return Ok((fitting, removed));
        }
        // Each round keeps the share that should fit, so that a hundred times too many stories cost a few renderings.
        let keep = (items * MAX_HTML / size).min(items - 1);
        for _ in keep..items {
            removed.extend(remove_last(&mut fitting));
        }
        fitting.considered.left_out = content.considered.left_out + removed.len();
    }
}

/// Takes the last story of the longest section.
fn remove_last(content: &mut EditionContent) -> Option<EditionItem> {
    let longest = content.sections.iter().enumerate().max_by_key(|(i, section)| (section.items.len(), *i)).map(|(i, _)| i)?;
    let item = content.sections[longest].items.pop();
    content.sections.retain(|section| !section.items.is_empty());
    item
}

fn render_any_size(content: &EditionContent, links: &Links, templates: &Templates) -> Result<RenderedEdition, TemplateError> {
    let view = view::view(content, links, templates.strings(content.language))?;
    Ok(RenderedEdition {
        subject: subject::one_line(&templates.render(Template::DigestSubject, &view)?),
        text: plain::laid_out(&templates.render(Template::DigestText, &view)?),
        html: templates.render(Template::DigestHtml, &view)?,
        language: content.language,
        signature: None,
    })
}

/// Renders samples of every kind of content, in both languages: a template that cannot is refused before it is needed.
pub fn check(templates: &Templates) -> Result<(), TemplateError> {
    for locale in [Locale::Fr, Locale::En] {
        for items in [0, 1, 3, 25] {
            let rendered = render(&sample::sample_edition(items, locale), &sample::sample_links(), templates)?;
            if [&rendered.text, &rendered.html].iter().any(|part| part.trim().is_empty()) || rendered.subject.is_empty() {
                return Err(TemplateError { name: "mail/digest".to_owned(), why: "a part comes out empty".to_owned() });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates() -> Templates {
        Templates::embedded()
    }

    #[test]
    fn samples_render_within_all_limits() {
        check(&templates()).unwrap();
        for locale in [Locale::Fr, Locale::En] {
            for items in [0, 1, 3, 25] {
                let content = sample::sample_edition(items, locale);
                let rendered = render(&content, &sample::sample_links(), &templates()).unwrap();
                assert!(rendered.html.len() < MAX_HTML, "{}", rendered.html.len());
                assert!(rendered.subject.chars().count() < 90 && !rendered.subject.is_empty(), "{}", rendered.subject);
                let is_long = |line: &&str| line.chars().count() > 72 && !line.starts_with("http") && !line.starts_with("mailto");
                assert_eq!(rendered.text.lines().find(is_long), None);
                assert_eq!(rendered, render(&content, &sample::sample_links(), &templates()).unwrap());
                for item in content.items() {
                    for part in item.url.iter().chain(item.also_reported_by.iter().take(3).filter_map(|other| other.url.as_ref()))
                    {
                        assert!(rendered.text.contains(part.as_str()), "{part}");
                        assert!(rendered.html.contains(&part.replace('&', "&amp;")), "{part}");
                    }
                }
            }
        }
    }

    #[test]
    fn too_many_stories_are_cut_to_what_mail_programs_show() {
        let content = sample::sample_edition(900, Locale::Fr);
        let links = sample::sample_links();
        assert!(render(&content, &links, &templates()).is_err());
        let (fitting, removed) = fit(&content, &links, &templates()).unwrap();
        let rendered = render(&fitting, &links, &templates()).unwrap();
        assert!(rendered.html.len() <= MAX_HTML && rendered.html.len() > MAX_HTML / 2, "{}", rendered.html.len());
        assert_eq!(fitting.items().count() + removed.len(), 900);
        assert!(rendered.text.contains("ne sont pas dans cette"), "{}", rendered.text);
    }
}
