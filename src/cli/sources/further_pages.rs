//! How far the reading of a feed's further pages came, in words.

use crate::domain::{
    archive::{CatchUp, CatchUpStop},
    localised::Locale,
};

/// One line.
pub(super) fn said(catch_up: &CatchUp, locale: Locale) -> String {
    let pages = usize::try_from(catch_up.pages).unwrap_or(usize::MAX);
    let read = locale.count(pages, ["page lue", "pages lues"], ["page read", "pages read"]);
    let day = catch_up.began_at.format("%Y-%m-%d");
    let began = locale.pick(format!("{read} depuis le {day}"), format!("{read} since {day}"));
    let next = if catch_up.next.is_some() {
        locale.pick(" ; la suite à la prochaine lecture", "; the next read goes on")
    } else {
        locale.pick("", "")
    };
    match catch_up.stopped.as_ref().map(|stop| reason(stop, locale)) {
        Some(reason) => format!("{began}{} {reason}{next}", locale.pick("\u{a0}:", ":")),
        None => format!("{began}{next}"),
    }
}

fn reason(stop: &CatchUpStop, locale: Locale) -> String {
    match stop {
        CatchUpStop::Limit => locale.pick(
            "la limite est atteinte, `archive_pages` sous [fetch] dans veille.toml en permet davantage".to_owned(),
            "the limit is reached, `archive_pages` under [fetch] in veille.toml allows more".to_owned(),
        ),
        CatchUpStop::Circle => {
            locale.pick("elles tournent en rond".to_owned(), "they lead back to a page that was read".to_owned())
        }
        CatchUpStop::Elsewhere(address) => locale.pick(
            format!("la suivante est sur un autre serveur et n'est pas demandée ({address})"),
            format!("the next one is on another server and is not asked for ({address})"),
        ),
        CatchUpStop::Paused => locale.pick("cela suffit pour une fois".to_owned(), "enough for one time".to_owned()),
        CatchUpStop::Failed(reason) => reason.clone(),
    }
}
