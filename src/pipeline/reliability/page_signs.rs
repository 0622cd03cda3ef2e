//! What a page shows beside its article: the number of the company behind it, and links that its markup calls paid.

use super::{observe::Notes, signal::Signal};
use crate::{domain::evidence::Evidence, pipeline::identifiers::company_number};
use scraper::{Html, Node, Selector};
use std::sync::LazyLock;

/// Links of the article alone: what stands around it is advertising that everybody has.
#[expect(clippy::expect_used, reason = "invariant: a constant selector, which a test uses")]
static PAID: LazyLock<Selector> = LazyLock::new(|| {
    Selector::parse("article a[rel~='sponsored'][href], main a[rel~='sponsored'][href]").expect("invariant: a valid selector")
});

/// Adds to `notes` what `known`, the evidence of the article, does not say already.
pub(super) fn page_signs(notes: &mut Notes<'_>, document: &Html, known: &[Evidence]) {
    if let Some(number) = company_number(&visible(document)) {
        notes.add(Signal::PublisherRegistered, number);
    }
    let paid = [Signal::InterestAffiliate, Signal::InterestSponsored];
    let told = known.iter().any(|line| paid.iter().any(|signal| line.signal == signal.name()));
    let link = document.select(&PAID).next().and_then(|link| link.value().attr("href"));
    if let Some(link) = link.filter(|_| !told) {
        notes.add(Signal::InterestAffiliate, format!("rel=sponsored · {link}"));
    }
}

/// All text that a reader could see, footers included.
fn visible(document: &Html) -> String {
    let mut text = String::new();
    for node in document.tree.root().descendants() {
        let unseen = || {
            let parent = node.parent().and_then(|parent| parent.value().as_element());
            parent.is_some_and(|element| matches!(element.name(), "script" | "style" | "noscript" | "template"))
        };
        if let Node::Text(piece) = node.value()
            && !unseen()
        {
            text.push_str(piece);
            text.push(' ');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{super::Rules, Notes, page_signs};
    use crate::domain::evidence::Provenance;
    use chrono::DateTime;
    use scraper::Html;

    fn signs(html: &str) -> Vec<(String, Option<String>)> {
        let rules = Rules::shipped();
        let mut notes = Notes::new(&rules, DateTime::UNIX_EPOCH, Provenance::Page);
        page_signs(&mut notes, &Html::parse_document(html), &[]);
        notes.evidence.into_iter().map(|line| (line.signal, line.excerpt)).collect()
    }

    #[test]
    fn reads_the_number_of_the_company_and_paid_links_of_the_article() {
        for (html, signal, excerpt) in [
            ("<footer>Exemple SAS, RCS Paris 732 829 320</footer>", "publisher.registered", "SIREN 732829320"),
            (
                "<article><a rel='nofollow sponsored' href='https://shop.example/'>x</a></article>",
                "interest.affiliate",
                "rel=sponsored · https://shop.example/",
            ),
        ] {
            assert_eq!(signs(html), [(signal.to_owned(), Some(excerpt.to_owned()))], "{html}");
        }
        for nothing in [
            "<footer>RCS Paris 732 829 321</footer>",
            "<script>var siren = 'SIREN 732829320'</script>",
            "<aside><a rel=sponsored href=https://shop.example/>x</a></aside>",
            "<p>x",
        ] {
            assert_eq!(signs(nothing), [], "{nothing}");
        }
    }
}
