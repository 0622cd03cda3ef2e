//! The bundled sample feeds: thirteen invented sources, two weeks of them, written for the demonstration.
//!
//! Among them: RSS 2.0, RSS 1.0, Atom and JSON Feed; one event told in two languages and copied by a sister paper; a signed
//! content farm; an unsigned notice of an authority; a date that nobody can read; an entry that is cut.

/// One sample source: what `sources.toml` will say of it, and its document.
pub(super) struct SampleFeed {
    /// Slug of the source and of its publisher.
    pub(super) slug: &'static str,
    /// Name for people.
    pub(super) name: &'static str,
    /// Class of the publisher.
    pub(super) class: &'static str,
    /// The domain that its links lead to.
    pub(super) domain: &'static str,
    /// Further keys of its `[[publisher]]` table.
    pub(super) publisher_keys: &'static str,
    /// Language of the source.
    pub(super) language: &'static str,
    /// `Content-Type` that its server sends.
    pub(super) content_type: &'static str,
    document: &'static [u8],
}

macro_rules! sample {
    ($slug:literal, $name:literal, $class:literal, $domain:literal, $keys:literal, $language:literal, $type:literal, $file:literal) => {
        SampleFeed {
            slug: $slug,
            name: $name,
            class: $class,
            domain: $domain,
            publisher_keys: $keys,
            language: $language,
            content_type: $type,
            document: include_bytes!(concat!("feeds/", $file)),
        }
    };
}

/// All of them.
pub(super) const SAMPLES: &[SampleFeed] = &[
    sample!(
        "autorite-ia",
        "Autorité de contrôle de l'IA",
        "authority",
        "autorite-ia.example",
        "",
        "fr",
        "application/rss+xml; charset=utf-8",
        "autorite-ia.xml"
    ),
    sample!(
        "bulletin-officiel",
        "Bulletin officiel du numérique",
        "authority",
        "bulletin-numerique.example",
        "",
        "fr",
        "application/rdf+xml",
        "bulletin-officiel.rdf"
    ),
    sample!(
        "ai-board",
        "European AI Board",
        "authority",
        "ai-board.example",
        "",
        "en",
        "application/atom+xml; charset=utf-8",
        "ai-board.atom"
    ),
    sample!(
        "cert",
        "Centre de réponse numérique",
        "authority",
        "cert-numerique.example",
        "",
        "fr",
        "application/rss+xml",
        "cert.xml"
    ),
    sample!(
        "normes",
        "Institut des normes numériques",
        "standards-body",
        "normes-numeriques.example",
        "",
        "fr",
        "text/xml",
        "normes.xml"
    ),
    sample!(
        "gazette-du-code",
        "La Gazette du code",
        "press",
        "gazette-du-code.example",
        "owner = \"gazettes\"",
        "fr",
        "application/rss+xml",
        "gazette-du-code.xml"
    ),
    sample!(
        "gazette-eco",
        "Gazette Éco",
        "press",
        "gazette-eco.example",
        "owner = \"gazettes\"",
        "fr",
        "application/rss+xml",
        "gazette-eco.xml"
    ),
    sample!(
        "model-ledger",
        "The Model Ledger",
        "press",
        "model-ledger.example",
        "policy = \"https://model-ledger.example/corrections\"",
        "en",
        "application/atom+xml",
        "model-ledger.atom"
    ),
    sample!(
        "nimbus",
        "Nimbus AI",
        "vendor",
        "nimbus-ai.example",
        "sells = [\"Nimbus\"]",
        "en",
        "application/atom+xml",
        "nimbus.atom"
    ),
    sample!("ferrite", "Ferrite", "community", "code.example", "", "en", "application/atom+xml", "ferrite-releases.atom"),
    sample!("preprints", "Preprints", "repository", "preprints.example", "", "en", "application/feed+json", "preprints.json"),
    sample!("carnets", "Carnets d'une développeuse", "blog", "carnets.example", "", "fr", "application/json", "carnets.json"),
    sample!("top-ia-mag", "Top IA Mag", "blog", "top-ia-mag.example", "", "fr", "text/html", "top-ia-mag.xml"),
];

/// A week of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Week {
    /// The week before: what was already there when the watch began.
    First,
    /// The week that the edition tells.
    Second,
}

impl SampleFeed {
    /// The document as its publisher served it that week.
    pub(super) fn document(&self, week: Week) -> Vec<u8> {
        match week {
            Week::Second => self.document.to_vec(),
            Week::First if self.content_type.contains("json") => without_json_week(self.document),
            Week::First => without_marked_week(self.document),
        }
    }
}

/// XML marks what was not there yet with `<!--week 2-->` … `<!--/week 2-->`. Bytes, since one document is in Latin-1.
fn without_marked_week(document: &[u8]) -> Vec<u8> {
    let find = |mark: &[u8]| document.windows(mark.len()).position(|window| window == mark);
    match (find(b"<!--week 2-->"), find(b"<!--/week 2-->")) {
        (Some(start), Some(end)) => [&document[..start], &document[end..]].concat(),
        _ => document.to_vec(),
    }
}

/// JSON marks each item with its week.
fn without_json_week(document: &[u8]) -> Vec<u8> {
    let Ok(mut feed) = serde_json::from_slice::<serde_json::Value>(document) else { return document.to_vec() };
    if let Some(items) = feed.get_mut("items").and_then(serde_json::Value::as_array_mut) {
        items.retain(|item| item["week"] == 1);
    }
    feed.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{SAMPLES, Week};

    #[test]
    fn each_source_had_something_before_and_has_more_now() {
        for sample in SAMPLES {
            let (first, second) = (sample.document(Week::First), sample.document(Week::Second));
            assert!(
                first.len() > 200 && second.len() > first.len() + 200,
                "{}: {} then {}",
                sample.slug,
                first.len(),
                second.len()
            );
        }
    }
}
