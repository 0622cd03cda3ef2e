//! `veille check`.

use crate::{
    app::{
        Result,
        check::{check_file, rules},
    },
    cli::{Context, Exit, input, output},
    domain::localised::Locale,
};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Arguments of `veille check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit status: 0 when every file passes, 4 when a rule is broken or a file is missing.\n\nA clean result is no proof of accessibility: see docs/ACCESSIBILITY.md for what only a browser or a person can tell."
)]
pub struct Args {
    /// .html or .eml files; an .eml is checked whole: headers, text part, HTML part.
    #[arg(value_name = "FILE", required_unless_present = "list_rules")]
    files: Vec<PathBuf>,
    /// Print all rules with their sources, and check nothing.
    #[arg(long, conflicts_with = "files")]
    list_rules: bool,
    /// One JSON array: the violations with their file, or the rules.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    if args.list_rules {
        list(&args, context.locale)?;
        return Ok(Exit::Done);
    }
    let mut broken = 0;
    let mut all = Vec::new();
    for file in &args.files {
        let bytes = input::document(file)?;
        let name = file.display().to_string();
        for violation in check_file(&name, &bytes, context.locale) {
            broken += 1;
            if args.json {
                all.push(with_file(&name, &violation)?);
            } else {
                let (rule, element) = (violation.rule, &violation.element);
                output::line(format!(
                    "{name}: {rule}: {element}: {}; {} [{}]",
                    violation.problem, violation.remedy, violation.source
                ));
            }
        }
    }
    if args.json {
        output::json(&all)?;
    } else if broken == 0 {
        output::line(passed(args.files.len(), context.locale));
    }
    Ok(if broken == 0 { Exit::Done } else { Exit::Refused })
}

fn list(args: &Args, locale: Locale) -> Result<()> {
    let rules = rules(locale);
    if args.json {
        return output::json(&rules);
    }
    for rule in rules {
        output::line(format!("{}: {}; {} ({}) [{}]", rule.rule, rule.says, rule.remedy, rule.applies_to, rule.source));
    }
    Ok(())
}

fn with_file(name: &str, violation: &impl serde::Serialize) -> Result<Value> {
    let mut row = Map::new();
    row.insert("file".to_owned(), json!(name));
    if let Value::Object(fields) = serde_json::to_value(violation).map_err(anyhow::Error::from)? {
        row.extend(fields);
    }
    Ok(Value::Object(row))
}

fn passed(files: usize, locale: Locale) -> String {
    match (files, locale) {
        (1, Locale::Fr) => "aucune règle mécanique n'est enfreinte".to_owned(),
        (1, Locale::En) => "no mechanical rule is broken".to_owned(),
        (files, Locale::Fr) => format!("{files} fichiers : aucune règle mécanique n'est enfreinte"),
        (files, Locale::En) => format!("{files} files: no mechanical rule is broken"),
    }
}
