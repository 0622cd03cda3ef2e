//! What stands around and between the text of an article: by element, by role, by the names that templates give.

use crate::pipeline::page::tree::attribute;
use rustc_hash::FxHashSet;
use scraper::ElementRef;
use std::sync::LazyLock;

/// Elements that hold no text of an author's.
const UNREAD: [&str; 24] = [
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "embed",
    "select",
    "button",
    "input",
    "textarea",
    "nav",
    "dialog",
    "menu",
    "canvas",
    "audio",
    "video",
    "map",
    "head",
    "link",
    "meta",
    "label",
    "figcaption",
];
/// Elements that rarely do.
const DOUBTFUL: [&str; 4] = ["aside", "footer", "form", "header"];
const ROLES: [&str; 12] = [
    "navigation",
    "complementary",
    "banner",
    "contentinfo",
    "search",
    "dialog",
    "alert",
    "menu",
    "menubar",
    "toolbar",
    "alertdialog",
    "tablist",
];
/// Words in class or id: each alone says that this is no part of the text.
static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "share sharing shares sharebar sharedaddy social socials addtoany addthis newsletter newsletters subscribe subscription \
     signup optin related relateds recirc recirculation recommended recommendations recommendation readmore morefrom crp yarpp \
     sidebar comments comment commentlist disqus respond footer breadcrumb breadcrumbs breadcrumbwrap nav navbar navigation \
     subnav menu pagination pager advert advertisement advertising ads ad adsense adslot sponsor sponsored outbrain taboola teads \
     promo promotion promobox cookie cookies gdpr consent popup modal overlay lightbox toolbar tools taglist tagcloud hashtags \
     tags byline caption captions credit credits copyright masthead topbar skip hidden screenreader print printonly rating \
     ratings votes widget widgets popular trending mostread latest ticker teaser teasers toc bio authorbox authorbio paywall \
     login register feedback noprint dateline timestamp meta metadata infobar kicker eyebrow playlist prevnext upsell cta donate \
     donation whatsapp facebook pinterest"
        .split_ascii_whitespace()
        .collect()
});
/// Two words in this order, anywhere in class or id.
static PAIRS: LazyLock<FxHashSet<(&str, &str)>> = LazyLock::new(|| {
    "author-box author-bio author-info about-author read-more read-next more-stories most-read most-popular see-also also-like \
     post-meta entry-meta article-meta post-nav post-navigation post-tags entry-tags article-tags article-footer entry-footer \
     post-footer sr-only screen-reader visually-hidden hide-print video-player top-stories more-from more-news next-post up-next \
     next-article post-date publish-date post-author entry-author article-author call-action tag-list tag-links cat-links \
     inline-promo photo-credit image-credit list-tags author-card author-profile author-name"
        .split_ascii_whitespace()
        .filter_map(|pair| pair.split_once('-'))
        .collect()
});

/// Words that say that an element arranges others: "sidebar-grid", "article-with-comments-layout".
const LAYOUT: [&str; 6] = ["grid", "layout", "page", "column", "columns", "row"];

/// How surely an element is no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noise {
    /// Whatever it holds.
    Surely,
    /// Unless it holds most of what there is to read.
    Probably,
    No,
}

pub(super) fn noise(element: ElementRef<'_>) -> Noise {
    let tag = element.value().name();
    if UNREAD.contains(&tag) {
        return Noise::Surely;
    }
    if matches!(tag, "body" | "html" | "main") {
        return Noise::No;
    }
    let role = attribute(element, "role").is_some_and(|role| ROLES.contains(&role));
    if is_hidden(element) || role || DOUBTFUL.contains(&tag) || is_named(element) { Noise::Probably } else { Noise::No }
}

fn is_hidden(element: ElementRef<'_>) -> bool {
    let style = element.value().attr("style").unwrap_or_default();
    let styled = style.contains("display:none")
        || style.contains("display: none")
        || style.contains("visibility:hidden")
        || style.contains("visibility: hidden");
    styled || element.value().attr("hidden").is_some() || element.value().attr("aria-hidden") == Some("true")
}

fn is_named(element: ElementRef<'_>) -> bool {
    let tag = element.value().name();
    if matches!(tag, "article" | "a" | "em" | "strong" | "b" | "i" | "code" | "pre") {
        return false;
    }
    let value = element.value();
    [value.attr("class"), value.attr("id")].into_iter().flatten().flat_map(str::split_whitespace).any(|name| {
        // "tag-space", "category-newsletter": of what the post tells, not what the element is.
        let subject = ["tag-", "category-", "has-", "no-", "with-", "is-", "js-", "post_tag-", "format-", "type-"]
            .iter()
            .any(|start| name.starts_with(start));
        let words = words(name);
        let alone = words.iter().any(|word| WORDS.contains(word.as_str()));
        let pair = words.windows(2).any(|two| PAIRS.contains(&(two[0].as_str(), two[1].as_str())));
        let layout = words.iter().any(|word| LAYOUT.contains(&word.as_str()));
        !subject && !layout && (alone || pair)
    })
}

/// The words of a name: "articleShare-bar__top" is article, share, bar, top. Short ones count only between marks: names made by
/// machines are full of them.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for whole in name.split(|c: char| !c.is_alphanumeric()).filter(|whole| !whole.is_empty()) {
        let mut word = String::new();
        let mut lower = false;
        let mut inner = Vec::new();
        for c in whole.chars() {
            if c.is_uppercase() && lower {
                inner.push(std::mem::take(&mut word));
            }
            word.extend(c.to_lowercase());
            lower = c.is_lowercase();
        }
        inner.push(word);
        if inner.len() > 1 {
            inner.retain(|word| word.len() > 3);
        }
        words.extend(inner);
    }
    words
}
