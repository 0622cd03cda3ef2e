//! C3: does the text say where it has it from, and in which tone?

use super::{Notes, Seen, act::Act};
use crate::{
    domain::{
        evidence::Provenance,
        identifier::{Identifier, Scheme},
        item::NewItem,
        publisher::PublisherClass,
        registrable::registrable_or_whole,
    },
    pipeline::reliability::{
        Rules,
        phrases::{Kind, Scan},
        signal::Signal,
    },
};
use std::collections::BTreeMap;

/// Links beyond that are a directory, not sources.
pub(super) const LINKS_READ: usize = 200;

/// The text that an item brings along, if it is more than a teaser.
pub(crate) struct Body {
    pub(crate) scan: Scan,
    /// Read to its end.
    pub(crate) complete: bool,
    /// The publisher breaks it off: what it does not say may stand on the page.
    cut: bool,
}

impl Body {
    /// The body, else a summary long enough to stand for one.
    pub(crate) fn of(rules: &Rules, item: &NewItem) -> Option<Self> {
        let text = item.content_text.as_deref().unwrap_or(&item.summary);
        if text.is_empty() {
            return None;
        }
        let mut end = text.len().min(rules.data.text.max_bytes);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let scan = rules.phrases.scan(&rules.data.text, &text[..end]);
        let complete = end == text.len();
        let cut = complete && breaks_off(text, &scan);
        Some(Self { scan, complete, cut })
    }
}

/// "…", "[…]" or "Lire la suite" at the end.
fn breaks_off(text: &str, scan: &Scan) -> bool {
    let end = text.trim_end().trim_end_matches([']', ')', '»', '.']);
    let dots = end.ends_with('…') || text.trim_end().trim_end_matches([']', ')']).ends_with("...");
    dots || scan.hits.iter().any(|hit| hit.kind == Kind::Truncated && hit.word + 16 >= scan.words)
}

pub(super) fn content(notes: &mut Notes<'_>, seen: &Seen<'_>, act: Act) {
    title_tone(notes, seen);
    let whole = seen.body.as_ref().filter(|body| body.scan.words >= notes.rules.data.text.words && !body.cut);
    if act == Act::Report {
        if let Some(body) = whole {
            attribution(notes, body);
            specifics(notes, &body.scan);
        }
        links(notes, seen, whole.is_some() && seen.shows_links(notes.provenance));
    }
    if let Some(body) = seen.body.as_ref().filter(|body| body.scan.words >= notes.rules.data.text.tone_words) {
        body_tone(notes, body);
        loaded(notes, &body.scan);
        address(notes, &body.scan, excused(seen, act));
    }
    if let Some(body) = seen.body.as_ref().filter(|body| body.scan.words >= notes.rules.data.text.words) {
        readability(notes, seen, &body.scan, act);
    }
}

/// base + span · (1 − e^(−(a + q/2 − v)/scale)), a = attribution verbs, q = quotations, v = attributions to nobody in particular
/// ("some say"), all per 1,000 words.
fn attribution(notes: &mut Notes<'_>, body: &Body) {
    let (rule, scan) = (&notes.rules.data.attribution, &body.scan);
    let of = |kind: Kind| scan.hits.iter().filter(|hit| hit.kind == kind).count();
    let verbs = |kind: Kind| scan.rate(u32::try_from(of(kind)).unwrap_or(u32::MAX));
    let said = verbs(Kind::Attribution) + rule.quotation * scan.rate(scan.quotations);
    let density = (said - rule.vague * verbs(Kind::Vague)).max(0.0);
    let support = rule.base + notes.heard() * rule.span * (1.0 - (-density / rule.scale).exp());
    let mut parts = counted(notes.rules, scan, &[Kind::Attribution]);
    if scan.quotations > 0 {
        parts.push(format!("« … » ×{}", scan.quotations));
    }
    parts.extend(counted(notes.rules, scan, &[Kind::Vague]).into_iter().map(|vague| format!("? {vague}")));
    notes.add_computed(Signal::AttributionRate, support, parts.join(", "));
}

impl Notes<'_> {
    /// Who praises itself is quoted at length, and brings its own figures: in its own text they speak for less.
    fn heard(&self) -> f64 {
        let own = [Signal::InterestOwnProduct, Signal::InterestPressRelease];
        let interested = self.evidence.iter().any(|line| own.iter().any(|signal| line.signal == signal.name()));
        if interested { self.rules.data.attribution.interested } else { 1.0 }
    }
}

/// "selon ×3": the phrases of some kinds, each with how often it is found.
fn counted(rules: &Rules, scan: &Scan, kinds: &[Kind]) -> Vec<String> {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for hit in scan.hits.iter().filter(|hit| kinds.contains(&hit.kind) && (hit.kind == Kind::Attribution || !hit.quoted)) {
        *found.entry(rules.phrases.text(*hit)).or_default() += 1;
    }
    found.iter().map(|(phrase, count)| format!("{phrase} ×{count}")).collect()
}

/// base + span · (1 − e^(−s/scale)), s = figures and names per 1,000 words: what a reader could check.
fn specifics(notes: &mut Notes<'_>, scan: &Scan) {
    let rule = &notes.rules.data.specifics;
    let support = rule.base + notes.heard() * rule.span * (1.0 - (-scan.rate(scan.specifics) / rule.scale).exp());
    notes.add_computed(Signal::SpecificsRate, support, format!("{} / {}", scan.specifics, scan.words));
}

