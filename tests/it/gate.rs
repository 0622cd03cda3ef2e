//! The accessibility gate: good letters pass; each rule catches the fault it is made for; nothing makes it panic or stall.

use chrono::DateTime;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use veille::{
    domain::{localised::Locale, slug::Slug},
    mail::message::{Envelope, Sender, build},
    pipeline::{
        gate::{Listing, Violation, check_html, check_html_for, check_message, check_words, rules},
        render::{
            render,
            sample::{sample_edition, sample_links},
        },
    },
    settings::MailSettings,
    templates::Templates,
};

const GOOD_HTML: [&str; 2] = [include_str!("../fixtures/mail/good.fr.html"), include_str!("../fixtures/mail/good.en.html")];
const GOOD_MAIL: [&str; 2] = [include_str!("../fixtures/mail/good.fr.eml"), include_str!("../fixtures/mail/good.en.eml")];

/// A fault: the rule that must catch it, what is replaced in the good letter (all occurrences), and by what.
type Fault = (&'static str, &'static str, &'static str);

const P: &str = "<p>Cette lettre présente";
const END: &str = "<p>Fin de la lettre.</p>";
const LINK: &str = "<a href=\"https://www.cnil.fr/fr/guide-developpeurs\"";
const NAME: &str = "La CNIL publie un guide pour les développeurs";
const LATER: &str = "<p>Le guide décrit";

/// Faults of the HTML part.
const HTML_FAULTS: &[Fault] = &[
    ("lang.html", "<html lang=\"fr\" dir=\"ltr\">", "<html dir=\"ltr\">"),
    ("lang.html", "<html lang=\"fr\"", "<html lang=\"français\""),
    ("lang.dir", "<html lang=\"fr\" dir=\"ltr\">", "<html lang=\"fr\">"),
    ("lang.wrapper", "<div lang=\"fr\" dir=\"ltr\"", "<div dir=\"ltr\""),
    ("lang.wrapper", "<div lang=\"fr\" dir=\"ltr\"", "<div lang=\"fr\""),
    ("lang.wrapper", "</div>\n</body>", "</div><p lang=\"fr\" dir=\"ltr\">x</p></body>"),
    ("lang.wrapper", "</div>\n</body>", "</div>Reste</body>"),
    ("lang.table", P, "<table lang=\"fr\"><tr><td>x</td></tr></table><p>Cette lettre présente"),
    ("lang.valid", "<p lang=\"en\">", "<p lang=\"english\">"),
    ("lang.part", "<p lang=\"en\">", "<p>"),
    ("lang.words", "En anglais.", ""),
    ("document.title", "<title>Veille IA : le guide de la CNIL et deux autres articles</title>", ""),
    ("document.title", "<title>Veille IA : le guide de la CNIL et deux autres articles</title>", "<title>Newsletter</title>"),
    ("document.doctype", "<!doctype html>", ""),
    (
        "document.doctype",
        "<!doctype html>",
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">",
    ),
    ("document.valid", P, "<p><b>Cette lettre présente"),
    ("document.valid", P, "</span><p>Cette lettre présente"),
    ("document.charset", "<meta charset=\"utf-8\">", ""),
    ("document.charset", "utf-8", "iso-8859-1"),
    ("document.ids", P, "<p id=\"a\">x</p><p id=\"a\">Cette lettre présente"),
    ("document.viewport", "initial-scale=1", "initial-scale=1, user-scalable=no"),
    ("document.viewport", "initial-scale=1", "initial-scale=1, maximum-scale=1"),
    ("document.viewport", "name=\"viewport\"", "name=\"view\""),
    ("heading.h1", "h1", "h2"),
    ("heading.h1", END, "<h1>Encore</h1><p>Fin de la lettre.</p>"),
    ("heading.order", "h2", "h4"),
    ("heading.text", END, "<h2></h2><p>Fin de la lettre.</p>"),
    (
        "heading.text",
        "Règlement européen<",
        "Règlement européen qui dit en un seul titre bien plus de choses que personne ne peut en retenir à la première écoute, et qui continue encore et encore, sans jamais finir<",
    ),
    ("heading.duplicate", "À propos de cette lettre", "Sommaire"),
    ("heading.fake", LATER, "<p><strong>Un faux titre</strong></p><p>Le guide décrit"),
    ("heading.fake", LATER, "<p style=\"font-size:24px\">Un faux titre</p><p>Le guide décrit"),
    ("structure.count", "trois articles retenus parmi quarante", "des articles"),
    ("structure.end", END, "<p>Bonne journée.</p>"),
    ("structure.order", P, "<p style=\"float:right\">Cette lettre présente"),
    ("structure.order", ":root {", ".letter { position: absolute } :root {"),
    ("structure.spacing", LATER, "<p>a<br><br>b</p><p>Le guide décrit"),
    ("structure.spacing", LATER, "<p></p><p>Le guide décrit"),
    ("structure.spacing", LATER, "<p>&nbsp;</p><p>Le guide décrit"),
    ("structure.spacing", LATER, "<p>a&nbsp;&nbsp;b</p><p>Le guide décrit"),
    ("structure.presentation", P, "<p align=\"left\">Cette lettre présente"),
    ("structure.presentation", LATER, "<p><font>x</font></p><p>Le guide décrit"),
    ("list.typed", LATER, "<p>• un</p><p>Le guide décrit"),
    ("list.typed", LATER, "<p>- un<br>- deux</p><p>Le guide décrit"),
    ("list.typed", LATER, "<p>1. un</p><p>2. deux</p><p>Le guide décrit"),
    ("list.markup", "<ul>", "<ul><p>x</p>"),
    ("list.markup", LATER, "<ul></ul><p>Le guide décrit"),
    ("table.layout", LATER, "<table><tr><td>x</td></tr></table><p>Le guide décrit"),
    ("table.layout", LATER, "<table role=\"presentation\"><tr><td>x</td></tr></table><p>Le guide décrit"),
    ("table.layout", LATER, "<!--[if mso]><table><tr><td><![endif]--><p>Le guide décrit"),
    ("table.data", LATER, "<table><tr><th scope=\"col\">x</th></tr></table><p>Le guide décrit"),
    ("table.data", LATER, "<table><caption>a</caption><tr><th>x</th></tr></table><p>Le guide décrit"),
    ("link.vague", NAME, "Lire la suite"),
    ("link.vague", NAME, "ici"),
    ("link.vague", NAME, "Read more"),
    ("link.vague", NAME, ""),
    ("link.href", LINK, "<a href=\"/guide\""),
    ("link.href", LINK, "<a"),
    ("link.ambiguous", "Se désabonner de cette lettre", "Lire cette lettre en ligne"),
    (
        "link.repeated",
        END,
        "<p><a href=\"https://example.org/hebdo/12\">Lire cette lettre en ligne</a></p><p>Fin de la lettre.</p>",
    ),
    (
        "link.neighbours",
        LATER,
        "<p><a href=\"https://x.org/a\">Un lien</a> <a href=\"https://x.org/a\">Un autre lien</a></p><p>Le guide décrit",
    ),
    ("link.address", NAME, "https://www.cnil.fr/fr/guide"),
    ("link.address", NAME, "www.cnil.fr"),
    ("link.address", LATER, "<p>Voir https://www.cnil.fr pour tout.</p><p>Le guide décrit"),
    ("link.file", "guide-developpeurs\"", "guide-developpeurs.pdf\""),
    ("link.title", LINK, "<a title=\"x\" href=\"https://www.cnil.fr/fr/guide-developpeurs\""),
    ("link.anchor", "https://example.org/hebdo/12", "#haut"),
    ("link.tracking", "guide-developpeurs\"", "guide?utm_source=lettre\""),
    ("link.underline", ";text-decoration:underline", ""),
    ("link.underline", "text-decoration:underline", "text-decoration:none"),
    ("link.underline", ":root {", "a { text-decoration: none } :root {"),
    ("link.target", LINK, "<a target=\"_blank\" href=\"https://www.cnil.fr/fr/guide-developpeurs\""),
    ("link.size", "font-size:18px;line-height:1.4", "font-size:16px;line-height:1"),
    ("focus.visible", ":root {", "a:focus { outline: none } :root {"),
    ("focus.order", LINK, "<a tabindex=\"0\" href=\"https://www.cnil.fr/fr/guide-developpeurs\""),
    ("colour.light", "color:#0b3d91", "color:#767676"),
    ("colour.light", P, "<p style=\"color:rgba(0,0,0,.4);background-color:#fff\">Cette lettre présente"),
    ("colour.light", P, "<p style=\"color:hsl(0,0%,60%);background-color:white\">Cette lettre présente"),
    ("colour.light", P, "<p style=\"color:var(--x);background-color:white\">Cette lettre présente"),
    ("colour.dark", "color: #9ecbff !important", "color: #0b3d91 !important"),
    ("colour.dark", "#f2f2f2 !important; background-color: #121212", "#777777 !important; background-color: #121212"),
    ("colour.inverted", "color:#0b3d91", "color:#999999"),
    ("colour.pair", ";background-color:#ffffff;text-decoration", ";text-decoration"),
    ("colour.pair", P, "<p style=\"background-color:#eeeeee\">Cette lettre présente"),
    ("colour.inline", "<h1 style=\"color:#1a1a1a;background-color:#ffffff;", "<h1 style=\""),
    (
        "colour.inline",
        "style=\"color:#0b3d91;background-color:#ffffff;text-decoration:underline\"",
        "style=\"text-decoration:underline\"",
    ),
    ("colour.themes", "name=\"color-scheme\"", "name=\"x\""),
    ("colour.themes", "prefers-color-scheme: dark", "prefers-color-scheme: light"),
    ("colour.picture", "<body style=\"", "<body style=\"background-image:url(https://x.org/a.png);"),
    ("colour.picture", P, "<p style=\"background:linear-gradient(red,blue);color:#000\">Cette lettre présente"),
    ("colour.forced", "<body style=\"", "<body style=\"forced-color-adjust:none;"),
    ("text.size", "font-size:16px", "font-size:14px"),
    ("text.size", END, "<p style=\"font-size:.7em\">Fin de la lettre.</p>"),
    ("text.line-height", ";line-height:1.5", ""),
    ("text.line-height", "line-height:1.5", "line-height:1.2"),
    ("text.align", P, "<p style=\"text-align:center\">Cette lettre présente"),
    ("text.align", P, "<p style=\"text-align:justify\">Cette lettre présente"),
    ("text.transform", "<h1 style=\"", "<h1 style=\"text-transform:uppercase;"),
    ("text.spacing", "<h1 style=\"", "<h1 style=\"letter-spacing:.2em;"),
    (
        "text.emphasis",
        LATER,
        "<p><em>Ces mots en italique sont bien trop nombreux pour être lus sans peine par quiconque, et ils continuent encore.</em></p><p>Le guide décrit",
    ),
    ("text.font", "font-family:Arial, Helvetica, sans-serif", "font-family:Georgia, serif"),
    ("text.font", "font-family:Arial, Helvetica, sans-serif;", ""),
    ("text.font", ":root {", "@import url(https://x.org/a.css); :root {"),
    ("text.width", "max-width:40em;", ""),
    ("text.width", "max-width:40em", "max-width:1200px"),
    ("text.signs", NAME, "🚀 La CNIL publie un guide pour les développeurs"),
    ("text.signs", NAME, "→ La CNIL publie un guide pour les développeurs"),
    ("text.signs", NAME, "CNIL | Un guide pour les développeurs"),
    ("text.signs", LATER, "<p>----------</p><p>Le guide décrit"),
    ("text.capitals", NAME, "LA CNIL PUBLIE UN GUIDE"),
    ("text.capitals", NAME, "L A C N I L publie un guide"),
    ("text.leftovers", NAME, "R&amp;amp;D et l&amp;#39;IA"),
    ("text.leftovers", NAME, "Le guide de {{publisher}}"),
    ("text.leftovers", NAME, "Publié par undefined"),
    ("text.mojibake", NAME, "La CNIL publie un guide rÃ©glementaire"),
    ("text.dates", "mardi 24 novembre 2026, en français", "24/11/2026, en français"),
    ("text.dates", "mardi 24 novembre 2026, en français", "2026-11-24, en français"),
    ("text.fillers", NAME, "La CNIL\u{200b}\u{200b}\u{200b} publie un guide"),
    ("image.alt", LATER, "<p><img src=\"cid:a\"></p><p>Le guide décrit"),
    ("image.alt", LATER, "<p><img src=\"cid:a\" alt=\"photo_12.jpg\"></p><p>Le guide décrit"),
    ("image.alt", LATER, "<p><img src=\"cid:a\" alt=\"Image\"></p><p>Le guide décrit"),
    ("image.link", LATER, "<p><a href=\"https://x.org/\"><img src=\"cid:a\" alt=\"\"></a></p><p>Le guide décrit"),
    ("image.pixel", LATER, "<p><img src=\"https://x.org/p\" alt=\"\" width=\"1\" height=\"1\"></p><p>Le guide décrit"),
    ("image.remote", LATER, "<p><img src=\"https://x.org/p.png\" alt=\"Un schéma\"></p><p>Le guide décrit"),
    ("motion.none", "<h1 style=\"", "<h1 style=\"animation:a 1s;"),
    ("motion.none", LATER, "<p><marquee>x</marquee></p><p>Le guide décrit"),
    ("motion.none", ":root {", "@keyframes a { from { color: red } } :root {"),
    ("active.element", LATER, "<form><p>x</p></form><p>Le guide décrit"),
    ("active.element", "</head>", "<script>1</script></head>"),
    ("active.element", LATER, "<p><svg></svg></p><p>Le guide décrit"),
    ("active.handler", LINK, "<a onclick=\"x()\" href=\"https://www.cnil.fr/fr/guide-developpeurs\""),
    ("active.handler", LINK, "<a href=\"javascript:x()\""),
    ("css.drawn-text", ":root {", "h1::before { content: \"Nouveau \" } :root {"),
    ("hidden.content", LATER, "<p style=\"display:none\">caché</p><p>Le guide décrit"),
    ("hidden.content", LATER, "<p hidden>caché</p><p>Le guide décrit"),
    ("hidden.content", ":root {", ".letter p { visibility: hidden } :root {"),
    ("hidden.by-trick", LATER, "<p style=\"opacity:0\">caché</p><p>Le guide décrit"),
    ("hidden.by-trick", LATER, "<p style=\"max-height:0\">caché</p><p>Le guide décrit"),
    ("hidden.by-trick", LATER, "<p style=\"color:#fff;background-color:#fff\">caché</p><p>Le guide décrit"),
    ("aria.attribute", P, "<p role=\"note\">Cette lettre présente"),
    ("aria.attribute", P, "<p aria-label=\"x\">Cette lettre présente"),
    ("aria.landmark", "</h1>", "</h1><nav><p>x</p></nav>"),
    ("size.reflow", "max-width:40em", "width:600px"),
    ("size.reflow", "<h1 style=\"", "<h1 style=\"white-space:nowrap;"),
    ("size.text-spacing", P, "<p style=\"height:20px\">Cette lettre présente"),
    ("size.text-spacing", P, "<p style=\"line-height:24px\">Cette lettre présente"),
    ("footer.unsubscribe", "Se désabonner de", "Partager"),
    ("footer.web-copy", "Lire cette lettre en ligne", "Partager cette lettre"),
    ("footer.accessibility", "Signaler un problème d'accessibilité", "Nous écrire"),
];

/// Faults of the message around it.
const MAIL_FAULTS: &[Fault] = &[
    ("message.readable", "From: ", "\n\nFrom: "),
    ("message.language", "Content-Language: fr\n", ""),
    ("message.language", "Content-Language: fr", "Content-Language: en"),
    ("message.alternative", "multipart/alternative", "multipart/mixed"),
    ("message.alternative", "text/plain; charset=utf-8", "text/plain; charset=iso-8859-1"),
    ("message.subject", "Subject: Veille IA", "Subject: 🚀 Veille IA"),
    ("message.subject", "Subject: Veille IA", "Subject: ALERTE TRÈS IMPORTANTE, veille IA"),
    (
        "message.subject",
        "Subject: Veille IA",
        "Subject: Une lettre dont l'objet est si long que personne ne le lira jamais jusqu'au bout, veille IA",
    ),
    ("message.subject", "Subject: Veille IA : le guide de la CNIL et deux autres articles\n", ""),
    ("message.title", "Subject: Veille IA", "Subject: Veille sur l'IA"),
    ("message.sender", "From: \"Veille IA\" <veille@example.org>", "From: veille@example.org"),
    ("message.sender", "<veille@example.org>", "<no-reply@example.org>"),
    ("message.unsubscribe", "List-Unsubscribe: ", "X-List: "),
    ("message.one-click", "List-Unsubscribe-Post", "X-Post"),
    ("message.one-click", "<https://example.org/u/1>, ", ""),
    ("message.one-click", "List-Unsubscribe=One-Click", "yes"),
    ("message.list-id", "List-Id", "X-Id"),
    ("message.automatic", "Auto-Submitted", "X-Auto"),
    (
        "message.attachment",
        "--limite--",
        "--limite\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx\n--limite--",
    ),
    ("plain.present", "Content-Type: text/plain; charset=utf-8", "Content-Type: application/x-other"),
    ("plain.words", "source\nofficielle.\n\n", "source.\n\n"),
    ("plain.links", "\nhttps://www.cnil.fr/fr/guide-developpeurs\n", "\n"),
    ("plain.headings", "\n\n\nRèglement européen\n\n", "\nRèglement européen\n"),
    ("plain.headings", "\n\n\nÀ propos de cette lettre\n\n", "\n\nÀ propos de cette lettre\n\n"),
    (
        "plain.numbers",
        "\n\n1. La CNIL publie un guide pour les développeurs\n\n",
        "\n\nLa CNIL publie un guide pour les développeurs\n\n",
    ),
    ("plain.signs", "\n\nRèglement européen\n\n", "\n\nRèglement européen\n------------------\n\n"),
    ("plain.signs", "\n\nFin de la lettre.", "\n\n* Fin de la lettre."),
    ("plain.leftovers", "\nLe guide décrit", "\n&lt;p&gt; Le guide décrit"),
    (
        "plain.tracking",
        "\nhttps://www.cnil.fr/fr/guide-developpeurs\n",
        "\nhttps://www.cnil.fr/fr/guide-developpeurs?utm_source=x\n",
    ),
    (
        "plain.columns",
        "\n\nFin de la lettre.",
        "\n\nUne ligne bien trop longue pour les petites fenêtres, qui dépasse de loin les soixante-dix-huit colonnes.\n\nFin de la lettre.",
    ),
];

/// Rules whose fault is made by hand in a test of its own.
const MADE_BY_HAND: [&str; 9] = [
    "heading.gap",
    "structure.summary",
    "size.html",
    "size.style",
    "size.line",
    "size.readable",
    "message.line",
    "page.landmarks",
    "page.skip-link",
];

#[test]
fn good_letters_pass_in_french_and_in_english() {
    for html in GOOD_HTML {
        assert_eq!(check_html(html), []);
    }
    for mail in GOOD_MAIL {
        assert_eq!(check_message(mail.as_bytes()), []);
    }
}

#[test]
fn each_fault_of_the_html_is_caught() {
    check_faults(GOOD_HTML[0], HTML_FAULTS, check_html);
}

#[test]
fn each_fault_of_the_message_is_caught() {
    check_faults(GOOD_MAIL[0], MAIL_FAULTS, |mail| check_message(mail.as_bytes()));
}

fn check_faults(good: &str, faults: &[Fault], check: impl Fn(&str) -> Vec<Violation>) {
    let mut missed = Vec::new();
    for (rule, what, with) in faults {
        assert!(good.contains(what), "the good letter does not hold {what:?}");
        let found: BTreeSet<&str> = check(&good.replace(what, with)).iter().map(|violation| violation.rule).collect();
        if !found.contains(rule) {
            missed.push(format!("{rule}: {what:?} -> {with:?}; found {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_rule_has_a_fault_and_both_languages() {
    let tested: BTreeSet<&str> = HTML_FAULTS.iter().chain(MAIL_FAULTS).map(|(rule, ..)| *rule).chain(MADE_BY_HAND).collect();
    let listed: BTreeSet<&str> = rules(Locale::Fr).iter().map(|rule| rule.rule).collect();
    assert_eq!(tested, listed);
    assert_eq!(listed.len(), rules(Locale::Fr).len(), "a name is used twice");
    for (fr, en) in rules(Locale::Fr).iter().zip(rules(Locale::En)) {
        assert!(fr.says != en.says && !fr.source.is_empty(), "{}", fr.rule);
    }
}

fn names(violations: &[Violation]) -> Vec<&'static str> {
    violations.iter().map(|violation| violation.rule).collect()
}

#[test]
fn long_letters_need_headings_and_a_summary() {
    let words = "<p>Des mots que personne ne coupe.</p>\n".repeat(80);
    let found = names(&check_html(&GOOD_HTML[0].replace(LATER, &(words + LATER))));
    assert!(found.contains(&"heading.gap"), "{found:?}");

    let start = GOOD_HTML[0].find("<h2").expect("a summary");
    let rest = GOOD_HTML[0].match_indices("<h2").nth(1).expect("a theme").0;
    let mut without = GOOD_HTML[0].to_owned();
    without.replace_range(start..rest, "");
    assert_eq!(check_html(&without), [], "a short letter needs no summary");
    let more = (4..9).fold(String::new(), |more, n| {
        more + &format!("<h3 style=\"color:#000;background-color:#fff\">Article numéro {n}</h3><p>Un mot.</p>")
    });
    assert_eq!(names(&check_html(&without.replace(END, &(more + END)))), ["structure.summary"]);
}

#[test]
fn sizes_are_bounded() {
    let check = |html: &str, rule: &str| {
        let found = names(&check_html(html));
        assert!(found.contains(&rule), "{rule}: {found:?}");
    };
    check(&GOOD_HTML[0].replace(LATER, &("<p>Des mots.</p>\n".repeat(7_000) + LATER)), "size.html");
    check(&GOOD_HTML[0].replace(":root {", &("p { margin: 0 }\n".repeat(1_100) + ":root {")), "size.style");
    check(&GOOD_HTML[0].replace(LATER, &format!("<p>{}</p>{LATER}", "mot ".repeat(300))), "size.line");
    let mail = GOOD_MAIL[0].replace("\nX", "").replace("List-Id:", &format!("X-Long: {}\nList-Id:", "x".repeat(1_000)));
    assert_eq!(names(&check_message(mail.as_bytes())), ["message.line"]);
}

#[test]
fn web_pages_are_held_to_the_rules_of_web_pages() {
    let page = "<!doctype html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Veille IA</title></head>\
        <body><a href=\"#contenu\">Aller au contenu</a><nav><ul><li><a href=\"/items\">Articles retenus</a></li></ul></nav>\
        <main id=\"contenu\"><h1>Articles</h1><form><label>Chercher <input name=\"q\"></label><button>Chercher</button></form></main></body></html>";
    assert_eq!(check_html(page), []);
    assert_eq!(names(&check_html(&page.replace("href=\"#contenu\"", "href=\"/\""))), ["page.skip-link"]);
    assert_eq!(names(&check_html(&page.replace("main", "div"))), ["page.landmarks"]);
}

#[test]
fn a_short_preheader_may_stay_hidden_and_fillers_may_not() {
    let with = |hidden: &str| GOOD_HTML[0].replace("<h1", &format!("<div style=\"display:none\">{hidden}</div><h1"));
    assert_eq!(check_html(&with("Trois articles cette semaine.")), []);
    for hidden in ["Trois articles.\u{200c}\u{200c}\u{200c}", "Trois articles.&nbsp;&nbsp;&nbsp;", &"mot ".repeat(60)] {
        assert_eq!(names(&check_html(&with(hidden))), ["hidden.content"], "{hidden}");
    }
}

#[test]
fn words_of_others_are_judged_before_they_are_taken_in() {
    assert_eq!(check_words("La CNIL publie un guide « pratique » sur l’IA", Locale::Fr), []);
    let check = |text: &str, rule: &str| assert_eq!(names(&check_words(text, Locale::En)), [rule], "{text}");
    check("🚀 Launch", "text.signs");
    check("R&amp;D", "text.leftovers");
    check("ALERTE DE SÉCURITÉ MAJEURE", "text.capitals");
    check("rÃ©glement", "text.mojibake");
    check("le 06/01/2026", "text.dates");
    check("voir https://example.org", "link.address");
}

#[test]
fn problems_are_told_in_the_language_of_the_reader() {
    let html = GOOD_HTML[0].replace(NAME, "ici");
    let problem = |locale| check_html_for(&html, locale).first().map(|violation| violation.problem.clone());
    assert_eq!(problem(Locale::Fr).as_deref(), Some("« ici » ne dit pas où mène le lien"));
    assert_eq!(problem(Locale::En).as_deref(), Some("\"ici\" does not say where the link leads"));
}

/// Debug builds are some twenty times slower than what is shipped: they get a twentieth of the load.
const SCALE: usize = if cfg!(debug_assertions) { 20 } else { 1 };
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn hostile_documents_neither_panic_nor_stall() {
    let many = |text: &str, times: usize| text.repeat(times / SCALE);
    let hostile = [
        "<div>".repeat(100_000),
        many("<", 2_000_000),
        many("<b><p>", 20_000),
        many("<a href=x>", 20_000),
        many("<table><td>", 20_000),
        format!("<p {}>", many("a=b ", 100_000)),
        format!("<style>{}</style>{}", many("a b c d{color:red}", 20_000), many("<p>x</p>", 5_000)),
        format!("<style>{}</style>", many("@media x{", 50_000)),
        format!("<style>{}x{}</style><p>x", ":not(".repeat(10_000), ")".repeat(10_000)),
        format!("<p style='{}'>x", many("a:b;", 200_000)),
        format!("<p style='color:{}'>x", many("rgb(", 100_000)),
        format!("<p>{}", many("mot ", 400_000)),
        format!("<p>{}", many("<a href='https://x.org/'>x</a>", 20_000)),
        format!("<p>{}", many("\u{200b}", 400_000)),
        many("<!--", 300_000),
        "<h1><div>".repeat(120) + &many("x", 1_000_000),
        many("&amp;", 300_000),
        many("</p>", 25_000),
        many("\0", 100_000),
        String::new(),
    ];
    for html in hostile {
        let start = Instant::now();
        let found = check_html(&html);
        let message = check_message(html.as_bytes());
        let name = html.chars().take(30).collect::<String>();
        assert!(start.elapsed() < PATIENCE, "{name}: {:?}", start.elapsed());
        assert!(!found.is_empty() && !message.is_empty(), "{name}");
    }
    assert_eq!(names(&check_html(&"<div>".repeat(100_000))), ["size.readable"]);
}

/// Real data lies outside of the project; without it these tests have nothing to say.
fn corpora() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let folder = option_env!("VEILLE_CORPORA").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path, endings));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            all.push(path);
        }
    }
    all
}

