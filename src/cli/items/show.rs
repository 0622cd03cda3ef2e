//! `veille items show`.

use crate::{
    app::{Result, items::ItemDetail},
    cli::{
        Context, Exit,
        items::list::{self, verdict_word},
        output,
        stories::tie,
        trust::judged_lines,
    },
    domain::{
        evidence::Ledger,
        identifier::Identifier,
        item::Item,
        listing::{ItemRow, StoryRow},
        localised::Locale,
        relevance::{Place, Relevance},
    },
    pipeline::reliability::wording,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Arguments of `veille items show`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The item's number.
    id: i64,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

/// The item's row in a list, and everything else that is stored about it.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    row: &'a ItemRow,
    authors: Vec<Author<'a>>,
    updated_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
    summary: &'a str,
    content_html: Option<&'a str>,
    content_text: Option<&'a str>,
    categories: &'a [String],
    links: &'a [String],
    identifiers: &'a [Identifier],
    matches: &'a [Relevance],
    ledger: Option<&'a Ledger>,
    story_members: &'a [StoryRow],
    decisions: Vec<DecisionRow<'a>>,
}

#[derive(Debug, Serialize)]
struct Author<'a> {
    name: &'a str,
    place: &'a str,
    url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct DecisionRow<'a> {
    verdict: crate::domain::decision::Verdict,
    actor: &'a str,
    reason: Option<&'a str>,
    decided_at: DateTime<Utc>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let detail = context.app().await?.item_detail(args.id).await?;
    if args.json {
        output::json(&shown(&detail))?;
    } else {
        for line in lines(&detail, context.locale) {
            output::line(line);
        }
    }
    Ok(Exit::Done)
}

fn shown(detail: &ItemDetail) -> Shown<'_> {
    let record = &detail.record;
    let content = &record.item.content;
    Shown {
        row: &record.row,
        authors: content.authors.iter().map(|a| Author { name: &a.name, place: a.place, url: a.url.as_deref() }).collect(),
        updated_at: content.updated.map(|date| date.at),
        changed_at: record.item.changed_at,
        summary: &content.summary,
        content_html: content.content_html.as_deref(),
        content_text: content.content_text.as_deref(),
        categories: &content.categories,
        links: &content.links,
        identifiers: &content.identifiers,
        matches: &record.relevance,
        ledger: detail.ledger.as_ref(),
        story_members: &record.story,
        decisions: record
            .decisions
            .iter()
            .map(|d| DecisionRow { verdict: d.verdict, actor: &d.actor, reason: d.reason.as_deref(), decided_at: d.decided_at })
            .collect(),
    }
}

fn lines(detail: &ItemDetail, locale: Locale) -> Vec<String> {
    let record = &detail.record;
    let content = &record.item.content;
    let mut lines = vec![list::line(&record.row, locale)];
    lines.extend(content.url.clone());
    if !content.authors.is_empty() {
        let names: Vec<_> = content.authors.iter().map(|author| author.name.as_str()).collect();
        lines.push(format!("{}{}", locale.pick("Signé : ", "By: "), names.join(", ")));
    }
    lines.extend(no_date(&record.item, locale));
    lines.push(String::new());
    lines.push(content.summary.clone());
    lines.extend(references(&content.identifiers, locale));
    lines.extend(themes(&record.relevance, locale));
    lines.extend(reliability(detail, locale));
    if !record.story.is_empty() {
        lines.extend(chapter(locale.pick("Même fait :", "Same story:")));
        lines.extend(
            record.story.iter().map(|other| {
                format!("  {:>6}  {}: {} ({})", other.item, other.source, other.title, tie::told(&other.tie, locale))
            }),
        );
    }
    if !record.decisions.is_empty() {
        lines.extend(chapter(locale.pick("Décisions :", "Decisions:")));
        lines.extend(record.decisions.iter().map(|decision| {
            let reason = decision.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            let at = decision.decided_at.format("%Y-%m-%d %H:%M");
            format!("  {at}  {}: {}{reason}", decision.actor, verdict_word(decision.verdict, locale))
        }));
    }
    lines
}

fn chapter(title: &str) -> [String; 2] {
    [String::new(), title.to_owned()]
}

/// The day in the first line is that of our first look: say why.
fn no_date(item: &Item, locale: Locale) -> Option<String> {
    let seen = item.first_seen_at.format("%Y-%m-%d");
    match (&item.content.published, &item.content.unreadable_date) {
        (Some(_), _) => None,
        (None, Some(stated)) => Some(locale.pick(
            format!("Date indiquée mais illisible, ou à venir : « {stated} » ; vu pour la première fois le {seen}"),
            format!("States a date that cannot be read or lies ahead: \"{stated}\"; first seen on {seen}"),
        )),
        (None, None) => Some(
            locale
                .pick(format!("Sans date ; vu pour la première fois le {seen}"), format!("Without a date; first seen on {seen}")),
        ),
    }
}

/// Primary documents that the item names, each with where to read it.
fn references(identifiers: &[Identifier], locale: Locale) -> Vec<String> {
    if identifiers.is_empty() {
        return Vec::new();
    }
    let one = |id: &Identifier| id.address().map_or_else(|| id.value.clone(), |address| format!("{}: {address}", id.value));
    let mut lines = chapter(locale.pick("Documents cités :", "Documents named:")).to_vec();
    lines.extend(identifiers.iter().map(|id| format!("  {}", one(id))));
    lines
}

fn themes(relevance: &[Relevance], locale: Locale) -> Vec<String> {
    if relevance.is_empty() {
        return chapter(locale.pick("Ne répond à aucun thème.", "Answers no theme.")).to_vec();
    }
    let mut lines = chapter(locale.pick("Thèmes :", "Themes:")).to_vec();
    for theme in relevance {
        let excluded = theme
            .excluded_by
            .as_ref()
            .map(|rule| locale.pick(format!(", exclu par « {} »", rule.found), format!(", excluded by \"{}\"", rule.found)));
        lines.push(format!("  {} {}{}", theme.theme, wording::number(locale, theme.score), excluded.unwrap_or_default()));
        for rule in &theme.matches {
            lines.push(format!("    {} ({}, {} ×)", rule.found, place(rule.place, locale), rule.count));
        }
    }
    lines
}

fn reliability(detail: &ItemDetail, locale: Locale) -> Vec<String> {
    let Some(ledger) = &detail.ledger else { return Vec::new() };
    let mut lines = vec![String::new(), wording::headline(locale, &ledger.reliability)];
    lines.extend(detail.record.row.judged.iter().flat_map(|judged| judged_lines(judged, locale)));
    lines.extend(ledger.lines.iter().map(|line| format!("  {}", wording::line(locale, line))));
    lines.extend(ledger.reliability.caps.iter().map(|cap| format!("  {}", wording::cap(locale, cap))));
    if !ledger.missing.is_empty() {
        lines.push(locale.pick("Ce qui manque :", "What is missing:").to_owned());
        lines.extend(ledger.missing.iter().map(|missing| format!("  {}", wording::missing(locale, missing))));
    }
    lines
}

fn place(place: Place, locale: Locale) -> &'static str {
    match place {
        Place::Title => locale.pick("titre", "title"),
        Place::Summary => locale.pick("résumé", "summary"),
        Place::Body => locale.pick("texte", "body"),
        Place::Category => locale.pick("catégorie", "category"),
        Place::Identifier => locale.pick("référence", "identifier"),
    }
}
