//! `[[theme]]`, `[[source]]` and `[[digest]]`, each read to its end.

use crate::{
    config::{entries::Placed, mistake::nearest, named::Named, sources::Known, text::sayable},
    domain::{
        digest::{AmbiguousPolicy, Approval, CatchUp, Digest, Schedule},
        localised::{Locale, Localised, Words},
        slug::Slug,
        source::{Source, SourceKind},
        theme::Theme,
    },
    pipeline::{periods, relevance::ThemeMatcher},
};
use chrono_tz::{TZ_VARIANTS, Tz};
use url::Url;

/// Stories of one edition.
const MOST_ITEMS: u64 = 100;
const USUAL_ITEMS: u64 = 15;
const USUAL_ZONE: Tz = Tz::Europe__Paris;

pub(super) fn theme(named: Named<'_, '_>) -> Option<Theme> {
    let entries = &named.entries;
    let any = named.required("any", "[\"AI Act\"]", entries.texts("any"));
    let (all, none) = (entries.texts("all"), entries.texts("none"));
    let name = entries.localised("name");
    let theme = any.and_then(|any| {
        if any.value.is_empty() {
            let fr = "ne reconnaît rien : donnez-lui au moins un mot dans « any »";
            named.wrong(any.at, Words::new(fr, "recognises nothing: give it at least one word in \"any\""));
        }
        let theme = Theme {
            slug: named.slug.clone()?,
            name,
            any: rules(&named, Some(any)),
            all: rules(&named, all),
            none: rules(&named, none),
        };
        Some(theme)
    });
    named.entries.finish();
    theme
}

/// The rules of a list; each one that could never match is told.
fn rules(named: &Named<'_, '_>, texts: Option<Placed<Vec<Placed<String>>>>) -> Vec<String> {
    let texts = texts.map_or_else(Vec::new, |texts| texts.value);
    let check = |text: &Placed<String>| {
        let slug = named.slug.clone().unwrap_or_else(|| Slug::propose("theme"));
        let alone = Theme { slug, name: Localised::default(), any: vec![text.value.clone()], all: Vec::new(), none: Vec::new() };
        if let Err(error) = ThemeMatcher::new(&[alone]) {
            named.entries.wrong(text.at, error.words());
        }
    };
    texts.iter().for_each(check);
    texts.into_iter().map(|text| text.value).collect()
}

pub(super) fn source(named: Named<'_, '_>, known: &Known<'_>) -> Option<Source> {
    let entries = &named.entries;
    let address = named.required("url", "\"https://www.example.org/feed.xml\"", entries.text("url"));
    let url = address.and_then(|text| feed_address(&named, &text));
    let name = entries.text("name").map(|name| name.value);
    let kind = kind(&named);
    let language = language(&named);
    let (themes, publisher) = (known.themes(&named), known.publisher(&named));
    let paused = entries.flag("paused").is_some_and(|paused| paused.value);
    let slug = named.slug.clone();
    named.entries.finish();
    let (slug, url) = (slug?, url?);
    Some(Source { name: name.unwrap_or_else(|| slug.to_string()), slug, kind, url, language, themes, publisher, paused })
}

/// An address that is read: http or https, with a host, and without a secret before the `@`.
fn feed_address(named: &Named<'_, '_>, text: &Placed<String>) -> Option<Url> {
    let Placed { at, value: text } = text;
    let wrong = |problem: Words| {
        named.wrong(*at, problem);
        None
    };
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            let text = sayable(text);
            return wrong(Words::new(
                format!("\"{text}\" n'est pas une adresse entière : écrivez https://{text}"),
                format!("\"{text}\" is no whole address: write https://{text}"),
            ));
        }
        Err(error) => {
            let shown = sayable(text);
            return wrong(Words::new(
                format!("\"{shown}\" n'est pas une adresse ({error}) ; écrivez https://www.example.org/feed.xml"),
                format!("\"{shown}\" is no address: {error}; write https://www.example.org/feed.xml"),
            ));
        }
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        let scheme = url.scheme();
        return wrong(Words::new(
            format!("seules les adresses http: et https: sont lues, pas \"{scheme}:\""),
            format!("only http: and https: addresses are read, not \"{scheme}:\""),
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(Words::new(
            "l'adresse contient un nom d'utilisateur ou un mot de passe ; sources.toml n'est pas un lieu pour des secrets et aucune requête ne les porte : ôtez ce qui précède le @",
            "the address holds a user name or a password; sources.toml is no place for secrets, and no request carries them: remove what stands before the @",
        ));
    }
    Some(url)
}

