//! `veille assess`.

mod page_row;
mod stored;

use crate::{
    app::{
        Error, Result,
        assess::{Assessment, assess_document},
    },
    cli::{Context, Exit, input, output},
    config,
    domain::{
        definitions::Definitions,
        document::Document,
        evidence::{Criterion, Ledger, Level, Reliability},
        localised::Locale,
    },
    pipeline::reliability::{Rules, wording},
};
use page_row::{PageRow, page_lines};
use serde::Serialize;
use std::path::{Path, PathBuf};
use url::Url;

/// Arguments of `veille assess`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A feed or an HTML page; "-" reads standard input.
    #[arg(required_unless_present = "stored")]
    file: Option<PathBuf>,
    /// Compute every stored score again instead, and say which come out otherwise; nothing is written. Exit 4 when one does that
    /// the rules do not explain.
    #[arg(long, conflicts_with_all = ["file", "url"])]
    stored: bool,
    /// Where it comes from: tells its publisher, its own links and its identifiers.
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// Another rule set than the one that the product ships (TOML).
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let rules = rules(args.rules.as_deref())?;
    let Some(file) = args.file else { return stored::run(&rules, args.json, context).await };
    let document = Document { bytes: input::document(&file)?, content_type: None, url: args.url };
    let definitions = definitions(&context.home)?;
    let assessed = |rules: &Rules| assess_document(&document, &definitions, rules, context.clock.now());
    let Assessment { ledger, page } = assessed(&rules)?;
    let shipped = args.rules.is_some().then(|| assessed(&Rules::shipped())).transpose()?;
    let compared = shipped.as_ref().map(|shipped| Compared::of(&ledger.reliability, &shipped.ledger.reliability));
    if args.json {
        let page = page.as_ref().map(PageRow::of);
        let account = Account { compared, ..account(&ledger, context.locale) };
        output::json(&DocumentAccount { account, page })?;
    } else {
        page.iter().flat_map(|page| page_lines(page, context.locale)).for_each(output::line);
        lines(&ledger, context.locale).iter().for_each(output::line);
        compared.iter().for_each(|compared| output::line(compared.line(context.locale)));
    }
    Ok(Exit::Done)
}

/// The same document under the rules that the product ships.
#[derive(Debug, Clone, Serialize)]
struct Compared {
    rules: String,
    score: f64,
    level: Level,
    /// Of the score under the other rules, less this one.
    difference: f64,
}

impl Compared {
    fn of(other: &Reliability, shipped: &Reliability) -> Self {
        let (score, difference) = (rounded(shipped.score), rounded(other.score - shipped.score));
        Self { rules: shipped.rules.clone(), score, level: shipped.level, difference }
    }

    fn line(&self, locale: Locale) -> String {
        let [score, difference] = [self.score, self.difference].map(|value| wording::number(locale, value));
        let (rules, level) = (&self.rules, wording::level(locale, self.level));
        locale.pick(
            format!("Règles livrées {rules}\u{a0}: {score}, {level} ; les vôtres changent {difference}"),
            format!("Shipped rules {rules}: {score}, {level}; yours change it by {difference}"),
        )
    }
}

/// The rule set of a file, else the one that the product ships.
pub(crate) fn rules(path: Option<&Path>) -> Result<Rules> {
    let Some(path) = path else { return Ok(Rules::shipped()) };
    let text = std::fs::read_to_string(path).map_err(|error| input::unreadable(path, &error))?;
    Rules::parse(&text).map_err(|error| Error::Invalid(format!("{}: {error}", path.display())))
}

/// The team's registry where there is one, else the one that the product ships.
pub(crate) fn definitions(home: &Path) -> Result<Definitions> {
    let path = config::sources_path(home);
    let loaded = if path.exists() { config::load_definitions(home) } else { config::parse_definitions("", &path) };
    Ok(loaded?)
}

/// The account of a document, with what was read of a web page.
#[derive(Debug, Serialize)]
struct DocumentAccount<'a> {
    #[serde(flatten)]
    account: Account<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PageRow<'a>>,
}

