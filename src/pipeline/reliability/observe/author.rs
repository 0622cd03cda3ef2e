//! C1: who signs. C2: what the signature says of the author's competence.

use super::{Notes, Seen};
use crate::{
    domain::{
        entry::Author,
        publisher::{Publisher, PublisherClass},
    },
    pipeline::reliability::{
        fold::folded,
        names::{Signature, Signed, orcid},
        signal::Signal,
    },
};

pub(super) fn author(notes: &mut Notes<'_>, seen: &Seen<'_>) {
    let read = |author: &'_ Author| {
        let signed = notes.rules.names.read(&author.name)?;
        Some(by_publisher(by_site(signed, seen), seen.publisher))
    };
    let best = seen.item.authors.iter().filter_map(|author| Some((read(author)?, author))).min_by_key(|(signed, _)| signed.kind);
    let Some((signed, author)) = best else { return unsigned(notes, seen) };
    let excerpt = format!("{} ({})", signed.name, author.place);
    match signed.kind {
        Signature::Person => notes.add(Signal::AuthorPerson, excerpt),
        Signature::Institution => notes.add(Signal::AuthorInstitution, excerpt),
        Signature::Generic if is_institution(seen) => return unsigned(notes, seen),
        Signature::Organisation => notes.add(Signal::AuthorOrganisation, excerpt),
        Signature::Pseudonym => notes.add(Signal::AuthorPseudonym, excerpt),
        Signature::Generic => notes.add(Signal::AuthorGeneric, excerpt),
    }
    profile(notes, &signed, author);
}

/// The official site of an authority or a standards body signs for it; elsewhere nobody does.
fn unsigned(notes: &mut Notes<'_>, seen: &Seen<'_>) {
    match seen.publisher {
        Some(publisher) if is_institution(seen) => notes.add(Signal::AuthorInstitution, publisher.name.clone()),
        _ => notes.add(Signal::AuthorNone, None),
    }
}

fn is_institution(seen: &Seen<'_>) -> bool {
    let class = seen.publisher.map(|publisher| publisher.class);
    matches!(class, Some(PublisherClass::Authority | PublisherClass::StandardsBody)) && seen.at_home()
}

/// The name of the site itself, as its domain has it, is no person's.
fn by_site(signed: Signed, seen: &Seen<'_>) -> Signed {
    let name = folded(&signed.name).replace(' ', "");
    match signed.kind {
        Signature::Person | Signature::Pseudonym if seen.site_name().is_some_and(|site| site == name) => {
            Signed { kind: Signature::Organisation, ..signed }
        }
        _ => signed,
    }
}

/// A publisher's own name is no person's, whatever it looks like; a public body's or a scholarly one's is an institution's.
fn by_publisher(signed: Signed, publisher: Option<&Publisher>) -> Signed {
    use PublisherClass::{Authority, Journal, Ngo, Repository, Research, StandardsBody};
    let Some(publisher) = publisher else { return signed };
    let name = folded(&signed.name);
    let own = name == folded(&publisher.name) || name == folded(publisher.slug.as_str());
    match publisher.class {
        _ if !own => signed,
        Authority | StandardsBody | Journal | Repository | Research | Ngo => Signed { kind: Signature::Institution, ..signed },
        _ => Signed { kind: Signature::Organisation, ..signed },
    }
}

/// An ORCID or a job beside the name tells the competence; an address only that there is more to read.
fn profile(notes: &mut Notes<'_>, signed: &Signed, author: &Author) {
    let orcid = author.url.as_deref().and_then(orcid);
    match &author.url {
        _ if signed.kind != Signature::Person => {}
        _ if orcid.is_some() => notes.add(Signal::ProfileCompetence, orcid.map(|id| format!("ORCID {id}"))),
        _ if signed.with_job => notes.add(Signal::ProfileCompetence, author.name.clone()),
        Some(url) => notes.add(Signal::ProfileLink, url.clone()),
        None => {}
    }
}
