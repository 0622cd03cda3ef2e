//! Which of the admitted stories find room.

use crate::{
    domain::{
        candidate::{Choice, Exclusion, Fate},
        slug::Slug,
    },
    pipeline::compose::{Brief, admission::Admitted, voices::Voices},
};
use std::collections::{HashMap, HashSet};

/// What was chosen, best first, and what was not.
pub(super) struct Selection<'a> {
    pub(super) chosen: Vec<Admitted<'a>>,
    pub(super) left_out: Vec<Choice>,
}

/// Takes the best first, as long as edition, section and publisher have room. What a person kept asks no publisher's share.
pub(super) fn select<'a>(brief: &Brief<'_>, voices: &Voices, mut admitted: Vec<Admitted<'a>>) -> Selection<'a> {
    admitted.sort_by(better_first);
    let share = fair_share(brief, voices, &admitted);
    let mut in_section: HashMap<Option<&Slug>, usize> = HashMap::new();
    let mut of_voice: HashMap<&str, usize> = HashMap::new();
    let mut selection = Selection { chosen: Vec::new(), left_out: Vec::new() };
    for story in admitted {
        let theme = story.relevance.map(|relevance| &relevance.theme);
        let voice = voices.get(story.lead);
        let section = in_section.entry(theme).or_default();
        let spoken = of_voice.entry(voice.key.as_str()).or_default();
        let refusal = if selection.chosen.len() >= brief.digest.max_items {
            Some(Exclusion::EditionFull { limit: brief.digest.max_items })
        } else if *section >= brief.digest.max_items_per_theme {
            Some(Exclusion::SectionFull { theme: theme_or_other(theme), limit: brief.digest.max_items_per_theme })
        } else if *spoken >= share && !story.rank.kept {
            Some(Exclusion::PublisherShare { publisher: voice.name.clone(), limit: share })
        } else {
            None
        };
        match refusal {
            Some(because) => {
                selection.left_out.push(Choice { story: story.story, item: story.lead.item, fate: Fate::Out { because } });
            }
            None => {
                *section += 1;
                *spoken += 1;
                selection.chosen.push(story);
            }
        }
    }
    selection
}

/// A quarter of the edition, or more where fewer than four publishers have something to tell.
fn fair_share(brief: &Brief<'_>, voices: &Voices, admitted: &[Admitted<'_>]) -> usize {
    let speakers: HashSet<&str> = admitted.iter().map(|story| voices.get(story.lead).key.as_str()).collect();
    brief.digest.max_items.div_ceil(speakers.len().clamp(1, 4)).max(1)
}

fn better_first(a: &Admitted<'_>, b: &Admitted<'_>) -> std::cmp::Ordering {
    let at = |story: &Admitted<'_>| story.lead.published.map_or(story.lead.first_seen_at, |date| date.at);
    let by_rank = b.rank.kept.cmp(&a.rank.kept).then(b.rank.total.total_cmp(&a.rank.total));
    by_rank.then(at(b).cmp(&at(a))).then(a.story.cmp(&b.story))
}

/// The section of what a person kept although no theme matched.
pub(super) fn theme_or_other(theme: Option<&Slug>) -> Slug {
    theme.cloned().unwrap_or_else(|| Slug::propose("other"))
}