/// A ledger for programs. The field names are those of `veille assess --json`.
#[derive(Debug, Serialize)]
pub(crate) struct Account<'a> {
    score: f64,
    low: f64,
    high: f64,
    confidence: f64,
    level: Level,
    criteria: Vec<CriterionRow>,
    caps: &'a [String],
    evidence: Vec<EvidenceRow<'a>>,
    missing: Vec<MissingRow<'a>>,
    rules: &'a str,
    /// Only where other rules were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Compared>,
}

#[derive(Debug, Serialize)]
struct CriterionRow {
    id: Criterion,
    score: f64,
    confidence: f64,
}

#[derive(Debug, Serialize)]
struct EvidenceRow<'a> {
    criterion: Criterion,
    signal: &'a str,
    support: f64,
    weight: f64,
    contribution: f64,
    provenance: crate::domain::evidence::Provenance,
    excerpt: Option<&'a str>,
    message: String,
}

#[derive(Debug, Serialize)]
struct MissingRow<'a> {
    criterion: Criterion,
    signal: &'a str,
    up_to: f64,
    message: String,
}

pub(crate) fn account(ledger: &Ledger, locale: Locale) -> Account<'_> {
    let reliability = &ledger.reliability;
    let evidence = ledger.lines.iter().map(|line| EvidenceRow {
        criterion: line.evidence.criterion,
        signal: &line.evidence.signal,
        support: rounded(line.evidence.support),
        weight: rounded(line.evidence.weight),
        contribution: rounded(line.contribution),
        provenance: line.evidence.provenance,
        excerpt: line.evidence.excerpt.as_deref(),
        message: wording::message(locale, &line.evidence),
    });
    let missing = ledger.missing.iter().map(|missing| MissingRow {
        criterion: missing.criterion,
        signal: &missing.signal,
        up_to: rounded(missing.up_to),
        message: wording::missing(locale, missing),
    });
    let criteria = reliability.criteria.iter();
    Account {
        score: rounded(reliability.score),
        low: rounded(reliability.low),
        high: rounded(reliability.high),
        confidence: rounded(reliability.confidence),
        level: reliability.level,
        criteria: criteria
            .map(|c| CriterionRow { id: c.id, score: rounded(c.score), confidence: rounded(c.confidence) })
            .collect(),
        caps: &reliability.caps,
        evidence: evidence.collect(),
        missing: missing.collect(),
        rules: &reliability.rules,
        compared: None,
    }
}

/// Four decimals: enough to redo the sum by hand.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// A ledger for people, one line each.
pub(crate) fn lines(ledger: &Ledger, locale: Locale) -> Vec<String> {
    let reliability = &ledger.reliability;
    let mut lines = vec![wording::headline(locale, reliability)];
    lines.extend(reliability.caps.iter().map(|cap| format!("! {}", wording::cap(locale, cap))));
    lines.push(String::new());
    for criterion in &reliability.criteria {
        let (id, text) = (criterion.id.id(), wording::criterion(locale, criterion.id));
        let (score, confidence) = ((criterion.score * 100.0).round(), (criterion.confidence * 100.0).round());
        lines.push(match locale {
            Locale::Fr => format!("{id}  {score:>3} %  {text} (confiance {confidence} %)"),
            Locale::En => format!("{id}  {score:>3}%  {text} (confidence {confidence}%)"),
        });
    }
    lines.extend([String::new(), locale.pick("Ce qui compte", "What counts").to_owned()]);
    lines.extend(ledger.lines.iter().map(|line| format!("  {}", wording::line(locale, line))));
    if !ledger.missing.is_empty() {
        lines.extend([String::new(), locale.pick("Ce qui manque", "What is missing").to_owned()]);
        lines.extend(ledger.missing.iter().map(|missing| format!("  {}", wording::missing(locale, missing))));
    }
    lines.extend([String::new(), format!("{} {}", locale.pick("Règles", "Rules"), reliability.rules)]);
    lines
}