/// base − slope · (emotive, absolute and pressing words per 1,000), other people's words not counted.
fn loaded(notes: &mut Notes<'_>, scan: &Scan) {
    const KINDS: [Kind; 3] = [Kind::Loaded, Kind::Plea, Kind::Clickbait];
    let rule = &notes.rules.data.loaded;
    let rate = scan.rate(KINDS.iter().map(|kind| scan.own(*kind)).sum());
    let support = (rule.base - rule.slope * rate).max(rule.floor);
    notes.add_computed(Signal::WordsLoaded, support, counted(notes.rules, scan, &KINDS).join(", "));
}

/// base − slope · (I, we and you per 1,000 words, beyond those that any report has). Guides and papers do say "you" and "we".
fn address(notes: &mut Notes<'_>, scan: &Scan, excused: bool) {
    let rule = &notes.rules.data.address;
    let beyond = if excused { 0.0 } else { (scan.rate(scan.own(Kind::Personal)) - rule.free).max(0.0) };
    let support = (rule.base - rule.slope * beyond).max(rule.floor);
    notes.add_computed(Signal::AddressRate, support, counted(notes.rules, scan, &[Kind::Personal]).join(", "));
}

/// Public bodies and science have a manner of writing of their own.
fn excused(seen: &Seen<'_>, act: Act) -> bool {
    use PublisherClass::{Authority, Journal, Repository, Research, StandardsBody};
    let class = seen.publisher.map(|publisher| publisher.class);
    act == Act::Primary || matches!(class, Some(Authority | StandardsBody | Journal | Repository | Research))
}

/// base + span · (1 − e^(−(d + 2p)/scale)), d = outbound domains, p = primary references.
fn links(notes: &mut Notes<'_>, seen: &Seen<'_>, looked_at: bool) {
    let rule = &notes.rules.data.links;
    let references: Vec<&Identifier> = seen.item.identifiers.iter().filter(|id| is_reference(id)).collect();
    let domains = outbound(seen, &rule.ignored);
    if !looked_at && references.is_empty() && domains.is_empty() {
        return;
    }
    let d = count(domains.len()) + rule.primary * count(references.len());
    let support = rule.base + rule.span * (1.0 - (-d / rule.scale).exp());
    let named = references.iter().take(3).map(|id| id.value.as_str()).chain(domains.iter().copied().take(5));
    notes.add_computed(Signal::LinksCited, support, named.collect::<Vec<_>>().join(", "));
}

/// A product's version in running text is no reference that a reader could open; a release's address is.
fn is_reference(id: &Identifier) -> bool {
    id.scheme != Scheme::Release || id.value.contains('/')
}

impl Seen<'_> {
    /// A text whose markup is at hand shows what it links to; of one without, only the addresses that it writes out are known.
    fn shows_links(&self, provenance: Provenance) -> bool {
        provenance == Provenance::Page || self.item.content_html.is_some()
    }
}

/// Registrable domains other than the publisher's own and those that carry no source.
fn outbound<'a>(seen: &Seen<'a>, ignored: &[String]) -> Vec<&'a str> {
    let own = seen.item.url.as_deref().and_then(host).map(registrable_or_whole);
    let ours = |domain: &str| {
        own == Some(domain)
            || seen.publisher.is_some_and(|publisher| publisher.domains.iter().any(|own| registrable_or_whole(own) == domain))
    };
    let mut domains: Vec<&str> = Vec::new();
    for domain in seen.item.links.iter().take(LINKS_READ).filter_map(|link| host(link)).map(registrable_or_whole) {
        if !domains.contains(&domain) && !ours(domain) && !ignored.iter().any(|skip| skip == domain) {
            domains.push(domain);
        }
    }
    domains
}

fn title_tone(notes: &mut Notes<'_>, seen: &Seen<'_>) {
    let (rule, scan) = (&notes.rules.data.title, &seen.title);
    if scan.words == 0 {
        return;
    }
    let clickbait = scan.first(Kind::Clickbait);
    let mut support = rule.base - rule.capitals * scan.shouted_share();
    let mut marks: Vec<&str> = Vec::new();
    if scan.exclamations > 0 {
        support -= rule.exclamation;
        marks.push("!");
    }
    if let Some(hit) = clickbait {
        support -= rule.clickbait;
        marks.push(notes.rules.phrases.text(hit));
    }
    let loaded = scan.hits.iter().filter(|hit| matches!(hit.kind, Kind::Loaded | Kind::Plea) && !hit.quoted);
    for hit in loaded {
        support -= rule.loaded;
        marks.push(notes.rules.phrases.text(*hit));
    }
    if scan.questions > 0 {
        support -= rule.question;
        marks.push("?");
    }
    if scan.ellipsis {
        support -= rule.ellipsis;
        marks.push("…");
    }
    if scan.shouted > 0 {
        marks.push("ABC");
    }
    notes.add_computed(Signal::TitleTone, support, marks.join(", "));
}

fn body_tone(notes: &mut Notes<'_>, body: &Body) {
    let (rule, scan) = (&notes.rules.data.body, &body.scan);
    let support = rule.base - rule.exclamation * scan.rate(scan.exclamations) - rule.capitals * scan.shouted_share();
    let excerpt = (scan.exclamations > 0).then(|| format!("! ×{}", scan.exclamations));
    notes.add_computed(Signal::BodyTone, support, excerpt);
}

/// Flat inside the band. Law and science are long-winded by trade, which is not held against them.
fn readability(notes: &mut Notes<'_>, seen: &Seen<'_>, scan: &Scan, act: Act) {
    let (rule, lix) = (&notes.rules.data.readability, scan.lix());
    let outside = if excused(seen, act) { 0.0 } else { (rule.low - lix).max(lix - rule.high).max(0.0) };
    let support = (rule.best - rule.slope * outside).max(rule.floor);
    notes.add_computed(Signal::ReadabilityBand, support, format!("LIX {lix:.0}"));
}

/// The host of an absolute http(s) address, as written.
pub(super) fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}
