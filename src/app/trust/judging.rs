//! People's words, put on rows, candidates and ledgers.

use crate::{
    app::{App, Error, Result, trust::Trust},
    domain::{
        candidate::{Assessed, Candidate, JudgedCandidate},
        edition::EditionContent,
        evidence::{Evidence, Reliability},
        listing::{ItemRow, Judged, ReliabilityRow},
        slug::Slug,
        trust::Sheet,
    },
    pipeline::reliability::{Rules, Said, heard, judged},
};
use std::collections::HashMap;

/// What people said of the candidates of an edition: their evidence is asked for again when it is put into words.
pub(crate) struct Heard {
    trust: Trust,
    sources: HashMap<i64, Slug>,
}

impl Heard {
    /// The evidence of an item with what people add to it.
    pub(crate) fn evidence(&self, rules: &Rules, item: i64, evidence: &[Evidence]) -> Vec<Evidence> {
        match self.sources.get(&item) {
            Some(source) => heard(rules, evidence, &self.trust.of_item(source, item), self.trust.at()),
            None => evidence.to_vec(),
        }
    }
}

impl App {
    /// Puts what people said on the rows of a list.
    pub(crate) async fn judge_rows(&self, rows: &mut [ItemRow]) -> Result<()> {
        let trust = self.trust(self.clock.now()).await?;
        if trust.is_silent() {
            return Ok(());
        }
        let slug = |row: &ItemRow| Slug::parse(&row.source).ok();
        let says = |source: &Slug, item| !trust.of_item(source, item).is_nothing() || trust.refusal(source).is_some();
        let concerned = |row: &&mut ItemRow| slug(row).is_some_and(|source| says(&source, row.id));
        let mut concerned: Vec<&mut ItemRow> = rows.iter_mut().filter(concerned).collect();
        let evidence = self.evidence_by_item(concerned.iter().map(|row| row.id).collect()).await?;
        for row in &mut concerned {
            let Some(source) = slug(row) else { continue };
            let said = trust.of_item(&source, row.id);
            let judgement = judgement(&trust, evidence.get(&row.id).map_or(&[], Vec::as_slice), &said);
            row.judged = Some(judged_row(row.reliability, &trust, &source, &said));
            if !said.is_nothing() {
                row.reliability = Some(ReliabilityRow::of(&judgement));
            }
        }
        Ok(())
    }

    /// Puts what people said until `trust` on the candidates of an edition.
    pub(crate) async fn judge_candidates(&self, trust: Trust, candidates: &mut [Candidate]) -> Result<Heard> {
        let sources = candidates.iter().map(|candidate| (candidate.item, candidate.source.clone())).collect();
        if trust.is_silent() {
            return Ok(Heard { trust, sources: HashMap::new() });
        }
        let says = |candidate: &&mut Candidate| {
            !trust.of_item(&candidate.source, candidate.item).is_nothing() || trust.refusal(&candidate.source).is_some()
        };
        let mut concerned: Vec<&mut Candidate> = candidates.iter_mut().filter(says).collect();
        let evidence = self.evidence_by_item(concerned.iter().map(|candidate| candidate.item).collect()).await?;
        for candidate in &mut concerned {
            let said = trust.of_item(&candidate.source, candidate.item);
            let refusal = trust.refusal(&candidate.source);
            let computed = candidate.reliability.map(|computed| computed.score.round().clamp(0.0, 100.0) as u8);
            let judgement = judgement(&trust, evidence.get(&candidate.item).map_or(&[], Vec::as_slice), &said);
            let pinned = said.item.is_some_and(|hold| hold.pin().is_some());
            candidate.judged =
                Some(JudgedCandidate { pinned_over: computed.filter(|_| pinned), blocked: blocked(&said, refusal) });
            let Reliability { score, low, high, level, .. } = judgement;
            candidate.reliability = Some(Assessed { score, low, high, level });
        }
        Ok(Heard { trust, sources })
    }

    /// Refuses what tells an item that a person has blocked since it was composed, or whose source was refused.
    pub(crate) async fn refuse_blocked(&self, number: i64, content: &EditionContent) -> Result<()> {
        let trust = self.trust(self.clock.now()).await?;
        if trust.is_silent() {
            return Ok(());
        }
        for item in content.items() {
            let row = self.store.item(item.item).await?.row;
            let Ok(source) = Slug::parse(&row.source) else { continue };
            if let Some((actor, reason)) = blocked(&trust.of_item(&source, row.id), trust.refusal(&source)) {
                return Err(Error::Refused(format!(
                    "edition {number} tells item {}, which {actor} blocked ({reason}); draft it again",
                    row.id
                )));
            }
        }
        Ok(())
    }

    async fn evidence_by_item(&self, items: Vec<i64>) -> Result<HashMap<i64, Vec<Evidence>>> {
        let stored = self.store.assessments(items).await?;
        Ok(stored.into_iter().map(|stored| (stored.item, stored.evidence)).collect())
    }
}

/// Who says that it may not be told, and why.
fn blocked(said: &Said<'_>, refusal: Option<&Sheet>) -> Option<(String, String)> {
    let refused = refusal.map(|sheet| (sheet.decided_by.clone().unwrap_or_default(), sheet.reason.clone().unwrap_or_default()));
    said.block().map(|row| (row.actor.clone(), row.reason.clone())).or(refused)
}

fn judgement(trust: &Trust, evidence: &[Evidence], said: &Said<'_>) -> Reliability {
    let rules = Rules::shipped();
    judged(&rules, &heard(&rules, evidence, said, trust.at()), said)
}

pub(super) fn judged_row(computed: Option<ReliabilityRow>, trust: &Trust, source: &Slug, said: &Said<'_>) -> Judged {
    let qualification = trust.sheet(source).map(|sheet| sheet.state);
    Judged { computed, overrides: Trust::overrides(said), qualification }
}
