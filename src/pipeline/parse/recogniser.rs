//! Tells whether an entry came before as it comes now.

use crate::{
    domain::{
        entry::{Author, Entry, ParsedFeed},
        recognition::{Completeness, EntryHash, EntryMark, Recognition},
    },
    pipeline::{familiar::Familiar, parse::context::Context, references::Definitions},
};
use ring::digest::{Context as Digest, SHA256};

/// See the module. Hashes nothing where nobody will want to recognise anything.
pub(super) struct Recogniser<'f> {
    familiar: Option<&'f Familiar>,
    /// Over everything that the entries of the document have in common.
    common: Digest,
    bytes: Vec<u8>,
}

/// What stands around the entries of a document and has a part in their reading.
pub(super) struct Around<'a> {
    pub(super) context: &'a Context,
    pub(super) feed: &'a ParsedFeed,
    pub(super) authors: &'a [Author],
    pub(super) definitions: &'a Definitions<'a>,
}

impl<'f> Recogniser<'f> {
    pub(super) fn new(familiar: Option<&'f Familiar>, around: &Around<'_>) -> Self {
        let mut recogniser = Self { familiar, common: Digest::new(&SHA256), bytes: Vec::new() };
        if let Some(familiar) = familiar {
            write(&mut recogniser.bytes, familiar.surroundings().as_bytes());
            around.write(&mut recogniser.bytes);
            recogniser.common.update(&recogniser.bytes);
        }
        recogniser
    }

    /// The hash of what `write` writes of an entry.
    pub(super) fn hash(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Option<EntryHash> {
        self.familiar?;
        self.bytes.clear();
        write(&mut self.bytes);
        let mut digest = self.common.clone();
        digest.update(&self.bytes);
        let hash = digest.finish();
        Some(EntryHash(std::array::from_fn(|at| hash.as_ref()[at])))
    }

    /// An entry that need not be read, if there is one under that hash: empty but for that.
    pub(super) fn known(&self, hash: Option<EntryHash>) -> Option<Entry> {
        let mark = self.familiar?.mark(hash?)?;
        Some(Entry { recognition: Recognition::Known(mark), ..Entry::default() })
    }
}

/// An entry just read, with what it will be recognised by. One with a date that is too early to believe is read anew each time.
pub(super) fn recognisable(entry: Entry, hash: Option<EntryHash>) -> Entry {
    let recognition = match hash {
        Some(hash) if !entry.early => Recognition::Read(EntryMark { hash, completeness: completeness(&entry) }),
        _ => Recognition::Never,
    };
    Entry { recognition, ..entry }
}

/// What our own reading found of an entry.
pub(super) fn completeness(entry: &Entry) -> Completeness {
    if let Recognition::Known(mark) = entry.recognition {
        return mark.completeness;
    }
    let has_text = entry.summary.is_some() || entry.content_text.is_some();
    if entry.title.is_empty() || entry.link.is_none() || !has_text {
        Completeness::Lacking
    } else if entry.authors.is_empty() || entry.categories.is_empty() {
        Completeness::Essential
    } else {
        Completeness::Full
    }
}

impl Around<'_> {
    fn write(&self, bytes: &mut Vec<u8>) {
        let Context { dialect, base, day_order, now: _ } = self.context;
        write(bytes, format!("{dialect:?} {day_order:?}").as_bytes());
        let optional = |text: Option<&str>| text.map(str::to_owned).unwrap_or_else(|| "\0".to_owned());
        write(bytes, optional(base.as_ref().map(url::Url::as_str)).as_bytes());
        write(bytes, optional(self.feed.language.as_deref()).as_bytes());
        self.feed.authors.iter().for_each(|name| write(bytes, name.as_bytes()));
        write(bytes, b"\0authors");
        for author in self.authors {
            write(bytes, author.name.as_bytes());
            write(bytes, author.place.as_bytes());
            write(bytes, optional(author.url.as_deref()).as_bytes());
        }
        write(bytes, b"\0definitions");
        let mut definitions: Vec<_> = self.definitions.iter().collect();
        definitions.sort_unstable();
        for (name, value) in definitions {
            write(bytes, name.as_bytes());
            write(bytes, value.as_bytes());
        }
    }
}

/// A piece after its length, so that no two can run together.
pub(super) fn write(bytes: &mut Vec<u8>, piece: &[u8]) {
    bytes.extend(piece.len().to_le_bytes());
    bytes.extend(piece);
}
