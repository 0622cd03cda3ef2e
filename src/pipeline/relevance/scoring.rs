//! From what matched to a score.

use crate::{
    domain::{
        relevance::{Place, Relevance, RuleMatch},
        slug::Slug,
    },
    pipeline::relevance::{
        matching::{Hit, Hits},
        rules::{Kind, Rule},
    },
};

/// How far one rule met once in a place makes an item answer its theme.
const fn place_weight(place: Place) -> f64 {
    match place {
        Place::Title => 0.7,
        Place::Category => 0.55,
        Place::Identifier => 0.5,
        Place::Summary => 0.4,
        Place::Body => 0.2,
    }
}

/// What each further mention adds of what is left to 1, and how many are heard: a word repeated a hundred times says no more.
const REPEATED: f64 = 0.06;
const HEARD: u32 = 5;

/// What a theme makes of the hits; `None` when it does not answer.
pub(super) fn relevance(theme: usize, slug: &Slug, rules: &[Rule], hits: &Hits) -> Option<Relevance> {
    let own = || rules.iter().enumerate().filter(|(_, rule)| rule.theme == theme);
    let met = |kind: Kind| {
        own().filter(move |(_, rule)| rule.kind == kind).filter_map(|(number, rule)| Some((rule, hits.get(number)?)))
    };
    let wanted = |kind: Kind| own().filter(|(_, rule)| rule.kind == kind).count();
    if (wanted(Kind::Any) > 0 && met(Kind::Any).next().is_none()) || met(Kind::All).count() < wanted(Kind::All) {
        return None;
    }
    let mut matched: Vec<_> = met(Kind::Any).chain(met(Kind::All)).collect();
    if matched.is_empty() {
        return None;
    }
    matched.sort_by(|(_, one), (_, other)| strength(other).total_cmp(&strength(one)));
    let excluded_by = met(Kind::None).max_by(|(_, one), (_, other)| strength(one).total_cmp(&strength(other)));
    let unsure: f64 = matched.iter().map(|(_, hit)| 1.0 - strength(hit)).product();
    Some(Relevance {
        theme: slug.clone(),
        score: if excluded_by.is_some() { 0.0 } else { 1.0 - unsure },
        matches: matched.into_iter().map(rule_match).collect(),
        excluded_by: excluded_by.map(rule_match),
    })
}

/// 0 to 1: by its best place, a little more when repeated.
fn strength(hit: &Hit) -> f64 {
    let repeats = hit.count.saturating_sub(1).min(HEARD);
    1.0 - (1.0 - place_weight(hit.place)) * (1.0 - REPEATED).powi(i32::try_from(repeats).unwrap_or_default())
}

fn rule_match((rule, hit): (&Rule, &Hit)) -> RuleMatch {
    RuleMatch { rule: rule.text.clone(), found: hit.found.clone(), place: hit.place, count: hit.count }
}
