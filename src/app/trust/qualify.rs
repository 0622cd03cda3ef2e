//! The qualification of a source: what people answer, beside what the evidence says.

use crate::{
    app::{
        App, Result,
        trust::{Trust, judging::judged_row},
    },
    domain::{
        evidence::{Criterion, Evidence, Ledger, Reliability},
        listing::{Judged, ReliabilityRow},
        slug::Slug,
        trust::{Act, SheetState, Step},
    },
    pipeline::{
        qualification::{CriterionBeside, QualificationSheet},
        reliability::{Rules, heard, judged, ledger, score},
    },
};
use chrono::Months;

/// An accepted source is looked at again after so many months, unless the person says otherwise.
const REVIEW_MONTHS: Months = Months::new(12);

/// The sheet of a source of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceSheet {
    /// Which.
    pub slug: Slug,
    /// What it shows.
    pub sheet: QualificationSheet,
    /// What people said that changes the score.
    pub judged: Option<Judged>,
}

/// The ledger of a source, with people's words and without.
pub(crate) struct SourceJudgement {
    pub(crate) ledger: Ledger,
    pub(crate) computed: Reliability,
    pub(crate) judged: Option<Judged>,
}

impl App {
    /// The ledger of a source as people see it: their words among its lines, a pin or a block in its result.
    pub(crate) async fn source_judgement(&self, trust: &Trust, slug: &Slug) -> Result<SourceJudgement> {
        let rules = Rules::shipped();
        let evidence = self.source_evidence(slug).await?;
        let computed = score(&rules, &evidence);
        let said = trust.of_source(slug);
        if said.is_nothing() {
            return Ok(SourceJudgement { ledger: ledger(&rules, &evidence), computed, judged: None });
        }
        let all: Vec<Evidence> = heard(&rules, &evidence, &said, trust.at());
        let ledger = Ledger { reliability: judged(&rules, &all, &said), ..ledger(&rules, &all) };
        let judged = Some(judged_row(Some(ReliabilityRow::of(&computed)), trust, slug, &said));
        Ok(SourceJudgement { ledger, computed, judged })
    }

    /// Why a source stands where it stands, as of its last assessment; people's words included.
    pub async fn source_ledger(&self, slug: &Slug) -> Result<Ledger> {
        let trust = self.trust(self.clock.now()).await?;
        Ok(self.source_judgement(&trust, slug).await?.ledger)
    }

    /// The sheet of a source of the file.
    pub async fn qualification_sheet(&self, slug: &Slug) -> Result<SourceSheet> {
        let source = self.known_source(slug)?;
        let trust = self.trust(self.clock.now()).await?;
        let rules = Rules::shipped();
        let plain = ledger(&rules, &self.source_evidence(slug).await?);
        let SourceJudgement { ledger, computed, judged } = self.source_judgement(&trust, slug).await?;
        let sheet = trust.sheet(slug).cloned();
        let beside = |id: Criterion| {
            let own = computed.criteria.iter().find(|own| own.id == id);
            CriterionBeside {
                id,
                answer: sheet.as_ref().and_then(|sheet| sheet.answer(id)).cloned(),
                score: own.map_or(0.5, |own| own.score),
                confidence: own.map_or(0.0, |own| own.confidence),
                lines: plain.lines.iter().filter(|line| line.evidence.criterion == id).cloned().collect(),
            }
        };
        let sheet = QualificationSheet {
            name: source.name.clone(),
            url: source.url.to_string(),
            publisher: self.definitions.publisher_of(source).cloned(),
            overdue: trust.overdue(slug),
            criteria: Criterion::ALL.map(beside).to_vec(),
            effective: ledger.reliability,
            computed,
            overrides: Trust::overrides(&trust.of_source(slug)),
            sheet,
            head: trust.head.clone(),
            at: trust.at(),
        };
        Ok(SourceSheet { slug: slug.clone(), sheet, judged })
    }

    /// Takes a step: answers, a state, dates; all of it is one record. A first step opens the sheet.
    pub async fn qualify(&self, slug: &Slug, mut step: Step, actor: String, reason: Option<String>) -> Result<()> {
        self.known_source(slug)?;
        let now = self.clock.now();
        if step.state == Some(SheetState::Accepted) && step.next_review.is_none() {
            step.next_review = now.date_naive().checked_add_months(REVIEW_MONTHS);
        }
        if self.trust(now).await?.sheet(slug).is_none() && step.state.is_none() {
            step.state = Some(SheetState::Proposed);
        }
        self.record(Act::Qualify { source: slug.clone(), step }, actor, reason).await?;
        Ok(())
    }
}
