//! Chapter "text": how it is set.

use super::{
    HtmlCheck,
    css::cascade::{Align, Origin},
    page::{El, Page},
    rule::{Findings, Rule, Scope},
};
use std::collections::HashSet;

/// In pixels: 12 points.
const SMALLEST_TEXT: f64 = 16.0;
const SMALLEST_LINE_HEIGHT: f64 = 1.5;
/// Longer runs of bold or italics tire the reader.
const LONGEST_EMPHASIS: usize = 100;
/// 100 characters of half an em, at 16 pixels.
const WIDEST_LINE_EM: f64 = 50.0;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "text.size",
            source: "CA, MA/MO, EMC 2026",
            scope: Scope::Mail,
            says: ("16 pixels partout, pied de page compris", "16 pixels everywhere, footer included"),
            remedy: ("écrire font-size:16px ou plus", "write font-size:16px or more"),
        },
        run: size,
    },
    HtmlCheck {
        rule: Rule {
            name: "text.line-height",
            source: "WCAG 1.4.8",
            scope: Scope::Mail,
            says: ("interligne de 1,5 dans les paragraphes et les listes", "line height of 1.5 in paragraphs and lists"),
            remedy: ("écrire line-height:1.5 sans unité", "write line-height:1.5 without a unit"),
        },
        run: line_height,
    },
    HtmlCheck {
        rule: Rule {
            name: "text.align",
            source: "AcceDe I-B, Orange, WCAG 1.4.8",
            scope: Scope::Mail,
            says: ("texte aligné à gauche, ni centré ni justifié", "text aligned left, neither centred nor justified"),
            remedy: ("écrire text-align:left", "write text-align:left"),
        },
        run: align,
    },
    HtmlCheck {
        rule: Rule {
            name: "text.transform",
            source: "AcceDe, Orange",
            scope: Scope::Html,
            says: ("pas de capitales mises par le style", "no capitals made by style"),
            remedy: ("ôter text-transform et small-caps", "take text-transform and small-caps away"),
        },
        run: transform,
    },
    HtmlCheck {
        rule: Rule {
            name: "text.spacing",
            source: "AcceDe, Orange",
            scope: Scope::Html,
            says: ("lettres ni espacées ni serrées par le style", "letters neither spread nor squeezed by style"),
            remedy: ("ôter letter-spacing", "take letter-spacing away"),
        },
        run: spacing,
    },
    HtmlCheck {
        rule: Rule {
            name: "text.emphasis",
            source: "Orange",
            scope: Scope::Html,
            says: (
                "pas plus de 100 caractères de suite en gras ou en italique",
                "at most 100 characters in a row in bold or italics",
            ),
            remedy: ("ne marquer que les mots qui comptent", "mark only the words that matter"),
        },
        run: emphasis,
    },
    HtmlCheck {
        rule: Rule {
            name: "text.font",
            source: "Orange, CA",
            scope: Scope::Mail,
            says: (
                "police sans empattement du système, rien à télécharger",
                "sans-serif font of the system, nothing to download",
            ),
            remedy: ("écrire font-family:Arial, Helvetica, sans-serif", "write font-family:Arial, Helvetica, sans-serif"),
        },
        run: font,
    },
    HtmlCheck {
        rule: Rule {
            name: "text.width",
            source: "WCAG 1.4.8",
            scope: Scope::Mail,
            says: ("au plus 100 caractères par ligne sur un grand écran", "at most 100 characters a line on a wide screen"),
            remedy: ("écrire max-width:40em sur le premier div", "write max-width:40em on the first div"),
        },
        run: width,
    },
];

