//! Backups taken while others write, restored elsewhere, and compared.

use crate::{chance::Chance, crash, farm::Farm, home::Home};
use std::{
    fmt::{Display, Formatter},
    process::Output,
    sync::atomic::{AtomicBool, Ordering},
};

const FEEDS: usize = 12;

/// What became of some backups.
#[derive(Debug, Default)]
pub struct Restored {
    pub backups: u64,
    /// Refreshes that ran meanwhile.
    pub refreshes: u64,
    pub faults: Vec<String>,
}

impl Display for Restored {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { backups, refreshes, faults } = self;
        write!(
            f,
            "{backups} backups during {refreshes} refreshes, each restored, checked and compared: {} faults",
            faults.len()
        )?;
        faults.iter().take(5).try_for_each(|fault| write!(f, "\n    {fault}"))
    }
}

/// Takes so many backups while refreshes bring changes without a pause; restores each in another home.
#[must_use]
pub fn under_load(chance: &mut Chance, count: u64) -> Restored {
    let farm = Farm::serve((0..FEEDS).map(|number| crash::feed(number, 5)));
    let home = farm.home();
    assert!(home.run(&["refresh", "--all"]).status.success());
    let (done, mut writing) = (AtomicBool::new(false), Chance::new(chance.next()));
    let mut restored = Restored::default();
    std::thread::scope(|scope| {
        let load = scope.spawn(|| write_until(&farm, &home, &done, &mut writing));
        let mut before = 0;
        for number in 0..count {
            match back_up_and_restore(&home, number) {
                Ok(items) if items >= before => before = items,
                Ok(items) => restored.faults.push(format!("backup {number} has {items} items, the one before {before}")),
                Err(fault) => restored.faults.push(format!("backup {number}: {fault}")),
            }
            restored.backups += 1;
        }
        done.store(true, Ordering::SeqCst);
        let (refreshes, failed) = load.join().unwrap();
        restored.refreshes = refreshes;
        restored.faults.extend(failed);
    });
    restored
}

/// Each feed grows by an item or more, all feeds of a refresh in step: the number of items says whether a backup cut one in two.
fn write_until(farm: &Farm, home: &Home, done: &AtomicBool, chance: &mut Chance) -> (u64, Vec<String>) {
    let (mut refreshes, mut items, mut faults) = (0, 5, Vec::new());
    while !done.load(Ordering::SeqCst) {
        items += 1 + usize::try_from(chance.below(3)).unwrap();
        (0..FEEDS).for_each(|number| farm.replace(number, crash::feed_of(number, items.saturating_sub(40)..items)));
        let output = home.run(&["refresh", "--all"]);
        if !output.status.success() {
            faults.push(format!("refresh: {}", said(&output)));
        }
        refreshes += 1;
    }
    (refreshes, faults)
}

/// Gives how many items the restored database holds.
fn back_up_and_restore(home: &Home, number: u64) -> Result<usize, String> {
    let file = home.path().join(format!("backup-{number}.sqlite3"));
    let name = file.to_str().unwrap();
    well(&home.run(&["db", "backup", name]))?;
    let elsewhere = Farm::serve([]).home();
    well(&elsewhere.run(&["db", "restore", name]))?;
    well(&elsewhere.run(&["db", "check"]))?;
    same_rows(&file, &elsewhere.path().join("db/veille.sqlite3"))?;
    std::fs::remove_file(&file).unwrap();
    // Counted in the database: a list has a limit.
    let sql = rusqlite::Connection::open(elsewhere.path().join("db/veille.sqlite3")).unwrap();
    let (items, half): (u32, u32) = sql
        .query_row(
            "select (select count(*) from item), (select count(*) from item where id not in (select item_id from assessment))",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    if half == 0 { Ok(items as usize) } else { Err(format!("{half} items are there in part")) }
}

/// Every row of every table, compared by SQLite itself.
fn same_rows(one: &std::path::Path, other: &std::path::Path) -> Result<(), String> {
    let sql = rusqlite::Connection::open(one).unwrap();
    sql.execute("attach ?1 as other", [other.to_str().unwrap()]).unwrap();
    let mut names = sql.prepare("select name from main.sqlite_schema where type = 'table' and rootpage > 0").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for name in names {
        let differ = |a: &str, b: &str| -> bool {
            let rows = format!("select count(*) from (select * from {a}.\"{name}\" except select * from {b}.\"{name}\")");
            sql.query_row(&rows, [], |row| row.get::<_, i64>(0)).unwrap() > 0
        };
        if differ("main", "other") || differ("other", "main") {
            return Err(format!("table {name} differs"));
        }
    }
    Ok(())
}

fn well(output: &Output) -> Result<(), String> {
    if output.status.success() { Ok(()) } else { Err(said(output)) }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).trim().to_owned()
}
