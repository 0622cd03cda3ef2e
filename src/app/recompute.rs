//! Would the stored scores come out again? Same evidence and same rules give the same bits; other rules tell what they would change.

use crate::{
    app::{App, Result},
    domain::{
        evidence::{Level, Reliability},
        listing::ReliabilityRow,
        slug::Slug,
    },
    pipeline::reliability::{Rules, score},
    store::assessments::StoredAssessment,
};
use serde::Serialize;

/// Assessments read at once.
const A_PAGE: u32 = 1_000;
/// How many changes are told one by one.
const TOLD: usize = 20;

/// What a recomputation found. The field names are those of `veille assess --stored --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recomputed {
    /// The version of the rules that it was done with.
    pub rules: String,
    /// Items.
    pub items: Tally,
    /// Sources.
    pub sources: Tally,
    /// Sources that are not counted: an item of theirs was assessed since they were, and the next refresh computes them anew.
    pub stale_sources: usize,
    /// The largest changes.
    pub changes: Vec<Change>,
}

/// How many scores came out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Looked at.
    pub all: usize,
    /// Bit for bit the same.
    pub identical: usize,
    /// Not the same, and computed under another version of the rules: what these would change.
    pub changed_by_rules: usize,
    /// Not the same under the same version: the evidence or the score was changed behind our back, or rules were edited without a
    /// new version.
    pub unexplained: usize,
    /// Get another word.
    pub other_level: usize,
}

/// One score that does not come out again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Row id of an item.
    pub item: Option<i64>,
    /// Slug of a source.
    pub source: Option<Slug>,
    /// The score stored.
    pub before: f64,
    /// The score computed now.
    pub after: f64,
    /// The word stored.
    pub level_before: Level,
    /// The word now.
    pub level_after: Level,
    /// The version of the rules that the stored one was computed with.
    pub rules: String,
}

impl Recomputed {
    /// Every score came out again, or other rules explain why it did not.
    pub fn is_sound(&self) -> bool {
        self.items.unexplained + self.sources.unexplained == 0
    }

    fn note(&mut self, change: Option<Change>, of_item: bool) {
        let same_rules = change.as_ref().is_some_and(|change| change.rules == self.rules);
        let tally = if of_item { &mut self.items } else { &mut self.sources };
        tally.all += 1;
        let Some(change) = change else {
            tally.identical += 1;
            return;
        };
        *(if same_rules { &mut tally.unexplained } else { &mut tally.changed_by_rules }) += 1;
        tally.other_level += usize::from(change.level_before != change.level_after);
        self.changes.push(change);
        if self.changes.len() >= 2 * TOLD {
            self.keep_the_largest();
        }
    }

    fn keep_the_largest(&mut self) {
        let by = |change: &Change| (change.after - change.before).abs();
        self.changes.sort_by(|a, b| by(b).total_cmp(&by(a)));
        self.changes.truncate(TOLD);
    }
}

impl App {
    /// Computes every stored score again from its stored evidence, under `rules`, and compares bit for bit. Writes nothing.
    pub async fn recompute(&self, rules: &Rules) -> Result<Recomputed> {
        let mut found = Recomputed {
            rules: rules.version().to_owned(),
            items: Tally::default(),
            sources: Tally::default(),
            stale_sources: 0,
            changes: Vec::new(),
        };
        let mut after = 0;
        loop {
            let page = self.store.assessments_after(after, A_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.item;
            page.iter().for_each(|stored| found.note(item_change(rules, stored), true));
        }
        self.recompute_sources(rules, &mut found).await?;
        found.keep_the_largest();
        Ok(found)
    }

    async fn recompute_sources(&self, rules: &Rules, found: &mut Recomputed) -> Result<()> {
        let stale = self.store.stale_sources().await?;
        for (slug, state) in self.store.source_states().await? {
            let Some(stored) = state.reliability.filter(|_| self.definitions.source(&slug).is_some()) else { continue };
            let again = score(rules, &self.source_evidence(&slug).await?);
            let is_same = same(&ReliabilityRow::of(&stored), &stored.caps, &again);
            if !is_same && stale.contains(&state.id) {
                found.stale_sources += 1;
                continue;
            }
            let change = (!is_same).then_some(Change {
                item: None,
                source: Some(slug),
                before: stored.score,
                after: again.score,
                level_before: stored.level,
                level_after: again.level,
                rules: stored.rules,
            });
            found.note(change, false);
        }
        Ok(())
    }
}

fn item_change(rules: &Rules, stored: &StoredAssessment) -> Option<Change> {
    let again = score(rules, &stored.evidence);
    (!same(&stored.reliability, &stored.caps, &again)).then(|| Change {
        item: Some(stored.item),
        source: None,
        before: stored.reliability.score,
        after: again.score,
        level_before: stored.reliability.level,
        level_after: again.level,
        rules: stored.rules.clone(),
    })
}

/// Bit for bit.
fn same(stored: &ReliabilityRow, caps: &[String], again: &Reliability) -> bool {
    let bits = |row: &ReliabilityRow| [row.score, row.low, row.high, row.confidence].map(f64::to_bits);
    bits(stored) == bits(&ReliabilityRow::of(again)) && stored.level == again.level && caps == again.caps
}
