//! Thousands of schedules that are due at the same instant.

use crate::{
    home::{Home, LOOPBACK},
    serving::{Serving, free_port},
};
use rusqlite::Connection;
use std::fmt::{Display, Formatter, Write};

/// When they are due: eight o'clock in Paris, on two days.
const DUE: [&str; 2] = ["2026-11-23T07:00:00Z", "2026-11-24T07:00:00Z"];

/// How late the editions were composed.
#[derive(Debug, Default)]
pub struct Punctual {
    pub digests: usize,
    /// Whole seconds after the instant, sorted, for each of the days.
    lags: Vec<Vec<i64>>,
    pub faults: Vec<String>,
}

impl Display for Punctual {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} digests due at once, from the start of the server: ", self.digests)?;
        for (day, lags) in self.lags.iter().enumerate() {
            let at =
                |percent: usize| lags.get((lags.len() * percent / 100).min(lags.len().saturating_sub(1))).copied().unwrap_or(-1);
            write!(f, "day {}: p50 {} s, p99 {} s, last {} s; ", day + 1, at(50), at(99), at(100))?;
        }
        write!(f, "{} faults", self.faults.len())?;
        self.faults.iter().take(5).try_for_each(|fault| write!(f, "\n    {fault}"))
    }
}

/// Starts the server at the instant at which so many daily digests are due, and again a day later.
#[must_use]
pub fn many_due(digests: usize) -> Punctual {
    let mut sources = String::from("[[theme]]\nslug = \"all\"\nany = [\"law\"]\n");
    for number in 0..digests {
        let _infallible =
            write!(sources, "[[digest]]\nslug = \"d{number}\"\nschedule = \"0 8 * * *\"\ntime_zone = \"Europe/Paris\"\n");
    }
    let home = Home::with(sources, format!("{LOOPBACK}[web]\nlisten = \"127.0.0.1:{}\"\n", free_port()));
    let mut punctual = Punctual { digests, ..Punctual::default() };
    for (day, due) in DUE.iter().enumerate() {
        let mut serving = Serving::start(&home, due);
        if let Err(fault) = serving.until_idle(due) {
            punctual.faults.push(fault);
        }
        punctual.faults.extend(serving.stop().err());
        let lags = lags(&home, due);
        if lags.len() != digests {
            punctual.faults.push(format!("day {}: {} editions", day + 1, lags.len()));
        }
        punctual.lags.push(lags);
    }
    let sql = Connection::open(home.path().join("db/veille.sqlite3")).unwrap();
    let all =
        sql.query_row("select count(*), count(distinct digest || period) from edition", [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (editions, periods): (u32, u32) = all.unwrap();
    if editions as usize != digests * DUE.len() || editions != periods {
        punctual.faults.push(format!("{editions} editions of {periods} periods"));
    }
    punctual
}

/// Of the editions that were composed on that day.
fn lags(home: &Home, due: &str) -> Vec<i64> {
    let sql = Connection::open(home.path().join("db/veille.sqlite3")).unwrap();
    let mut select =
        sql.prepare("select composed_at - unixepoch(?1) as lag from edition where lag between 0 and 3600 order by lag").unwrap();
    select.query_map([due], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
