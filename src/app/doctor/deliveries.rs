//! What waits, what is doubtful, what is late.

use crate::{
    app::{
        App, Result,
        doctor::{Finding, Health, Words},
    },
    domain::{digest::Approval, localised::Locale},
    store::vitals::Vitals,
};
use chrono::TimeDelta;

/// The alarm rings every minute; an hour without effect is not a delay any more.
const LATE: TimeDelta = TimeDelta::hours(1);
/// A draft that waits longer for a person will miss its readers.
const FORGOTTEN: TimeDelta = TimeDelta::days(2);

pub(super) async fn findings(app: &App, vitals: &Vitals, locale: Locale) -> Result<Vec<Finding>> {
    Ok(vec![
        paused(app, locale).await?,
        ambiguous(app, locale).await?,
        queue(app, vitals, locale),
        editions(app, vitals, locale).await?,
    ])
}

async fn paused(app: &App, locale: Locale) -> Result<Finding> {
    let paused = app.store.paused_digests().await?;
    let lines: Vec<String> = paused.iter().map(|(digest, reason, since)| format!("{digest}: {reason} ({since})")).collect();
    if lines.is_empty() {
        return Ok(Words::new("aucun envoi suspendu", "no digest is paused").finding("paused", Health::Good, locale));
    }
    let list = lines.join(" ; ");
    Ok(Words::new(
        format!("envois suspendus : {list} ; corrigez la cause, puis `veille edition send N`"),
        format!("paused: {list}; remove the cause, then `veille edition send N`"),
    )
    .finding("paused", Health::Bad, locale))
}

async fn ambiguous(app: &App, locale: Locale) -> Result<Finding> {
    let doubtful = app.store.ambiguous_deliveries().await?;
    if doubtful.is_empty() {
        return Ok(Words::new("aucun envoi douteux", "no doubtful delivery").finding("ambiguous", Health::Good, locale));
    }
    let count = doubtful.len();
    Ok(Words::new(
        format!("{count} envoi(s) dont nul ne sait s'ils sont partis : `veille edition show N` les nomme"),
        format!("{count} deliveries of which nobody knows whether they left: `veille edition show N` names them"),
    )
    .finding("ambiguous", Health::Warning, locale))
}

fn queue(app: &App, vitals: &Vitals, locale: Locale) -> Finding {
    match vitals.overdue_deliveries.filter(|(_, since)| app.clock.now() - *since > LATE) {
        None => {
            Words::new("rien n'attend plus que prévu", "nothing waits longer than planned").finding("queue", Health::Good, locale)
        }
        Some((count, since)) => Words::new(
            format!("{count} envoi(s) attendent depuis {since} : `veille serve` tourne-t-il ?"),
            format!("{count} deliveries have waited since {since}: does `veille serve` run?"),
        )
        .finding("queue", Health::Bad, locale),
    }
}

async fn editions(app: &App, vitals: &Vitals, locale: Locale) -> Result<Finding> {
    let now = app.clock.now();
    let late: Vec<String> = app.overdue_digests().await?.iter().map(ToString::to_string).collect();
    let by_hand = |slug| app.definitions.digest(slug).is_some_and(|digest| digest.approval == Approval::Required);
    let forgotten = vitals.waiting_editions.iter().filter(|(_, slug, since)| by_hand(slug) && now - *since > FORGOTTEN);
    let forgotten: Vec<String> = forgotten.map(|(number, slug, _)| format!("{number} ({slug})")).collect();
    if late.is_empty() && forgotten.is_empty() {
        return Ok(Words::new("aucune en retard", "none is late").finding("editions", Health::Good, locale));
    }
    let (late, waiting) = (late.join(", "), forgotten.join(", "));
    let none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    Ok(Words::new(
        format!("en retard : {} ; en attente d'une personne : {}", none(&late), none(&waiting)),
        format!("late: {}; waiting for a person: {}", none(&late), none(&waiting)),
    )
    .finding("editions", Health::Warning, locale))
}
