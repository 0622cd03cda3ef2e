//! `veille db`.

use crate::{
    app::{Result, database},
    cli::{Context, Exit, output},
    config,
};
use serde_json::json;
use std::path::PathBuf;

/// Back up, restore, check and export the database.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// One JSON document.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Copy the database to a file, whoever writes meanwhile, and check the copy.
    Backup {
        /// Where to; an earlier backup there is replaced once the new one is checked.
        file: PathBuf,
    },
    /// Put a backup in the place of the database; the old one is kept beside it.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Check the backup and say what it would bring; change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Check the file, the references and our own promises. Exit 4 when something is wrong.
    Check,
    /// Write sources, items, decisions, overrides and sheets, editions and subscribers as JSON lines and CSV.
    Export {
        /// The folder.
        folder: PathBuf,
    },
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let settings = config::load_settings(&context.home)?;
    let path = context.home.join(&settings.storage.path);
    match args.verb {
        Verb::Backup { file } => {
            let copied = database::back_up(path, file.clone()).await?;
            let text = context.locale.pick(
                format!(
                    "{} : {} lignes de {} tables, vérifiées ({} octets)",
                    file.display(),
                    copied.rows,
                    copied.tables,
                    copied.bytes
                ),
                format!("{}: {} rows of {} tables, checked ({} bytes)", file.display(), copied.rows, copied.tables, copied.bytes),
            );
            say(args.json, &json!({"file": file, "rows": copied.rows, "tables": copied.tables, "bytes": copied.bytes}), &text)
        }
        Verb::Restore { file, dry_run: true } => {
            let copied = database::try_restore(file.clone(), path).await?;
            let text = context.locale.pick(
                format!("{} est saine : {} lignes seraient rétablies ; rien n'est changé", file.display(), copied.rows),
                format!("{} is sound: {} rows would be restored; nothing is changed", file.display(), copied.rows),
            );
            say(args.json, &json!({"rows": copied.rows, "dry_run": true}), &text)
        }
        Verb::Restore { file, dry_run: false } => restore(file, path, args.json, context).await,
        Verb::Check => report(&database::check(path).await?, args.json, context),
        Verb::Export { folder } => {
            let counts = database::export(path, folder).await?;
            let object: serde_json::Map<_, _> = counts.iter().map(|(name, rows)| ((*name).to_owned(), (*rows).into())).collect();
            let text: Vec<_> = counts.iter().map(|(name, rows)| format!("{name}: {rows}")).collect();
            say(args.json, &object.into(), &text.join("\n"))
        }
    }
}

async fn restore(file: PathBuf, path: PathBuf, json: bool, context: &Context) -> Result<Exit> {
    let (copied, kept) = database::restore(file, path, context.clock.now()).await?;
    let rows = copied.rows;
    let text = match kept.as_ref().map(|kept| kept.display()) {
        Some(old) => context.locale.pick(
            format!("{rows} lignes rétablies ; l'ancienne base est gardée : {old}"),
            format!("{rows} rows restored; the old database is kept: {old}"),
        ),
        None => context.locale.pick(format!("{rows} lignes rétablies"), format!("{rows} rows restored")),
    };
    say(json, &json!({"rows": rows, "kept": kept}), &text)
}

fn report(problems: &[String], json: bool, context: &Context) -> Result<Exit> {
    let text = match problems {
        [] => context.locale.pick("La base est saine.", "The database is sound.").to_owned(),
        problems => {
            let (french, english) = (
                "Restaurez une sauvegarde avec `veille db restore FICHIER` ; gardez ces fichiers pour comprendre.",
                "Restore a backup with `veille db restore FILE`; keep these files to find out why.",
            );
            format!("{}\n{}", problems.join("\n"), context.locale.pick(french, english))
        }
    };
    say(json, &json!({"ok": problems.is_empty(), "problems": problems}), &text)?;
    Ok(if problems.is_empty() { Exit::Done } else { Exit::Refused })
}

fn say(json: bool, value: &serde_json::Value, text: &str) -> Result<Exit> {
    if json {
        output::json(value)?;
    } else {
        output::lines(text);
    }
    Ok(Exit::Done)
}