#[test]
fn real_html_mails_are_all_found_wanting_and_in_time() {
    let Some(corpora) = corpora() else {
        println!("skipped: no corpora beside the project");
        return;
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut number = 0;
    let folders = std::fs::read_dir(&corpora).expect("the corpora").flatten().map(|entry| entry.path());
    for folder in folders.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("html-mail-"))) {
        for file in files(&folder, &["html"]) {
            let html = String::from_utf8_lossy(&std::fs::read(&file).expect("a readable file")).into_owned();
            let start = Instant::now();
            let found = check_html(&html);
            assert!(start.elapsed() < PATIENCE, "{}: {:?}", file.display(), start.elapsed());
            assert!(!found.is_empty(), "{} passes", file.display());
            number += 1;
            for rule in found.iter().map(|violation| violation.rule).collect::<BTreeSet<_>>() {
                *counts.entry(rule).or_default() += 1;
            }
        }
    }
    println!("{number} files; files that break each rule: {counts:#?}");
    assert!(number > 100, "only {number} files");
}

#[test]
fn real_messages_neither_panic_nor_stall() {
    let Some(corpora) = corpora() else {
        println!("skipped: no corpora beside the project");
        return;
    };
    let mut number = 0;
    for file in files(&corpora, &["eml", "msg", "mbox"]) {
        let bytes = std::fs::read(&file).expect("a readable file");
        let start = Instant::now();
        let found = check_message(&bytes);
        assert!(start.elapsed() < PATIENCE, "{}: {:?}", file.display(), start.elapsed());
        assert!(!found.is_empty(), "{} passes", file.display());
        number += 1;
    }
    println!("{number} messages");
}

