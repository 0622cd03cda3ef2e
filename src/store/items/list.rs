//! Which items a list shows. Each filter has an index in the order of arrival, or a table that people fill; the most telling one of
//! those that are set leads, and the others are asked of each item that it gives: a list of fifty reads no million.

use crate::{
    domain::{
        listing::{ItemFilter, ItemState},
        slug::Slug,
    },
    store::{Result, rows},
};
use rusqlite::{ToSql, Transaction};

/// So few arrivals are looked at one by one; after an instant that has more of them, the last to come in are among them.
const FEW_ARRIVALS: u32 = 5_000;

const LAST_VERDICT: &str = "(select verdict from decision where decision.item_id = item.id order by decision.id desc limit 1)";
const DECIDED: &str =
    "(select distinct item_id as id from decision where verdict = :verdict) led cross join item on item.id = led.id";
const PUBLISHED: &str =
    "(select distinct item_id as id from edition_item join edition on number = edition where state <> 'cancelled') led
       cross join item on item.id = led.id";
const OF_THEME: &str = "item_theme led cross join item on item.id = led.item_id";
const OF_SOURCE: &str = "item indexed by sqlite_autoindex_item_1";
const ARRIVED: &str = "item indexed by item_by_arrival";
const BY_BACKLOG: &str = "item indexed by item_by_backlog";

/// Ids of the items, the last to come in first.
pub(super) fn newest(tx: &Transaction<'_>, filter: &ItemFilter) -> Result<Vec<i64>> {
    let few_arrivals = filter.since.map(|since| few_since(tx, since.timestamp())).transpose()?.unwrap_or_default();
    let sql = sql(filter, few_arrivals);
    let (theme, source) = (filter.theme.as_ref().map(Slug::as_str), filter.source.as_ref().map(Slug::as_str));
    let (since, verdict) = (rows::seconds(filter.since), verdict(filter)?);
    let values: [(&str, &dyn ToSql); 5] =
        [(":theme", &theme), (":source", &source), (":since", &since), (":verdict", &verdict), (":limit", &filter.limit)];
    let values: Vec<(&str, &dyn ToSql)> = values.into_iter().filter(|(name, _)| sql.contains(name)).collect();
    rows::collect(tx.prepare_cached(&sql)?.query(values.as_slice())?, |row| Ok(row.get(0)?))
}

fn few_since(tx: &Transaction<'_>, since: i64) -> Result<bool> {
    let sql = "select count(*) from (select 1 from item where first_seen_at >= ?1 limit ?2)";
    let count: u32 = tx.prepare_cached(sql)?.query_row((since, FEW_ARRIVALS), |row| row.get(0))?;
    Ok(count < FEW_ARRIVALS)
}

fn verdict(filter: &ItemFilter) -> Result<Option<String>> {
    match filter.state {
        Some(ItemState::Decided(verdict)) => Ok(Some(rows::word(verdict)?)),
        _ => Ok(None),
    }
}

fn sql(filter: &ItemFilter, few_arrivals: bool) -> String {
    let leader = leader(filter, few_arrivals);
    let (mut conditions, mut order) = (vec!["1"], "item.id");
    if filter.theme.is_some() {
        conditions.push(match leader {
            OF_THEME => "led.theme = :theme and led.excluded_by is null",
            _ => "exists (select 1 from item_theme where item_id = item.id and theme = :theme and excluded_by is null)",
        });
    }
    if leader == OF_THEME {
        order = "led.item_id";
    }
    // With a plus before it, a column leads no search.
    if filter.source.is_some() {
        conditions.push(match leader {
            OF_SOURCE => "item.source_id = (select id from source where slug = :source)",
            _ => "+item.source_id = (select id from source where slug = :source)",
        });
    }
    if filter.since.is_some() {
        conditions.push(if leader == ARRIVED { "item.first_seen_at >= :since" } else { "+item.first_seen_at >= :since" });
    }
    let undecided = format!("{LAST_VERDICT} is null");
    let decided = format!("{LAST_VERDICT} = :verdict");
    match filter.state {
        Some(ItemState::New) => {
            conditions.extend([if leader == BY_BACKLOG { "backlog = 0" } else { "+backlog = 0" }, &undecided])
        }
        Some(ItemState::Backlog) => {
            conditions.extend([if leader == BY_BACKLOG { "backlog = 1" } else { "+backlog = 1" }, &undecided]);
        }
        Some(ItemState::Decided(_)) => conditions.push(&decided),
        Some(ItemState::Published) | None => {}
    }
    format!("select item.id from {leader} where {} order by {order} desc limit :limit", conditions.join(" and "))
}

/// Where the items come from: the narrowest first.
fn leader(filter: &ItemFilter, few_arrivals: bool) -> &'static str {
    match (filter.state, &filter.source, &filter.theme) {
        (Some(ItemState::Decided(_)), _, _) => DECIDED,
        (Some(ItemState::Published), _, _) => PUBLISHED,
        _ if few_arrivals => ARRIVED,
        (_, Some(_), _) => OF_SOURCE,
        (_, _, Some(_)) => OF_THEME,
        (Some(ItemState::New | ItemState::Backlog), _, _) => BY_BACKLOG,
        (None, _, _) => "item",
    }
}

