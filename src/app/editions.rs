//! From draft to sent.
//!
//! A draft may be composed again as often as one likes. Approving it renders it once, puts the bytes before the accessibility
//! gate and freezes them with their hash; what leaves is those bytes, checked against the hash.

mod account;
mod due;
mod hand;
mod message;
mod period;
mod replay;

pub use account::{EditionDetail, EditionSummary, Preview, Sent, StoryFate};
pub use replay::Replayed;

use crate::{
    app::{App, Error, Result},
    domain::{
        candidate::{Choice, Exclusion, Fate, FirstFetch, Period},
        digest::{Approval as Approver, Digest},
        edition::{EditionContent, EditionState, PeriodKey, RenderedEdition},
        slug::Slug,
    },
    pipeline::{
        compose::{self, Brief, Composition},
        errata, gate, reliability,
        render::{self, Links},
    },
    store::editions::{Approval, Draft, EditionRecord},
    templates::Templates,
};
use std::{collections::HashMap, path::Path};

/// What stands for a person where the digest lets editions leave by themselves.
const AUTOMATIC: &str = "automatic";

/// How many lines of its ledger stand under an item.
const REASONS_SHOWN: usize = 2;

/// The templates of a home folder. What stands in the place of an embedded file is tried on samples: a template that cannot say
/// every kind of content is refused here, not on the day of the edition.
pub(crate) fn templates(folder: &Path) -> Result<Templates> {
    let templates = Templates::load(folder)?;
    if !templates.overridden().is_empty() {
        render::check(&templates)?;
    }
    Ok(templates)
}

impl App {
    /// Composes the edition of a period, or composes it again while it is a draft. Without a period: the one that is due, or the
    /// next one when that is no draft any more.
    pub async fn draft_edition(
        &self,
        digest: &Slug,
        period: Option<PeriodKey>,
        first_fetch: FirstFetch,
    ) -> Result<EditionDetail> {
        let digest = self.known_digest(digest)?;
        let period = self.period_to_draft(digest, period).await?;
        let draft = self.compose(digest, period, first_fetch).await?;
        let number = self.store.save_draft(draft).await?;
        tracing::info!(edition = number, digest = %digest.slug, "edition composed");
        self.edition_detail(number).await
    }

    /// What the edition would be, not written yet.
    pub(super) async fn compose(&self, digest: &Digest, period: Period, first_fetch: FirstFetch) -> Result<Draft> {
        let now = self.clock.now();
        let ground = self.store.edition_ground(digest.slug.clone(), period.clone(), first_fetch, now).await?;
        let window = ground.window;
        let brief = Brief {
            digest,
            definitions: &self.definitions,
            period: &period,
            window,
            now,
            issue: ground.issue,
            sources_checked: ground.sources_checked,
        };
        let Composition { mut content, choices } = compose::compose(&brief, &ground.candidates);
        content.errata = errata::errata(&ground.changed, content.language);
        let (content, choices) = compose::aloud(self.with_reasons(content).await?, choices);
        let links = self.links(&digest.slug)?;
        let (content, choices) = self.fitted(&links, content, choices)?;
        Ok(Draft { digest: digest.slug.clone(), period, window, content, choices, composed_at: now })
    }

    /// All editions, newest first, or those of one digest.
    pub async fn edition_list(&self, digest: Option<Slug>) -> Result<Vec<EditionSummary>> {
        Ok(self.store.editions(digest).await?.iter().map(EditionSummary::of).collect())
    }

    /// One edition with the account of every story that it could have told.
    pub async fn edition_detail(&self, number: i64) -> Result<EditionDetail> {
        let record = self.store.edition(number).await?;
        let choices = self.store.edition_choices(number).await?;
        let intact = record.rendered.as_ref().map(|rendered| record.edition.hash.as_deref() == Some(&rendered.hash()));
        let deliveries = self.store.delivery_summary(number).await?;
        Ok(EditionDetail::of(&record, choices, intact, deliveries))
    }

    /// The very bytes of an edition: frozen once it is approved, rendered anew while it is a draft.
    pub async fn edition_bytes(&self, number: i64) -> Result<RenderedEdition> {
        let record = self.store.edition(number).await?;
        self.bytes_of(&record)
    }

