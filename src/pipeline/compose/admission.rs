//! Which stories may be told at all, and what they rank by.

use crate::{
    domain::{
        candidate::{Candidate, Exclusion, FirstFetch, Rank, oldest_news},
        decision::Verdict,
        relevance::Relevance,
        slug::Slug,
    },
    pipeline::compose::{
        Brief,
        tale::{Tale, has},
        voices::Voices,
    },
};
use chrono::{DateTime, Utc};

/// A story that may be told.
pub(super) struct Admitted<'a> {
    pub(super) story: i64,
    /// The item that tells it.
    pub(super) lead: &'a Candidate,
    /// The other items that may be named.
    pub(super) others: Vec<&'a Candidate>,
    /// Its best theme; `None` for what a person kept although no theme matched.
    pub(super) relevance: Option<&'a Relevance>,
    pub(super) rank: Rank,
}

/// The story with its theme and rank, or the item concerned and why it is out.
pub(super) fn admit<'a>(brief: &Brief<'_>, voices: &Voices, tale: &Tale<'a>) -> Result<Admitted<'a>, (i64, Exclusion)> {
    let head = tale.lead();
    let out = |because| Err((head.item, because));
    if let Some(edition) = tale.members.iter().find_map(|member| member.told_in) {
        return out(Exclusion::Told { edition });
    }
    let kept = tale.is_kept();
    if let Some(because) = personal_refusal(brief, tale).filter(|_| !kept) {
        return out(because);
    }
    let allowed = |member: &&&Candidate| voices.get(member).blocked.is_none() && !has(member, Verdict::Drop);
    let usable: Vec<&Candidate> = tale.members.iter().filter(allowed).copied().collect();
    if usable.is_empty() {
        let reason = voices.get(head).blocked.clone().unwrap_or_default();
        return out(Exclusion::Blocked { publisher: voices.get(head).name.clone(), reason });
    }
    let fresh = if kept { usable.clone() } else { fresh(brief, &usable)? };
    let lead = lead_of(&fresh);
    let relevance = match best_theme(brief, lead, &usable) {
        Ok(relevance) => Some(relevance),
        // A digest of some themes is not the place for what answers none of them.
        Err(_) if kept && brief.digest.themes.is_empty() => None,
        Err(because) => return Err((lead.item, because)),
    };
    let others: Vec<&Candidate> = usable.into_iter().filter(|member| member.item != lead.item).collect();
    let rank = Rank { kept, ..rank(brief, lead, relevance) };
    Ok(Admitted { story: tale.story, lead, others, relevance, rank })
}

/// Dropped by its lead, or deferred since the last edition was closed.
fn personal_refusal(brief: &Brief<'_>, tale: &Tale<'_>) -> Option<Exclusion> {
    let lead = tale.lead();
    if let Some(decided) = lead.decision.as_ref().filter(|decided| decided.verdict == Verdict::Drop) {
        return Some(Exclusion::Dropped { actor: decided.actor.clone(), reason: decided.reason.clone() });
    }
    let deferred = tale.members.iter().filter(|member| has(member, Verdict::Later) && !is_due(brief, member));
    deferred.filter_map(|member| member.decision.as_ref()).next().map(|decided| Exclusion::Later { actor: decided.actor.clone() })
}

/// A person deferred it before this period opened: its time has come.
fn is_due(brief: &Brief<'_>, candidate: &Candidate) -> bool {
    let opened = |at: DateTime<Utc>| brief.window.opened_at.is_some_and(|opened| at <= opened);
    has(candidate, Verdict::Later) && candidate.decision.as_ref().is_some_and(|decided| opened(decided.at))
}

