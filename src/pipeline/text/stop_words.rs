//! Words that carry the grammar and not the subject.

use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// What French drops a vowel from before an apostrophe.
pub(super) fn is_elision(word: &str) -> bool {
    matches!(
        word,
        "l" | "d" | "n" | "s" | "j" | "m" | "t" | "c" | "qu" | "jusqu" | "lorsqu" | "puisqu" | "quoiqu" | "quelqu" | "presqu"
    )
}

/// French, folded.
const FRENCH: &str = "a afin ai ainsi alors apres au aucun aucune aujourdhui auquel aura aurait aussi autour autre avaient avait avant \
    avec avoir avons ayant beaucoup bien car ce ceci cela celle celui cependant certain certaine ces cet cette ceux chacun chaque chez \
    comme comment contre dans de deja depuis derniere dernier des desormais dessous dessus deux devant devra devrait doit doivent donc \
    dont du durant elle elles en encore enfin entre es est et etaient etait etant ete etre eu eux faire fait faut font hors il ils ici \
    jamais je jusque la laquelle le lequel les lesquels leur leurs lors lorsque lui ma mais malgre me meme mes mettre mieux moi moins \
    mon ne ni nombreux non nos notamment notre nous nouveau nouvel nouvelle on ont or ou par parce parmi pas pendant peu peut peuvent \
    plus plusieurs plutot pour pourquoi pourrait pouvoir premier premiere pres propos puis quand quant que quel quelle quelque \
    quelques qui quoi sa sans sauf se selon sera serait seront ses si soit son sont sous souvent sur ta tandis tant te tel telle tes \
    toi ton toujours tous tout toute toutes tres trois trop tu un une va vers via voici voila vont vos votre vous voir y";

/// English, folded.
const ENGLISH: &str = "about above after again against all almost also although always am among an and another any are aren around \
    as at be became because become been before being below between both but by can cannot could couldnt did didnt do does doesnt doing \
    done dont down during each either else even ever every few first for from further get gets give given go goes got had has hasnt \
    have havent having he her here hers him his how however i if in into is isnt it its itself just last latest least less let like \
    made make makes many may me might more most much must my near need needs neither never new next no nor not now of off often on \
    once one only or other others our out over own per put rather s same say says said see seen several shall she should since so some \
    still such take takes than that the their them then there these they thing this those though three through thus to too toward two \
    under until up upon us use used using very via want was way we well were what when where whether which while who whom whose why \
    will with within without would yet you your";

static FRENCH_SET: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FRENCH.split_ascii_whitespace().collect());
static ENGLISH_SET: LazyLock<FxHashSet<&str>> = LazyLock::new(|| ENGLISH.split_ascii_whitespace().collect());

/// Whether a folded word only carries the grammar, in French or in English.
pub fn is_stop_word(folded: &str) -> bool {
    is_french_stop_word(folded) || is_english_stop_word(folded)
}

/// Whether a folded word carries the grammar of French.
pub fn is_french_stop_word(folded: &str) -> bool {
    FRENCH_SET.contains(folded)
}

/// Whether a folded word carries the grammar of English.
pub fn is_english_stop_word(folded: &str) -> bool {
    ENGLISH_SET.contains(folded)
}

#[cfg(test)]
mod tests {
    use super::{ENGLISH, FRENCH, is_stop_word};
    use crate::pipeline::text::fold;

    #[test]
    fn lists_are_folded_and_hold_no_subject() {
        for word in FRENCH.split_whitespace().chain(ENGLISH.split_whitespace()) {
            assert_eq!(fold(word), word);
        }
        assert!(["le", "qui", "the", "with"].into_iter().all(is_stop_word));
        assert!(!["ia", "cnil", "model", "regulation", "loi", "amende"].into_iter().any(is_stop_word));
    }
}