    /// Writes `edition.html`, `edition.txt` and `edition.eml` into a folder, and says what the gate thinks of them.
    pub async fn preview_edition(&self, number: i64, folder: &Path) -> Result<Preview> {
        let record = self.store.edition(number).await?;
        let rendered = self.bytes_of(&record)?;
        let eml = self.sample_message(&record, &rendered)?;
        let write = |name: &str, bytes: &[u8]| {
            let file = folder.join(name);
            std::fs::write(&file, bytes).map_err(|error| Error::Invalid(format!("cannot write {}: {error}", file.display())))?;
            Ok::<_, Error>(file.display().to_string())
        };
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::Invalid(format!("cannot create {}: {error}", folder.display())))?;
        let files = vec![
            write("edition.html", rendered.html.as_bytes())?,
            write("edition.txt", rendered.text.as_bytes())?,
            write("edition.eml", &eml)?,
        ];
        let hash = rendered.hash();
        Ok(Preview { number, subject: rendered.subject, hash, files, violations: gate::check_message(&eml) })
    }

    /// Renders a draft, checks it and freezes it. `seen`: the hash that a preview gave; other bytes are not approved.
    ///
    /// Errors: it is no draft, its bytes are not those that were seen, or it fails the gate: the violations are listed.
    pub async fn approve_edition(&self, number: i64, actor: &str, seen: Option<&str>) -> Result<EditionDetail> {
        let record = self.store.edition(number).await?;
        if record.edition.state != EditionState::Draft {
            return Err(Error::Conflict(format!("edition {number} is {}, not a draft", account::word(record.edition.state))));
        }
        let rendered = self.bytes_of(&record)?;
        let hash = rendered.hash();
        if let Some(seen) = seen.filter(|seen| *seen != hash) {
            return Err(Error::Conflict(format!(
                "edition {number} is not what you saw: its hash is {hash}, not {seen}; preview it again"
            )));
        }
        self.pass_gate(&record, &rendered)?;
        let approval = Approval { rendered, hash, actor: actor.to_owned(), at: self.clock.now() };
        self.store.approve_edition(number, record.edition.content, approval).await?;
        tracing::info!(edition = number, "edition approved");
        self.edition_detail(number).await
    }

    /// Lets an approved edition leave: one delivery a confirmed subscriber, queued in the transaction that makes it `sending`.
    /// Dispatching them is another step ([`App::dispatch`]). Where the digest allows it, a draft that passes the gate is approved
    /// on the way. Doing it twice adds nothing.
    ///
    /// Errors: not approved, empty where the digest sends no empty edition, the gate, or bytes that are not those approved.
    pub async fn send_edition(&self, number: i64) -> Result<Sent> {
        let record = self.ready_to_send(number).await?;
        if record.edition.state == EditionState::Draft {
            self.approve_edition(number, AUTOMATIC, None).await?;
        }
        let domain = self.sender()?.domain().to_owned();
        let queued = self.store.start_sending(number, &domain, self.clock.now()).await?;
        tracing::info!(edition = number, deliveries = queued, "edition queued");
        Ok(Sent { number, queued, subject: self.edition_bytes(number).await?.subject })
    }

    /// What [`App::send_edition`] would check, without sending: the edition that would leave.
    pub async fn try_send_edition(&self, number: i64) -> Result<RenderedEdition> {
        let record = self.ready_to_send(number).await?;
        let rendered = self.bytes_of(&record)?;
        self.pass_gate(&record, &rendered)?;
        Ok(rendered)
    }

    /// An edition that will never leave; its stories and its period are free again.
    pub async fn cancel_edition(&self, number: i64) -> Result<EditionDetail> {
        self.store.cancel_edition(number, self.clock.now()).await?;
        tracing::info!(edition = number, "edition cancelled");
        self.edition_detail(number).await
    }

    /// What [`App::cancel_edition`] would refuse; nothing is cancelled.
    pub async fn try_cancel_edition(&self, number: i64) -> Result<EditionDetail> {
        self.store.try_cancel_edition(number).await?;
        self.edition_detail(number).await
    }

    pub(crate) fn known_digest(&self, slug: &Slug) -> Result<&Digest> {
        self.definitions.digest(slug).ok_or_else(|| {
            let known: Vec<&str> = self.definitions.digests.iter().map(|digest| digest.slug.as_str()).collect();
            Error::NotFound(format!("digest \"{slug}\" is not in sources.toml; it has {}", account::listed(&known)))
        })
    }

    /// May it leave? Says why not, with the remedy.
    async fn ready_to_send(&self, number: i64) -> Result<EditionRecord> {
        let record = self.store.edition(number).await?;
        let state = record.edition.state;
        let digest = self.known_digest(&record.edition.digest)?;
        let is_empty = record.edition.content.tells_nothing();
        match state {
            EditionState::Cancelled | EditionState::Sent => {
                Err(Error::Conflict(format!("edition {number} is {}; draft another one", account::word(state))))
            }
            EditionState::Draft if digest.approval == Approver::Required => {
                Err(Error::Refused(format!("edition {number} is not approved; run `veille edition approve {number}` first")))
            }
            EditionState::Draft | EditionState::Approved if is_empty && !digest.send_empty => Err(Error::Refused(format!(
                "edition {number} tells nothing and digest \"{}\" sends no empty edition; set send_empty = true, or cancel it",
                digest.slug
            ))),
            _ => Ok(record),
        }
    }

    /// Frozen bytes, if they still are what was approved; else a fresh rendering.
    fn bytes_of(&self, record: &EditionRecord) -> Result<RenderedEdition> {
        let number = record.edition.number;
        let Some(frozen) = &record.rendered else {
            let links = self.links(&record.edition.digest)?;
            return self.rendered(&record.edition.content, &links);
        };
        let hash = frozen.hash();
        match &record.edition.hash {
            Some(approved) if *approved == hash => Ok(frozen.clone()),
            approved => Err(Error::Refused(format!(
                "the bytes of edition {number} are not those that were approved: their hash is {hash}, not {}; restore a backup, or cancel it",
                approved.as_deref().unwrap_or("stored")
            ))),
        }
    }

    /// What would leave today: in the words of the templates, signed by the sender of the settings.
    fn rendered(&self, content: &EditionContent, links: &Links) -> Result<RenderedEdition> {
        let rendered = render::render(content, links, &self.templates)?;
        Ok(RenderedEdition { signature: Some(self.sender()?.signature()), ..rendered })
    }

    fn pass_gate(&self, record: &EditionRecord, rendered: &RenderedEdition) -> Result<()> {
        let violations = gate::check_message(&self.sample_message(record, rendered)?);
        if violations.is_empty() {
            return Ok(());
        }
        Err(Error::Refused(account::refusal(record.edition.number, &violations)))
    }

    fn links(&self, digest: &Slug) -> Result<Links> {
        let unsubscribe = self.sender()?.unsubscribe_by_mail(digest);
        let report = message::report_link(&unsubscribe);
        Ok(Links { web_copy: None, unsubscribe, report })
    }

    /// For the chosen items alone: the lines of the ledger that weigh most, who confirms it, whether it is an announcement.
    async fn with_reasons(&self, mut content: EditionContent) -> Result<EditionContent> {
        let items: Vec<i64> = content.items().map(|item| item.item).collect();
        if items.is_empty() {
            return Ok(content);
        }
        let rules = reliability::Rules::shipped();
        let assessments = self.store.assessments(items).await?;
        let by_item: HashMap<i64, _> = assessments.into_iter().map(|assessment| (assessment.item, assessment)).collect();
        let language = content.language;
        for item in content.sections.iter_mut().flat_map(|section| &mut section.items) {
            if !item.also_reported_by.is_empty() && item.story > 0 {
                item.reliability.confirmed_by = self.confirming(item.story, item.item).await?;
            }
            if let Some(assessment) = by_item.get(&item.item) {
                let ledger = reliability::ledger(&rules, &assessment.evidence);
                let reasons = reliability::wording::reasons(language, &ledger, REASONS_SHOWN);
                item.reliability.reasons = reasons.iter().map(|reason| compose::speakable(reason)).collect();
                item.announcement = assessment.evidence.iter().any(|evidence| evidence.signal == "interest.own_product");
            }
        }
        Ok(content)
    }

    /// Who else tells it in a voice of their own.
    async fn confirming(&self, story: i64, item: i64) -> Result<Vec<String>> {
        let companies = self.corroboration_groups(story).await?;
        let groups = companies.into_iter().filter(|company| company.item == item).flat_map(|company| company.groups);
        Ok(groups.filter_map(|group| group.names.first().map(|name| compose::speakable(name))).collect())
    }

    /// Stories that would make the mail too large stay out, and the account says so.
    fn fitted(&self, links: &Links, content: EditionContent, mut choices: Vec<Choice>) -> Result<(EditionContent, Vec<Choice>)> {
        let (content, removed) = render::fit(&content, links, &self.templates)?;
        for choice in &mut choices {
            if removed.iter().any(|item| item.story == choice.story) {
                choice.fate = Fate::Out { because: Exclusion::EditionFull { limit: content.items().count() } };
            }
        }
        Ok((content, choices))
    }
}