/// The items that are news; if none of the new ones is, the reason of the first.
fn fresh<'a>(brief: &Brief<'_>, usable: &[&'a Candidate]) -> Result<Vec<&'a Candidate>, (i64, Exclusion)> {
    let news: Vec<&Candidate> = usable.iter().filter(|member| staleness(brief, member).is_none()).copied().collect();
    if news.iter().any(|member| member.in_window || is_due(brief, member)) {
        return Ok(news);
    }
    let first = usable.iter().find(|member| member.in_window).unwrap_or(&usable[0]);
    let because = staleness(brief, first).unwrap_or(Exclusion::Backlog { published_at: first.published.map(|date| date.at) });
    Err((first.item, because))
}

/// Why an item is no news. Novelty is the date of publication and the day it was first seen together.
fn staleness(brief: &Brief<'_>, member: &Candidate) -> Option<Exclusion> {
    if is_due(brief, member) {
        return None;
    }
    let published_at = member.published.map(|date| date.at);
    match published_at {
        at if member.backlog
            && (brief.window.first_fetch == FirstFetch::LeaveOut || at.is_none_or(|at| at < brief.period.since)) =>
        {
            Some(Exclusion::Backlog { published_at })
        }
        Some(at) if at < oldest_news(brief.period.since, brief.now) => Some(Exclusion::Old { published_at: at }),
        _ => None,
    }
}

/// The story's lead when it may speak, else what a person kept, else the most reliable, else the first.
fn lead_of<'a>(speakers: &[&'a Candidate]) -> &'a Candidate {
    let low = |member: &Candidate| member.reliability.map_or(0.0, |reliability| reliability.low);
    let better = |a: &&&Candidate, b: &&&Candidate| {
        let by_rank = (a.leads, has(a, Verdict::Keep)).cmp(&(b.leads, has(b, Verdict::Keep)));
        by_rank.then(low(a).total_cmp(&low(b))).then(b.item.cmp(&a.item))
    };
    speakers.iter().max_by(better).copied().unwrap_or(speakers[0])
}

/// The theme that the lead answers best, else the one that another member does; the digest's order decides between equals.
fn best_theme<'a>(brief: &Brief<'_>, lead: &'a Candidate, usable: &[&'a Candidate]) -> Result<&'a Relevance, Exclusion> {
    let themes = themes(brief);
    let answers = |member: &'a Candidate| {
        let place = |relevance: &Relevance| themes.iter().position(|theme| *theme == &relevance.theme);
        let positive =
            move |relevance: &&Relevance| relevance.score > 0.0 && relevance.excluded_by.is_none() && place(relevance).is_some();
        let best = member.relevance.iter().filter(positive);
        best.max_by(|a, b| a.score.total_cmp(&b.score).then(place(b).cmp(&place(a))))
    };
    if let Some(relevance) = answers(lead) {
        return Ok(relevance);
    }
    let excluded = lead.relevance.iter().find_map(|relevance| {
        relevance.excluded_by.as_ref().filter(|_| themes.contains(&&relevance.theme)).map(|by| (relevance, by))
    });
    if let Some((relevance, by)) = excluded {
        return Err(Exclusion::ExcludedByRule { theme: relevance.theme.clone(), rule: by.rule.clone() });
    }
    let of_others = usable.iter().filter_map(|member| Some((answers(member)?, member.item)));
    let best = of_others.max_by(|(a, x), (b, y)| a.score.total_cmp(&b.score).then(y.cmp(x)));
    best.map(|(relevance, _)| relevance).ok_or(Exclusion::NoTheme)
}

/// The digest's themes in its order: those it names, else all.
pub(super) fn themes<'a>(brief: &Brief<'a>) -> Vec<&'a Slug> {
    match brief.digest.themes.as_slice() {
        [] => brief.definitions.themes.iter().map(|theme| &theme.slug).collect(),
        named => named.iter().collect(),
    }
}

/// How much each part of a rank counts. Reliability counts as much as the theme: what shouts the right words is not news yet.
const WEIGHTS: Rank = Rank { kept: false, relevance: 0.4, reliability: 0.4, corroboration: 0.1, freshness: 0.1, total: 1.0 };

fn rank(brief: &Brief<'_>, lead: &Candidate, theme: Option<&Relevance>) -> Rank {
    let relevance = theme.map_or(0.0, |theme| theme.score);
    let reliability = lead.reliability.map_or(0.0, |reliability| (reliability.low / 100.0).clamp(0.0, 1.0));
    let corroboration = lead.independent.saturating_sub(1).min(3) as f64 / 3.0;
    let length = (brief.now - brief.period.since).num_seconds().max(1) as f64;
    let age = |at: DateTime<Utc>| ((at - brief.period.since).num_seconds() as f64 / length).clamp(0.0, 1.0);
    let freshness = lead.published.map_or(0.0, |date| age(date.at));
    let total = WEIGHTS.relevance * relevance
        + WEIGHTS.reliability * reliability
        + WEIGHTS.corroboration * corroboration
        + WEIGHTS.freshness * freshness;
    Rank { kept: false, relevance, reliability, corroboration, freshness, total }
}
