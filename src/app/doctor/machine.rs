//! The machine and the database file.

use crate::{
    app::{
        App, Error,
        doctor::{Finding, Health, Words},
    },
    clock::Clock,
    domain::localised::Locale,
    store::vitals::Vitals,
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::{fs, io, path::Path};

const NOTABLE: TimeDelta = TimeDelta::minutes(2);
/// A WAL, a backup and a copy before a migration must fit.
const LOW_SPACE: u64 = 512 << 20;
/// Below, a race can damage a database in WAL mode (fixed in 3.51.3).
const SAFE_SQLITE: [u32; 3] = [3, 51, 3];

/// The system's time against that of a file just written beside the database, and against the newest instant stored.
pub(super) fn clock(app: &App, newest: Option<DateTime<Utc>>, locale: Locale) -> Finding {
    let now = app.clock.now().trunc_subsecs(0);
    let words = |fr: String, en: String, health| Words::new(fr, en).finding("clock", health, locale);
    if let Clock::Fixed(at) = app.clock {
        return words(format!("fixée à {at} par --now"), format!("fixed at {at} by --now"), Health::Skipped);
    }
    let folder = app.store.path().parent().unwrap_or(Path::new("."));
    let file_time = match written_at(folder) {
        Ok(at) => at,
        Err(error) => {
            return words(
                format!("impossible d'écrire dans {} : {error}", folder.display()),
                format!("cannot write into {}: {error}", folder.display()),
                Health::Bad,
            );
        }
    };
    if (file_time - now).abs() > NOTABLE {
        return words(
            format!("le disque écrit {file_time}, le système dit {now} : réglez l'heure (NTP)"),
            format!("the disk writes {file_time}, the system says {now}: set the time (NTP)"),
            Health::Bad,
        );
    }
    match newest.filter(|newest| *newest > now + NOTABLE) {
        Some(newest) => words(
            format!("l'horloge a reculé : la base contient {newest}, il est {now} : réglez l'heure (NTP)"),
            format!("the clock went back: the database holds {newest}, now is {now}: set the time (NTP)"),
            Health::Bad,
        ),
        None => words(format!("{now}"), format!("{now}"), Health::Good),
    }
}

fn written_at(folder: &Path) -> io::Result<DateTime<Utc>> {
    let path = folder.join(".doctor");
    fs::write(&path, b"")?;
    let modified = fs::metadata(&path)?.modified()?;
    fs::remove_file(&path)?;
    Ok(modified.into())
}

/// The version of the time zone rules that are built in.
pub(super) fn time_zones(locale: Locale) -> Finding {
    let version = chrono_tz::IANA_TZDB_VERSION;
    Words::new(format!("règles de fuseaux horaires {version}"), format!("time zone rules {version}")).finding(
        "time_zones",
        Health::Good,
        locale,
    )
}

/// Free space where the database is.
pub(super) fn disk(app: &App, locale: Locale) -> Finding {
    let folder = app.store.path().parent().unwrap_or(Path::new("."));
    let finding = |fr: String, en: String, health| Words::new(fr, en).finding("disk", health, locale);
    match rustix::fs::statvfs(folder) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let megabytes = free >> 20;
            if free < LOW_SPACE {
                let (fr, en) = (
                    format!("{megabytes} Mo libres : faites de la place avant qu'une sauvegarde échoue"),
                    format!("{megabytes} MB free: make room before a backup fails"),
                );
                return finding(fr, en, if free == 0 { Health::Bad } else { Health::Warning });
            }
            finding(format!("{megabytes} Mo libres"), format!("{megabytes} MB free"), Health::Good)
        }
        Err(error) => finding(
            format!("l'espace libre n'a pu être demandé : {error}"),
            format!("free space could not be asked for: {error}"),
            Health::Unknown,
        ),
    }
}

/// SQLite's own check of the file.
pub(super) fn database(vitals: &Vitals, locale: Locale) -> Finding {
    match vitals.damage.first() {
        None => Words::new("intègre", "sound").finding("database", Health::Good, locale),
        Some(first) => Words::new(
            format!("endommagée ({first}) : arrêtez le service et restaurez une sauvegarde (`veille db restore`)"),
            format!("damaged ({first}): stop the service and restore a backup (`veille db restore`)"),
        )
        .finding("database", Health::Bad, locale),
    }
}

/// Whether the database takes what is written: nobody holds its lock, the disk is writable.
pub(super) async fn writable(app: &App, locale: Locale) -> Finding {
    match app.store.try_to_write().await {
        Ok(()) => Words::new("accepte les écritures", "takes what is written").finding("writable", Health::Good, locale),
        Err(error) => Words::new(format!("refuse les écritures : {error}"), format!("does not take what is written: {error}"))
            .finding("writable", Health::Bad, locale),
    }
}

/// A database that could not be opened or read: why, and what to do.
pub(super) fn unusable_database(why: &Error, locale: Locale) -> Finding {
    Words::new(
        format!("inutilisable : {why} ; `veille db check` donne le détail, `veille db restore` remet une sauvegarde"),
        format!("cannot be used: {why}; `veille db check` tells more, `veille db restore` puts a backup back"),
    )
    .finding("database", Health::Bad, locale)
}

/// The library's version.
pub(super) fn sqlite(vitals: &Vitals, locale: Locale) -> Finding {
    let version = &vitals.sqlite_version;
    let numbers: Vec<u32> = version.split('.').filter_map(|number| number.parse().ok()).collect();
    if numbers.as_slice() >= SAFE_SQLITE.as_slice() {
        return Words::new(version.clone(), version.clone()).finding("sqlite", Health::Good, locale);
    }
    Words::new(
        format!("SQLite {version} peut abîmer une base en mode WAL : compilez avec 3.51.3 ou plus récent"),
        format!("SQLite {version} can damage a database in WAL mode: build with 3.51.3 or newer"),
    )
    .finding("sqlite", Health::Bad, locale)
}
