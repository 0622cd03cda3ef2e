//! Overrides as lines for people.

use crate::domain::{
    listing::Judged,
    localised::Locale,
    trust::{OverrideRow, OverrideState, SheetState},
};

/// « 3 fixée à 80 par Camille jusqu'au 2027-01-01 : raison (en vigueur) ».
pub(crate) fn override_line(row: &OverrideRow, locale: Locale) -> String {
    let about = match (row.item, &row.title) {
        (Some(item), Some(title)) => locale.pick(format!("article {item} « {title} »"), format!("item {item} \"{title}\"")),
        _ => locale.pick(format!("source {}", row.source), format!("source {}", row.source)),
    };
    let (colon, state) = (locale.pick("\u{a0}: ", ": "), word(row.state, locale));
    format!("{:>4}  {about}{colon}{} [{state}]", row.number, said(row, locale))
}

/// What one override says, by whom, until when and why.
fn said(row: &OverrideRow, locale: Locale) -> String {
    let what = match (row.score, row.criterion) {
        (Some(score), _) => locale.pick(format!("fixé à {score}"), format!("pinned at {score}")),
        (_, Some(criterion)) => {
            let (id, support, weight) = (criterion.id(), row.support.unwrap_or_default(), row.weight.unwrap_or_default());
            locale.pick(format!("{id} = {support}, poids {weight}"), format!("{id} = {support}, weight {weight}"))
        }
        _ => locale.pick("bloqué", "blocked").to_owned(),
    };
    let OverrideRow { actor, review_by, reason, .. } = row;
    locale.pick(
        format!("{what} par {actor} jusqu'au {review_by}\u{a0}: {reason}"),
        format!("{what} by {actor} until {review_by}: {reason}"),
    )
}

fn word(state: OverrideState, locale: Locale) -> &'static str {
    match state {
        OverrideState::InForce => locale.pick("en vigueur", "in force"),
        OverrideState::ToReview => locale.pick("à revoir", "to review"),
        OverrideState::Replaced => locale.pick("remplacé", "replaced"),
        OverrideState::Withdrawn => locale.pick("retiré", "withdrawn"),
    }
}

/// Where a qualification stands, in a word.
pub(crate) fn state_word(state: SheetState, locale: Locale) -> &'static str {
    match state {
        SheetState::Proposed => locale.pick("proposée", "proposed"),
        SheetState::Trial => locale.pick("à l'essai", "on trial"),
        SheetState::Accepted => locale.pick("acceptée", "accepted"),
        SheetState::Refused => locale.pick("refusée", "refused"),
    }
}

/// What people said, and the computed score beside it.
pub(crate) fn judged_lines(judged: &Judged, locale: Locale) -> Vec<String> {
    let computed = match judged.computed {
        Some(computed) => format!("{:.0}", computed.score),
        None => locale.pick("rien", "nothing").to_owned(),
    };
    let mut lines: Vec<String> = judged.overrides.iter().map(|row| format!("! {}", said(row, locale))).collect();
    lines.push(
        locale
            .pick(format!("! calculé sans personne\u{a0}: {computed}"), format!("! computed without anybody's word: {computed}")),
    );
    lines
}
