//! Chapter "structure", continued: tables.

use super::{
    HtmlCheck,
    page::{El, Page},
    rule::{Findings, Rule, Scope},
};

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "table.layout",
            source: "AVH, EMC 3, RGAA 5.3 5.8",
            scope: Scope::Html,
            says: (
                "aucun tableau de mise en page, pas même dans les commentaires pour Outlook",
                "no layout table, not even in comments for Outlook",
            ),
            remedy: ("mettre en page avec des div et des marges", "lay out with div and margins"),
        },
        run: layout,
    },
    HtmlCheck {
        rule: Rule {
            name: "table.data",
            source: "RGAA 5.4 5.6 5.7, WCAG 1.3.1",
            scope: Scope::Html,
            says: ("un tableau de données a un caption et des th avec scope", "a data table has a caption, and th with scope"),
            remedy: (
                "ajouter caption, et scope=\"col\" ou scope=\"row\" à chaque th",
                "add a caption, and scope=\"col\" or scope=\"row\" to every th",
            ),
        },
        run: data,
    },
];

/// A table is data when it has a caption or header cells and does not deny it.
fn is_data(table: El) -> bool {
    let denied = table.attr("role").is_some_and(|role| matches!(role, "presentation" | "none"));
    !denied && own_parts(table).any(|part| part.is(&["caption", "th"]))
}

/// What belongs to a table and not to one inside it.
fn own_parts<'p>(table: El<'p>) -> impl Iterator<Item = El<'p>> {
    table
        .descendants()
        .filter(move |part| part.ancestors().find(|above| above.name() == "table").is_some_and(|near| near.index == table.index))
}

fn layout(page: &Page, found: &mut Findings) {
    for table in page.named("table").filter(|table| !is_data(*table)) {
        found.at(table, "tableau de mise en page", "layout table");
    }
    for comment in
        page.comments.iter().filter(|comment| comment.contains("[if ") && comment.to_ascii_lowercase().contains("<table"))
    {
        found.near(comment, "tableau de mise en page dans un commentaire pour Outlook", "layout table in a comment for Outlook");
    }
}

fn data(page: &Page, found: &mut Findings) {
    for table in page.named("table") {
        let denied = table.attr("role").is_some_and(|role| matches!(role, "presentation" | "none"));
        if denied && own_parts(table).any(|part| part.is(&["caption", "th", "thead", "tfoot", "colgroup"])) {
            found.at(
                table,
                "tableau dit de présentation, avec caption, th ou thead",
                "table said to be for presentation, with caption, th or thead",
            );
        }
        if !is_data(table) {
            continue;
        }
        if !own_parts(table).any(|part| part.name() == "caption" && !part.line().is_empty()) {
            found.at(table, "tableau de données sans caption", "data table without a caption");
        }
        if !own_parts(table).any(|part| part.name() == "th") {
            found.at(table, "tableau de données sans th", "data table without th");
        }
        for header in own_parts(table).filter(|part| part.name() == "th" && part.attr("scope").is_none()) {
            found.at(header, "th sans scope", "th without scope");
        }
        if let Some(inner) = table.descendants().find(|inner| inner.name() == "table") {
            found.at(inner, "tableau dans un tableau", "table inside a table");
        }
    }
}