#[cfg(test)]
mod tests {
    use super::{ItemFilter, ItemState, Slug, newest, sql};
    use crate::{domain::decision::Verdict, store::migrate};
    use chrono::DateTime;
    use rusqlite::Connection;
    use std::path::Path;

    /// Every combination of filters.
    fn filters() -> Vec<ItemFilter> {
        let states = [
            None,
            Some(ItemState::New),
            Some(ItemState::Backlog),
            Some(ItemState::Decided(Verdict::Keep)),
            Some(ItemState::Published),
        ];
        let mut all = Vec::new();
        for state in states {
            for number in 0..8 {
                all.push(ItemFilter {
                    theme: (number & 1 > 0).then(|| Slug::propose("ai")),
                    source: (number & 2 > 0).then(|| Slug::propose("cnil")),
                    since: (number & 4 > 0).then_some(DateTime::UNIX_EPOCH),
                    state,
                    limit: 50,
                });
            }
        }
        all
    }

    fn database() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate::run(&mut connection, Path::new("memory")).unwrap();
        connection
    }

    #[test]
    fn no_filter_reads_every_item() {
        let connection = database();
        for (filter, few) in filters().iter().flat_map(|filter| [(filter, false), (filter, filter.since.is_some())]) {
            let sql = sql(filter, few);
            let mut explained = connection.prepare(&format!("explain query plan {sql}")).unwrap();
            let plan: Vec<String> = explained.raw_query().mapped(|row| row.get(3)).collect::<rusqlite::Result<_>>().unwrap();
            let unasked = filter.theme.is_none() && filter.source.is_none() && filter.state.is_none() && !few;
            let whole = plan.iter().any(|step| step == "SCAN item");
            assert_eq!(whole, unasked, "{filter:?}\n{sql}\n{}", plan.join("\n"));
            // What is sorted is what people filled in, the items of one source, or few arrivals.
            let sorted = plan.iter().any(|step| step.contains("ORDER BY"));
            let small =
                few || filter.source.is_some() || matches!(filter.state, Some(ItemState::Decided(_) | ItemState::Published));
            assert!(small || !sorted, "{filter:?}\n{sql}\n{}", plan.join("\n"));
        }
    }

    /// Against a list that is made item by item, whatever leads.
    #[test]
    fn every_combination_of_filters_gives_what_each_asks_for() {
        let mut connection = database();
        connection.execute_batch(SAMPLE).unwrap();
        let tx = connection.transaction().unwrap();
        for filter in filters() {
            let expected: Vec<i64> = (1..=24).rev().filter(|id| holds(&filter, *id)).collect();
            for since in [filter.since, filter.since.map(|_| DateTime::from_timestamp(13, 0).unwrap())] {
                let filter = ItemFilter { since, ..filter.clone() };
                let after = since.map_or(0, |since| since.timestamp());
                let expected: Vec<i64> = expected.iter().copied().filter(|id| *id >= after).collect();
                assert_eq!(newest(&tx, &filter).unwrap(), expected, "{filter:?}");
            }
        }
    }

    /// Item n came in at second n, from the second source if even, as backlog if divisible by three; it answers the theme if divisible
    /// by four, unless excluded (12); 6, 12 and 18 were kept, 18 then dropped; 5, 8, 9 and 12 were published, 9 in a cancelled edition.
    const SAMPLE: &str = "
        insert into source (id, slug, name, url, effective_url) values (1, 'other', '', '', ''), (2, 'cnil', '', '', '');
        with recursive n (id) as (values (1) union all select id + 1 from n where id < 24)
          insert into item (id, source_id, key, title, content_hash, first_seen_at, last_listed_at, backlog)
          select id, 2 - id % 2, 'k' || id, '', x'', id, id, id % 3 = 0 from n;
        insert into item_theme (item_id, theme, score, matches, excluded_by)
          select id, 'ai', 1, '[]', iif(id = 12, '{}', null) from item where id % 4 = 0;
        insert into decision (item_id, verdict, actor, decided_at)
          values (6, 'keep', 'a', 1), (12, 'keep', 'a', 1), (18, 'keep', 'a', 1), (18, 'drop', 'a', 2);
        insert into edition (number, digest, period, state, content, after_item, up_to_item, composed_at)
          values (1, 'd', '1', 'sent', '', 0, 0, 0), (2, 'd', '2', 'cancelled', '', 0, 0, 0);
        insert into edition_item (edition, digest, item_id, story_id, position)
          values (1, 'd', 5, 5, 1), (1, 'd', 8, 8, 2), (1, 'd', 12, 12, 3), (2, 'd', 9, 9, 1);";

    fn holds(filter: &ItemFilter, id: i64) -> bool {
        let decided = [6, 12, 18].contains(&id);
        (filter.theme.is_none() || (id % 4 == 0 && id != 12))
            && (filter.source.is_none() || id % 2 == 0)
            && match filter.state {
                None => true,
                Some(ItemState::New) => id % 3 != 0 && !decided,
                Some(ItemState::Backlog) => id % 3 == 0 && !decided,
                Some(ItemState::Decided(_)) => [6, 12].contains(&id),
                Some(ItemState::Published) => [5, 8, 12].contains(&id),
            }
    }
}