/// Sample editions as they leave; also written to the target folder, for the browser checks.
#[test]
fn sample_editions_pass() {
    let templates = Templates::embedded();
    let sender = Sender::new(&MailSettings::default()).expect("the default sender");
    let mut broken = Vec::new();
    for (items, locale) in [0, 1, 3, 25].into_iter().flat_map(|items| [(items, Locale::Fr), (items, Locale::En)]) {
        let rendered = render(&sample_edition(items, locale), &sample_links(), &templates).expect("a rendered edition");
        let envelope = Envelope {
            sender: sender.clone(),
            to: "reader@example.org".parse().expect("an address"),
            message_id: format!("gate.{items}@example.org"),
            date: DateTime::UNIX_EPOCH,
            digest: Slug::propose("hebdo"),
            title: "Veille IA".to_owned(),
            one_click: None,
        };
        let eml = build(&rendered, &envelope).expect("a message");
        let name = format!("sample-{items}.{locale}");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(folder.join(format!("{name}.html")), &rendered.html).expect("a writable folder");
        std::fs::write(folder.join(format!("{name}.eml")), &eml).expect("a writable folder");
        let told = |violation: Violation| format!("{name}: {}: {}: {}", violation.rule, violation.element, violation.problem);
        broken.extend(check_message(&eml).into_iter().map(told));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// `docs/ACCESSIBILITY.md` lists the rules as the program does.
#[test]
fn the_documented_rules_are_those_of_the_gate() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ACCESSIBILITY.md");
    let document = std::fs::read_to_string(&path).expect("the document");
    let row = |rule: Listing| {
        format!("| `{}` | {} | {} | {} |\n", rule.rule, rule.says.replace('<', "&lt;"), rule.applies_to, rule.source)
    };
    let rows: String = rules(Locale::En).into_iter().map(row).collect();
    let expected = format!("\n\n| rule | says | held against | source |\n|---|---|---|---|\n{rows}\n");
    let (start, end) = ("kept in step by a test (tests/it/gate.rs) -->", "<!-- end of rules -->");
    let (before, rest) = document.split_once(start).expect("the start mark");
    let (found, after) = rest.split_once(end).expect("the end mark");
    let proposal = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ACCESSIBILITY.md");
    std::fs::write(&proposal, format!("{before}{start}{expected}{end}{after}")).expect("a writable folder");
    assert!(found == expected, "the table is out of step: copy {} over {}", proposal.display(), path.display());
}
