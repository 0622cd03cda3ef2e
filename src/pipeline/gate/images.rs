//! Chapter "images".

use super::{
    HtmlCheck,
    page::{El, Page},
    rule::{Findings, Rule, Scope},
    words,
};

const LONGEST_ALTERNATIVE: usize = 150;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "image.alt",
            source: "WCAG 1.1.1, RGAA 1.1 1.2 1.3, EMC 8, AVH",
            scope: Scope::Html,
            says: (
                "chaque image a un attribut alt utile, de moins de 150 caractères",
                "every image has a useful alt, under 150 characters",
            ),
            remedy: (
                "dire en quelques mots ce que l'image apporte, ou alt=\"\" si elle décore",
                "say in a few words what the image tells, or alt=\"\" if it decorates",
            ),
        },
        run: alternative,
    },
    HtmlCheck {
        rule: Rule {
            name: "image.link",
            source: "RGAA 6.2, EMC 5",
            scope: Scope::Html,
            says: ("une image qui sert de lien dit où il mène", "an image that is a link says where it leads"),
            remedy: ("écrire la destination dans alt", "write the destination in alt"),
        },
        run: linked,
    },
    HtmlCheck {
        rule: Rule {
            name: "image.pixel",
            source: "RGPD",
            scope: Scope::Html,
            says: ("aucun pixel de suivi", "no tracking pixel"),
            remedy: ("ôter l'image", "take the image away"),
        },
        run: pixel,
    },
    HtmlCheck {
        rule: Rule {
            name: "image.remote",
            source: "RGPD, caniemail",
            scope: Scope::Mail,
            says: (
                "aucune image à télécharger : l'ouvrir dirait qui lit",
                "no image to download: opening it would tell who reads",
            ),
            remedy: ("ôter l'image ; la mettre sur la copie web", "take the image away; put it on the web copy"),
        },
        run: remote,
    },
];

fn images<'p>(page: &'p Page) -> impl Iterator<Item = El<'p>> {
    page.elements().filter(|element| {
        element.name() == "img"
            || element.name() == "area"
            || (element.name() == "input" && element.attr("type") == Some("image"))
    })
}

fn alternative(page: &Page, found: &mut Findings) {
    const FORMATS: [&str; 8] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".avif"];
    const EMPTY_WORDS: [&str; 14] = [
        "image",
        "img",
        "photo",
        "picture",
        "logo",
        "icon",
        "icone",
        "icône",
        "illustration",
        "graphic",
        "banner",
        "bannière",
        "alt",
        "spacer",
    ];
    for image in images(page) {
        let Some(alt) = image.attr("alt") else {
            found.at(image, "image sans alt", "image without alt");
            continue;
        };
        let folded = words::fold(alt);
        let source = image.attr("src").unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let file = FORMATS.iter().any(|format| alt.to_ascii_lowercase().ends_with(format)) || (!alt.is_empty() && alt == source);
        if file {
            found.at(image, format!("alt est un nom de fichier : {alt}"), format!("alt is a file name: {alt}"));
        } else if EMPTY_WORDS.contains(&folded.as_str()) {
            found.at(image, format!("« {alt} » ne dit rien"), format!("\"{alt}\" says nothing"));
        } else if alt.chars().count() > LONGEST_ALTERNATIVE {
            found.at(image, "alt a plus de 150 caractères", "alt is longer than 150 characters");
        }
    }
}

fn linked(page: &Page, found: &mut Findings) {
    for link in page.named("a").filter(|link| link.line().is_empty()) {
        let mut images = link.descendants().filter(|inner| inner.name() == "img").peekable();
        if images.peek().is_some() && images.all(|image| image.attr("alt").is_none_or(|alt| alt.trim().is_empty())) {
            found.at(link, "lien fait d'une image sans texte", "link made of an image without text");
        }
    }
}

fn is_pixel(image: El) -> bool {
    let side = |name: &str| {
        let said = image.attr(name).or_else(|| image.inline_value(name));
        said.and_then(|value| value.trim_end_matches("px").trim().parse::<f64>().ok())
    };
    [side("width"), side("height")].into_iter().flatten().any(|size| size <= 3.0)
}

fn pixel(page: &Page, found: &mut Findings) {
    for image in images(page).filter(|image| is_pixel(*image)) {
        found.at(image, "image de quelques pixels", "image of a few pixels");
    }
    for image in images(page).filter(|image| !image.is_shown() && !is_pixel(*image)) {
        found.at(image, "image cachée", "hidden image");
    }
}

fn remote(page: &Page, found: &mut Findings) {
    for image in images(page) {
        let sources = [image.attr("src"), image.attr("srcset")];
        let far = sources
            .into_iter()
            .flatten()
            .any(|source| !source.is_empty() && !source.starts_with("data:") && !source.starts_with("cid:"));
        if far {
            found.at(image, "image à télécharger", "image to download");
        }
    }
}