/// Visible text by its innermost element, where `broken` gives the place at fault: each place once.
fn once_each<'p>(page: &'p Page, broken: impl Fn(El<'p>) -> Option<Origin>) -> Vec<El<'p>> {
    let mut known = HashSet::new();
    let mut places = Vec::new();
    for run in &page.runs {
        let element = page.element(run.element);
        if let Some(origin) = broken(element)
            && known.insert(origin)
        {
            places.push(page.element(origin));
        }
    }
    places
}

fn size(page: &Page, found: &mut Findings) {
    let small = |element: El| {
        let (size, origin) = element.light().font_size;
        (size + 0.01 < SMALLEST_TEXT).then_some(origin)
    };
    for element in once_each(page, small) {
        let size = element.light().font_size.0;
        found.at(element, format!("texte de {size:.0} pixels"), format!("text of {size:.0} pixels"));
    }
}

/// Headings are short: they may be set tighter.
fn line_height(page: &Page, found: &mut Findings) {
    let tight = |element: El| {
        let in_heading = std::iter::once(element).chain(element.ancestors()).any(|above| above.heading_level().is_some());
        let (ratio, origin) = element.light().line_height;
        (!in_heading && ratio.is_none_or(|ratio| ratio + 0.001 < SMALLEST_LINE_HEIGHT)).then_some(origin)
    };
    for element in once_each(page, tight) {
        match element.light().line_height.0 {
            Some(ratio) => found.at(element, format!("interligne de {ratio:.2}"), format!("line height of {ratio:.2}")),
            None => {
                found.at(element, "interligne laissé au navigateur (environ 1,2)", "line height left to the browser (about 1.2)")
            }
        }
    }
}

fn align(page: &Page, found: &mut Findings) {
    let moved = |element: El| {
        let (align, origin) = element.light().align;
        (align != Align::Start).then_some(origin)
    };
    for element in once_each(page, moved) {
        let (fr, en) = match element.light().align.0 {
            Align::Centre => ("texte centré", "centred text"),
            Align::Justified => ("texte justifié", "justified text"),
            _ => ("texte à droite", "text aligned right"),
        };
        found.at(element, fr, en);
    }
}

fn transform(page: &Page, found: &mut Findings) {
    for element in
        once_each(page, |element| Some(element.light().capitals).filter(|(capitals, _)| *capitals).map(|(_, origin)| origin))
    {
        found.at(element, "capitales mises par le style", "capitals made by style");
    }
}

fn spacing(page: &Page, found: &mut Findings) {
    for element in
        once_each(page, |element| Some(element.light().spacing).filter(|(space, _)| *space != 0.0).map(|(_, origin)| origin))
    {
        let space = element.light().spacing.0;
        found.at(element, format!("letter-spacing de {space} pixels"), format!("letter-spacing of {space} pixels"));
    }
}

/// Runs of text that follow each other and are all bold, or all italic; headings aside.
fn emphasis(page: &Page, found: &mut Findings) {
    let (mut bold, mut italic) = (0, 0);
    let mut last: Option<usize> = None;
    for (element, text) in page.pieces() {
        let block = std::iter::once(element).chain(element.ancestors()).find(El::is_block);
        let heading = block.is_some_and(|block| block.heading_level().is_some() || block.name() == "th");
        if heading || block.map(|block| block.index) != last {
            (bold, italic) = (0, 0);
        }
        last = block.map(|block| block.index);
        let length = text.trim().chars().count();
        let look = element.light();
        let (before_bold, before_italic) = (bold, italic);
        bold = if look.bold && !heading { bold + length } else { 0 };
        italic = if look.italic && !heading { italic + length } else { 0 };
        if bold > LONGEST_EMPHASIS && before_bold <= LONGEST_EMPHASIS {
            found.at(element, format!("{bold} caractères de suite en gras"), format!("{bold} characters in a row in bold"));
        }
        if italic > LONGEST_EMPHASIS && before_italic <= LONGEST_EMPHASIS {
            found.at(
                element,
                format!("{italic} caractères de suite en italique"),
                format!("{italic} characters in a row in italics"),
            );
        }
    }
}

fn font(page: &Page, found: &mut Findings) {
    let mut known = HashSet::new();
    for run in &page.runs {
        let element = page.element(run.element);
        let fonts = element.light().fonts.as_deref();
        if !known.insert(fonts) {
            continue;
        }
        match fonts {
            None => found.at(
                element,
                "aucune police demandée : le client en choisit une à empattements",
                "no font asked for: the client picks one with serifs",
            ),
            Some(fonts)
                if !matches!(
                    fonts.rsplit(',').next().map(str::trim),
                    Some("sans-serif" | "system-ui" | "ui-sans-serif" | "inherit")
                ) =>
            {
                found.at(element, format!("police « {fonts} »"), format!("font \"{fonts}\""));
            }
            Some(_) => {}
        }
    }
    for name in page.sheet.at_rules.iter().filter(|name| matches!(name.as_str(), "font-face" | "import")) {
        found.near(&format!("@{name}"), "police ou feuille à télécharger", "font or sheet to download");
    }
    for link in page
        .named("link")
        .filter(|link| link.attr("rel").is_some_and(|rel| rel.contains("stylesheet") || rel.contains("preload")))
    {
        found.at(link, "police ou feuille à télécharger", "font or sheet to download");
    }
}

/// Some element around each paragraph bounds its width.
fn width(page: &Page, found: &mut Findings) {
    let wide = |element: El| {
        let around: Vec<El> = std::iter::once(element).chain(element.ancestors()).collect();
        let narrowest = around.iter().filter_map(|above| above.light().widest).reduce(f64::min);
        let em = element.light().font_size.0;
        let long = element.span().len() > 60;
        let root = around.iter().rev().find(|above| above.is_block() && !above.is(&["html", "body"])).or(around.last());
        (long && narrowest.is_none_or(|width| width > WIDEST_LINE_EM * em)).then(|| root.map_or(0, |root| root.index))
    };
    for element in once_each(page, wide) {
        found.at(element, "rien ne borne la longueur des lignes à 100 caractères", "nothing bounds lines to 100 characters");
    }
}
