//! The publisher's pages about itself: who is responsible, what it binds itself to, accessibility.

use super::{
    Sources,
    structured::{self, Resolved},
    tree::{attribute, select, text_of},
};
use crate::{
    domain::page::{Statement, Subject},
    pipeline::page::tree::folded,
};
use serde_json::Value;

/// How pages name each of them.
const LABELS: &[(Subject, &[&str])] = &[
    (Subject::Legal, &["mentions legales", "legal notice", "imprint", "impressum", "informations legales"]),
    (
        Subject::Policy,
        &[
            "deontologie",
            "charte editoriale",
            "charte ethique",
            "ethics",
            "ethique",
            "corrections",
            "editorial policy",
            "editorial standards",
            "editorial guidelines",
            "code of conduct",
            "financement",
            "who funds us",
            "politique editoriale",
        ],
    ),
    (Subject::Accessibility, &["accessibilite", "accessibility"]),
];
/// Properties of schema.org that give the address of a policy.
const PROPERTIES: [&str; 7] = [
    "publishingPrinciples",
    "ethicsPolicy",
    "correctionsPolicy",
    "ownershipFundingInfo",
    "verificationFactCheckingPolicy",
    "actionableFeedbackPolicy",
    "unnamedSourcesPolicy",
];
/// A longer label is a sentence.
const LONGEST_LABEL: usize = 80;

/// The first link for each subject, by its label; for policies also what JSON-LD declares.
pub(super) fn statements(sources: &Sources<'_>) -> Vec<Statement> {
    let links: Vec<(String, String, Option<&str>)> = select(sources.document, "a[href]")
        .into_iter()
        .map(|link| (text_of(link), attribute(link, "href")))
        .filter(|(label, _)| !label.is_empty() && label.len() <= LONGEST_LABEL)
        .map(|(label, href)| (format!(" {} ", folded(&label)), label, href))
        .collect();
    let mut statements = Vec::new();
    for (subject, words) in LABELS {
        let named = |folded: &str| words.iter().any(|word| folded.contains(&format!(" {word} ")));
        if let Some((_, label, href)) = links.iter().find(|(folded, ..)| named(folded)) {
            let url = href.and_then(|href| sources.absolute(href));
            statements.push(Statement { subject: *subject, label: label.clone(), url });
        } else if *subject == Subject::Policy {
            statements.extend(declared(sources));
        }
    }
    statements
}

fn declared(sources: &Sources<'_>) -> Option<Statement> {
    let publishers = sources.structured.works().into_iter().filter_map(|work| work.get("publisher")).collect::<Vec<_>>();
    let resolved =
        publishers.into_iter().flat_map(structured::several).filter_map(|value| match sources.structured.resolved(value) {
            Resolved::Object(object) => Some(object),
            Resolved::Other(_) => None,
        });
    sources.structured.objects().chain(resolved).find_map(|object| {
        PROPERTIES.iter().find_map(|property| {
            let url = object.get(*property).and_then(first_address)?;
            Some(Statement { subject: Subject::Policy, label: (*property).to_owned(), url: sources.absolute(&url) })
        })
    })
}

fn first_address(value: &Value) -> Option<String> {
    match value {
        Value::String(url) => Some(url.trim().to_owned()).filter(|url| url.starts_with("http") || url.starts_with('/')),
        Value::Array(values) => values.iter().find_map(first_address),
        Value::Object(object) => object.get("url").or_else(|| object.get("@id")).and_then(first_address),
        _ => None,
    }
}
