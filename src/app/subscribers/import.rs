//! A list of addresses from a spreadsheet. Bad lines are told by number and kept out; nobody who left comes back.

use crate::{
    app::{App, Error, Result, subscribers::Run},
    domain::{email_address::EmailAddress, slug::Slug, subscriber::Standing, suppression::Suppression},
    store::subscribers::NewSubscription,
};
use serde::Serialize;
use std::collections::HashSet;

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportReport {
    /// Newly subscribed.
    pub added: usize,
    /// Subscribed already, or twice in the file.
    pub already: usize,
    /// People who left or must not be written to; they stay out.
    pub kept_out: Vec<KeptOut>,
    /// Lines that cannot be used.
    pub refused: Vec<Line>,
}

/// Somebody who does not come back by an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptOut {
    /// In the file, from 1.
    pub line: u64,
    /// Who.
    pub email: String,
    /// "unsubscribed" or "suppressed".
    pub because: Standing,
    /// Why it is suppressed, if it is.
    pub suppressed: Option<Suppression>,
}

/// A line that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// In the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

struct Row {
    line: u64,
    email: EmailAddress,
    digest: Slug,
}

impl App {
    /// Reads lines of `email` or `email,digest` (or with semicolons), with or without a heading, and subscribes the people who are
    /// not known. `digest`: for the lines that name none; not needed where there is only one. `source`: the file's name, kept
    /// as the proof of where consent came from.
    ///
    /// Errors: a line names no digest and none is given; the database fails. Bad lines are no error.
    pub async fn import_subscribers(&self, bytes: &[u8], digest: Option<&str>, source: &str, run: Run) -> Result<ImportReport> {
        let default = match digest {
            Some(text) => Some(self.digest_named(Some(text))?),
            None => self.digest_named(None).ok(),
        };
        let mut report = ImportReport::default();
        let rows = self.read_rows(bytes, default.as_ref(), &mut report)?;
        let pairs = rows.iter().map(|row| (row.email.clone(), row.digest.clone())).collect();
        let standings = match run {
            Run::Rehearsal => self.store.standings(pairs).await?,
            Run::Real => {
                let consent = format!("import of {source}");
                let new = |(email, digest)| NewSubscription { email, digest, consent: consent.clone() };
                self.store.subscribe(pairs.into_iter().map(new).collect(), self.clock.now()).await?
            }
        };
        let mut kept_out = Vec::new();
        for (row, standing) in rows.into_iter().zip(standings) {
            match standing {
                Standing::Unknown | Standing::Pending => report.added += 1,
                Standing::Confirmed => report.already += 1,
                Standing::Unsubscribed | Standing::Suppressed => kept_out.push((row, standing)),
            }
        }
        let emails = kept_out.iter().map(|(row, _)| row.email.clone()).collect();
        let why = self.store.suppressions(emails).await?;
        report.kept_out = kept_out
            .into_iter()
            .zip(why)
            .map(|((row, because), suppressed)| KeptOut { line: row.line, email: row.email.to_string(), because, suppressed })
            .collect();
        Ok(report)
    }

    fn read_rows(&self, bytes: &[u8], default: Option<&Slug>, report: &mut ImportReport) -> Result<Vec<Row>> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(bytes))
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let (mut rows, mut seen, mut columns, mut lines) = (Vec::new(), HashSet::new(), None, Lines::of(bytes));
        for (index, record) in reader.byte_records().enumerate() {
            let record = record.map_err(|error| Error::Invalid(format!("this is no CSV file: {error}")))?;
            let line = lines.number(record.position().map_or(0, csv::Position::byte));
            let fields: Vec<String> = record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
            if index == 0 && !fields.iter().any(|field| field.contains('@')) {
                columns = Some(heading(&fields)?);
                continue;
            }
            if fields.iter().all(String::is_empty) {
                continue;
            }
            let (email_at, digest_at) = columns.unwrap_or((0, Some(1)));
            let digest = digest_at.and_then(|at| fields.get(at)).map(String::as_str).filter(|text| !text.is_empty());
            match self.read_row(fields.get(email_at).map_or("", String::as_str), digest, default) {
                Ok((email, digest)) if !seen.insert((email.as_str().to_ascii_lowercase(), digest.clone())) => report.already += 1,
                Ok((email, digest)) => rows.push(Row { line, email, digest }),
                Err(reason) => report.refused.push(Line { line, reason }),
            }
        }
        Ok(rows)
    }

    fn read_row(
        &self,
        email: &str,
        digest: Option<&str>,
        default: Option<&Slug>,
    ) -> std::result::Result<(EmailAddress, Slug), String> {
        let email = bare(email).parse::<EmailAddress>().map_err(|error| error.to_string())?;
        let digest = match digest {
            Some(text) => self.digest_named(Some(text)).map_err(|error| error.to_string())?,
            None => default
                .cloned()
                .ok_or_else(|| format!("names no digest; add a column or use --digest: {}", self.digest_names()))?,
        };
        Ok((email, digest))
    }
}