fn kind(named: &Named<'_, '_>) -> SourceKind {
    let kinds = [
        ("feed", SourceKind::Feed),
        ("page", SourceKind::Page),
        ("newsletter", SourceKind::Newsletter),
        ("api", SourceKind::Api),
        ("file", SourceKind::File),
        ("sql", SourceKind::Sql),
    ];
    if let Some(kind) = named.entries.choice("kind", &kinds).filter(|kind| kind.value != SourceKind::Feed) {
        let fr = "cette version ne lit que kind = \"feed\"";
        named.wrong(kind.at, Words::new(fr, "this version reads only kind = \"feed\""));
    }
    SourceKind::Feed
}

/// A language tag (BCP 47), as far as its shape goes: "fr", "en-GB", "zh-Hant-TW".
fn language(named: &Named<'_, '_>) -> Option<String> {
    let Placed { at, value: tag } = named.entries.text("language")?;
    let mut parts = tag.split('-');
    let primary = parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !primary || !parts.all(subtag) {
        named.wrong(
            at,
            Words::new(
                format!("language : \"{tag}\" n'est pas une langue ; écrivez \"fr\", \"en\" ou \"en-GB\""),
                format!("language: \"{tag}\" is no language tag; write \"fr\", \"en\" or \"en-GB\""),
            ),
        );
        return None;
    }
    Some(tag.to_lowercase())
}

pub(super) fn digest(named: Named<'_, '_>, known: &Known<'_>) -> Option<Digest> {
    let entries = &named.entries;
    let schedule = schedule(&named);
    let title = entries.localised("title");
    let language = entries.choice("language", &[("fr", Locale::Fr), ("en", Locale::En)]);
    let approval = entries.choice("approval", &[("required", Approval::Required), ("automatic", Approval::Automatic)]);
    let themes = known.themes(&named);
    let range = 1..=MOST_ITEMS;
    let max_items = entries.whole("max_items", &range).map_or(USUAL_ITEMS, |number| number.value);
    let per_theme = entries.whole("max_items_per_theme", &range).map_or(max_items, |number| number.value);
    let catch_ups = [("latest", CatchUp::Latest), ("all", CatchUp::All), ("skip", CatchUp::Skip)];
    let catch_up = entries.choice("catch_up", &catch_ups);
    let send_empty = entries.flag("send_empty").is_some_and(|flag| flag.value);
    let ambiguous = entries.choice("ambiguous", &[("resend", AmbiguousPolicy::Resend), ("hold", AmbiguousPolicy::Hold)]);
    let slug = named.slug.clone();
    named.entries.finish();
    let (slug, schedule) = (slug?, schedule?);
    let untitled = title == Localised::default();
    Some(Digest {
        title: if untitled { Localised { fr: Some(slug.to_string()), en: Some(slug.to_string()) } } else { title },
        slug,
        language: language.map_or_else(Locale::default, |choice| choice.value),
        schedule,
        approval: approval.map_or_else(Approval::default, |choice| choice.value),
        themes,
        max_items: usize::try_from(max_items).unwrap_or_default(),
        max_items_per_theme: usize::try_from(per_theme).unwrap_or_default(),
        catch_up: catch_up.map_or_else(CatchUp::default, |choice| choice.value),
        send_empty,
        ambiguous: ambiguous.map_or_else(AmbiguousPolicy::default, |choice| choice.value),
    })
}

fn schedule(named: &Named<'_, '_>) -> Option<Schedule> {
    let zone = named.entries.text("time_zone").map_or(Some(USUAL_ZONE), |text| time_zone(named, &text));
    let cron = named.required("schedule", "\"0 8 * * Mon\"", named.entries.text("schedule"))?;
    match periods::schedule(&cron.value, zone.unwrap_or(USUAL_ZONE)) {
        Ok(schedule) => Some(schedule),
        Err(error) => {
            named.wrong(cron.at, error.0);
            None
        }
    }
}

fn time_zone(named: &Named<'_, '_>, text: &Placed<String>) -> Option<Tz> {
    let Placed { at, value: name } = text;
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    // "Paris" and "europe/paris" both mean Europe/Paris.
    let city = |zone: &Tz| zone.name().rsplit('/').next().unwrap_or_default().eq_ignore_ascii_case(name);
    let near = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name) || city(zone)).map(|zone| zone.name());
    let near = near.or_else(|| {
        nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name())).filter(|(_, like)| *like > 0.85).map(|(near, _)| near)
    });
    let near = near.unwrap_or("Europe/Paris");
    named.entries.wrong(
        *at,
        Words::new(
            format!("time_zone : \"{name}\" n'est pas un fuseau horaire ; écrivez \"{near}\""),
            format!("time_zone: \"{name}\" is no time zone; write \"{near}\""),
        ),
    );
    None
}
