//! The traces of the entries that each source's last document held: one row a source, bounded by what one document may hold.
//!
//! ```text
//! version │ for each: hash 16, seal 8, row id 8, flags 1 (completeness, exact key, fractions), fractions 8 if flagged
//! ```

use crate::{
    domain::recognition::{Became, Completeness, EntryHash, EntryMark, Trace, TracedItem},
    store::{Result, Store, rows},
};
use rusqlite::{OptionalExtension, Transaction, params};

/// Changes with the meaning of the bytes.
const VERSION: u8 = 1;
const COMPLETENESS: u8 = 3;
const EXACT: u8 = 4;
const FRACTIONS: u8 = 8;

impl Store {
    /// The traces of a source's last document, each with what the row of its item says. One whose item is gone is left out.
    pub async fn traced_items(&self, source_id: i64) -> Result<Vec<TracedItem>> {
        self.read(move |transaction| {
            let mut kept = transaction.prepare_cached("select traces from source_familiar where source_id = ?1")?;
            let kept: Option<Vec<u8>> = kept.query_row([source_id], |row| row.get(0)).optional()?;
            let mut item = transaction.prepare_cached(
                "select key, url, title, summary, published_at, updated_at, content_hash from item where id = ?1 and source_id = ?2",
            )?;
            let mut found = Vec::new();
            for (trace, id) in decode(&kept.unwrap_or_default()) {
                let Some(row) = item.query([id, source_id])?.next()?.map(|row| traced(trace, row)).transpose()? else { continue };
                found.push(row);
            }
            Ok(found)
        })
        .await
    }
}

fn traced(trace: Trace, row: &rusqlite::Row<'_>) -> Result<TracedItem> {
    Ok(TracedItem {
        trace,
        key: row.get(0)?,
        url: row.get(1)?,
        title: row.get(2)?,
        summary: row.get(3)?,
        published: rows::optional_instant(row.get(4)?)?,
        updated: rows::optional_instant(row.get(5)?)?,
        content_hash: row.get(6)?,
    })
}

/// Keeps the traces of the document just taken in, instead of those before. `ids` are the rows of the plan's new items, `None` for
/// one that was not stored.
pub(super) fn write(transaction: &Transaction<'_>, source: i64, traces: &[(Trace, Became)], ids: &[Option<i64>]) -> Result<()> {
    let row = |became: Became| match became {
        Became::New(place) => ids.get(place).copied().flatten(),
        Became::Known(id) => Some(id),
    };
    let kept = encode(traces.iter().filter_map(|(trace, became)| Some((*trace, row(*became)?))));
    transaction
        .prepare_cached(
            "insert into source_familiar (source_id, traces) values (?1, ?2)
             on conflict (source_id) do update set traces = excluded.traces where traces <> excluded.traces",
        )?
        .execute(params![source, kept])?;
    Ok(())
}

fn encode(traces: impl Iterator<Item = (Trace, i64)>) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    for (trace, id) in traces {
        bytes.extend(trace.mark.hash.0);
        bytes.extend(trace.seal);
        bytes.extend(id.to_le_bytes());
        let completeness = match trace.mark.completeness {
            Completeness::Lacking => 0,
            Completeness::Essential => 1,
            Completeness::Full => 2,
        };
        let has_fractions = trace.fractions != [0, 0];
        bytes.push(completeness | if trace.exact { EXACT } else { 0 } | if has_fractions { FRACTIONS } else { 0 });
        if has_fractions {
            trace.fractions.iter().for_each(|nanoseconds| bytes.extend(nanoseconds.to_le_bytes()));
        }
    }
    bytes
}

/// What is damaged, or of another version, is as if it had not been kept.
fn decode(bytes: &[u8]) -> Vec<(Trace, i64)> {
    let mut found = Vec::new();
    let Some((&VERSION, mut rest)) = bytes.split_first() else { return found };
    while let Some((one, after)) = decode_one(rest) {
        found.push(one);
        rest = after;
    }
    found
}

fn decode_one(bytes: &[u8]) -> Option<((Trace, i64), &[u8])> {
    let (hash, bytes) = bytes.split_first_chunk::<16>()?;
    let (seal, bytes) = bytes.split_first_chunk::<8>()?;
    let (id, bytes) = bytes.split_first_chunk::<8>()?;
    let (&flags, mut bytes) = bytes.split_first()?;
    let completeness = match flags & COMPLETENESS {
        0 => Completeness::Lacking,
        1 => Completeness::Essential,
        _ => Completeness::Full,
    };
    let mut fractions = [0; 2];
    if flags & FRACTIONS != 0 {
        for fraction in &mut fractions {
            let (nanoseconds, after) = bytes.split_first_chunk::<4>()?;
            *fraction = u32::from_le_bytes(*nanoseconds);
            bytes = after;
        }
    }
    let mark = EntryMark { hash: EntryHash(*hash), completeness };
    Some(((Trace { mark, exact: flags & EXACT != 0, fractions, seal: *seal }, i64::from_le_bytes(*id)), bytes))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::domain::recognition::{Completeness, EntryHash, EntryMark, Trace};
    use proptest::prelude::*;

    fn traces() -> impl Strategy<Value = Vec<(Trace, i64)>> {
        let completeness = prop::sample::select(vec![Completeness::Lacking, Completeness::Essential, Completeness::Full]);
        let trace = (any::<[u8; 16]>(), completeness, any::<bool>(), any::<[u32; 2]>(), any::<[u8; 8]>(), any::<bool>());
        let trace = trace.prop_map(|(hash, completeness, exact, fractions, seal, whole)| Trace {
            mark: EntryMark { hash: EntryHash(hash), completeness },
            exact,
            fractions: if whole { [0, 0] } else { fractions },
            seal,
        });
        prop::collection::vec((trace, any::<i64>()), 0..20)
    }

    proptest! {
        #[test]
        fn traces_are_read_back(traces in traces()) {
            prop_assert_eq!(decode(&encode(traces.iter().copied())), traces);
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