/// The address in `"Name" <address>`, as address books write it, or behind the apostrophe by which an export tells a table that it is no
/// formula. One pair of brackets, at the end; anything else stays as it is, to be refused.
fn bare(text: &str) -> &str {
    let text = text.strip_prefix('\'').filter(|rest| rest.starts_with(['+', '-', '=', '@'])).unwrap_or(text);
    match text.trim().strip_suffix('>').and_then(|head| head.split_once('<')) {
        Some((name, address)) if !name.contains(['@', '>', '\r', '\n']) && !address.contains(['<', '>']) => address,
        _ => text,
    }
}

/// The numbers of the lines that records begin on, asked in ascending order. csv's own count stops at empty lines.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    number: u64,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, counted: 0, number: 1 }
    }

    fn number(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.bytes.len());
        let empty = self.bytes[offset..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.bytes[self.counted..offset + empty];
        self.number += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = offset + empty;
        self.number
    }
}

/// Spreadsheets write semicolons where the comma is the decimal sign.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
    let candidates = [b',', b';', b'\t'];
    candidates.into_iter().rev().max_by_key(|wanted| count(*wanted)).unwrap_or(b',')
}

/// The columns of the address and of the digest.
fn heading(fields: &[String]) -> Result<(usize, Option<usize>)> {
    let find = |names: &[&str]| fields.iter().position(|field| names.contains(&field.to_lowercase().as_str()));
    let email = find(&["email", "e-mail", "mail", "courriel", "adresse", "adresse e-mail", "adresse mail", "address"]);
    match email {
        Some(email) => Ok((email, find(&["digest", "lettre", "liste", "list"]))),
        None => Err(Error::Invalid("the first line has no address and no column called \"email\"".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{bare, delimiter, heading};

    #[test]
    fn an_address_book_writes_a_name_before_the_address() {
        for (text, expected) in [
            ("\"Curie, Marie\" <marie@a.fr>", "marie@a.fr"),
            ("Marie Curie <marie@a.fr>", "marie@a.fr"),
            ("<marie@a.fr>", "marie@a.fr"),
            ("marie@a.fr", "marie@a.fr"),
            ("a@b.fr <marie@a.fr>", "a@b.fr <marie@a.fr>"),
            ("<a@b.fr> <marie@a.fr>", "<a@b.fr> <marie@a.fr>"),
            ("<a@b.fr", "<a@b.fr"),
            ("a@b.fr>", "a@b.fr>"),
        ] {
            assert_eq!(bare(text), expected);
        }
    }

    #[test]
    fn spreadsheets_of_all_countries_are_read() {
        for (text, expected) in [("a@b.fr", b','), ("a@b.fr,hebdo", b','), ("email;digest\n", b';'), ("a\tb", b'\t'), ("", b',')]
        {
            assert_eq!(delimiter(text.as_bytes()), expected, "{text:?}");
        }
        let columns = |text: &str| heading(&text.split(',').map(str::to_owned).collect::<Vec<_>>()).ok();
        assert_eq!(columns("Nom,Courriel,Liste"), Some((1, Some(2))));
        assert_eq!(columns("EMAIL"), Some((0, None)));
        assert_eq!(columns("Nom,Prénom"), None);
    }
}
