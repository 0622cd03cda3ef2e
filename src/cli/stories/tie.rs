//! Why an item is in its story, for people.

use crate::domain::{localised::Locale, story::Tie};

/// One line, without the item's own name.
pub(in crate::cli) fn told(tie: &Tie, locale: Locale) -> String {
    let percent = |share: &f64| format!("{:.0} %", share * 100.0);
    match tie {
        Tie::Seed => locale.pick("ouvre le sujet", "opens the story").to_owned(),
        Tie::SameUrl { item } => locale.pick(format!("la même page que {item}"), format!("the same page as {item}")),
        Tie::Copy { item, overlap } => {
            let share = percent(overlap);
            locale.pick(
                format!("les mots de {item} ({share}) : ne confirme rien"),
                format!("the words of {item} ({share}): confirms nothing"),
            )
        }
        Tie::SharedIdentifier { item, identifier } => locale
            .pick(format!("la même référence que {item} : {identifier}"), format!("the same reference as {item}: {identifier}")),
        Tie::SameWords { similarity, words } => {
            let (share, words) = (percent(similarity), words.join(", "));
            locale.pick(format!("les mêmes mots ({share}) : {words}"), format!("the same words ({share}): {words}"))
        }
        Tie::Person => locale.pick("mis là par une personne", "put here by a person").to_owned(),
    }
}
