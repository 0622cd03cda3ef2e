//! What may be added to the chain.

use super::{Act, OverrideState, Record, SheetState, Step, holding::Holdings};
use crate::domain::localised::Words;
use chrono::{DateTime, NaiveDate, Utc};

/// An override without a reason that says something helps nobody in a year.
pub const LEAST_REASON: usize = 15;
/// A reason is a sentence or two, a note the same.
const LONGEST_TEXT: usize = 2_000;
const LONGEST_NAME: usize = 100;
const HEAVIEST: f64 = 10.0;

/// Why an act is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inadmissible {
    /// It makes no sense as it was asked for.
    #[error("{0}")]
    Invalid(Words),
    /// There is no such record.
    #[error("{0}")]
    NotFound(Words),
    /// The record is not in a state that allows it.
    #[error("{0}")]
    Conflict(Words),
}

/// Whether a record may follow `before`: its texts, its figures, its dates, and what it refers to.
pub fn admit(new: &Record, before: &[Record]) -> Result<(), Inadmissible> {
    texts(new)?;
    figures(&new.act)?;
    match &new.act {
        Act::Withdraw { number } => withdrawal(*number, before, new.at),
        Act::Qualify { step, .. } => qualification(new, step),
        other => other.review_by().map_or(Ok(()), |day| later("--review-by", day, new.at)),
    }
}

fn invalid(fr: impl Into<String>, en: impl Into<String>) -> Inadmissible {
    Inadmissible::Invalid(Words::new(fr, en))
}

fn texts(new: &Record) -> Result<(), Inadmissible> {
    let names = [("--by", Some(new.actor.as_str()), LONGEST_NAME), ("--reason", new.reason.as_deref(), LONGEST_TEXT)];
    for (name, text, longest) in names {
        line_of_text(name, text, longest)?;
    }
    if new.actor.trim().is_empty() {
        return Err(invalid("il manque un nom : donnez-le par --by", "a name is missing: give it with --by"));
    }
    let reason = new.reason.as_deref().unwrap_or_default().trim().chars().count();
    let least = if matches!(new.act, Act::Qualify { .. }) { 0 } else { LEAST_REASON };
    if reason < least {
        return Err(invalid(
            format!("--reason : {LEAST_REASON} caractères au moins, pas {reason} ; dites ce que vous avez vu, et où"),
            format!("--reason: {LEAST_REASON} characters at least, not {reason}; say what you saw, and where"),
        ));
    }
    Ok(())
}

fn line_of_text(name: &str, text: Option<&str>, longest: usize) -> Result<(), Inadmissible> {
    let text = text.unwrap_or_default();
    if text.chars().any(char::is_control) {
        return Err(invalid(
            format!("{name} contient un caractère de commande ou un retour à la ligne ; écrivez un texte d'une ligne"),
            format!("{name} holds a control character or a line break; write a text of one line"),
        ));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(invalid(
            format!("{name} : {longest} caractères au plus, pas {length}"),
            format!("{name}: {longest} characters at most, not {length}"),
        ));
    }
    Ok(())
}

fn figures(act: &Act) -> Result<(), Inadmissible> {
    match act {
        Act::Pin { score, .. } if *score > 100 => {
            Err(invalid(format!("--pin va de 0 à 100, pas {score}"), format!("--pin goes from 0 to 100, not {score}")))
        }
        Act::Evidence { support, .. } if !(0.0..=1.0).contains(support) => Err(invalid(
            format!("--evidence : l'appui va de 0 à 1, pas {support}"),
            format!("--evidence: a support goes from 0 to 1, not {support}"),
        )),
        Act::Evidence { weight, .. } if !(*weight > 0.0 && *weight <= HEAVIEST) => Err(invalid(
            format!("--weight est au-dessus de 0 et de {HEAVIEST} au plus, pas {weight}"),
            format!("--weight is above 0 and {HEAVIEST} at most, not {weight}"),
        )),
        _ => Ok(()),
    }
}

fn later(name: &str, day: NaiveDate, now: DateTime<Utc>) -> Result<(), Inadmissible> {
    if day > now.date_naive() {
        return Ok(());
    }
    let today = now.date_naive();
    Err(invalid(
        format!("{name} : le {day} n'est pas à venir (aujourd'hui : {today})"),
        format!("{name}: {day} does not lie ahead (today is {today})"),
    ))
}

fn withdrawal(number: i64, before: &[Record], at: DateTime<Utc>) -> Result<(), Inadmissible> {
    let holdings = Holdings::of(before, at);
    match holdings.rows().iter().find(|row| row.number == number) {
        None => Err(Inadmissible::NotFound(Words::new(
            format!("il n'y a pas de dérogation {number} ; `veille overrides list` les nomme"),
            format!("there is no override {number}; `veille overrides list` names them"),
        ))),
        Some(row) if row.state == OverrideState::Withdrawn => Err(Inadmissible::Conflict(Words::new(
            format!("la dérogation {number} est déjà retirée"),
            format!("override {number} is withdrawn already"),
        ))),
        Some(_) => Ok(()),
    }
}

fn qualification(new: &Record, step: &Step) -> Result<(), Inadmissible> {
    let now = new.at;
    step.trial_until.map_or(Ok(()), |day| later("--trial-until", day, now))?;
    step.next_review.map_or(Ok(()), |day| later("--next-review", day, now))?;
    for answer in &step.answers {
        line_of_text("--note", answer.note.as_deref(), LONGEST_TEXT)?;
    }
    let decides = matches!(step.state, Some(SheetState::Accepted | SheetState::Refused));
    if decides && new.reason.as_deref().unwrap_or_default().trim().is_empty() {
        return Err(invalid("accepter ou refuser demande --reason", "accepting or refusing needs --reason"));
    }
    Ok(())
}
