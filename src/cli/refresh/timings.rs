//! Where the time of a refresh went, for `--timings`.

use crate::{cli::output, domain::localised::Locale, telemetry};
use serde::Serialize;
use std::time::Duration;

/// One stage.
#[derive(Serialize)]
pub(super) struct Row {
    stage: &'static str,
    times: u64,
    busy_ms: f64,
    open_ms: f64,
    longest_ms: f64,
}

/// The stages in the order of the work, as `app::refresh` names its spans.
const STAGES: [(&str, &str, &str); 7] = [
    ("ask", "interroger les sources", "ask the sources"),
    ("read", "lire et nettoyer", "read and clean"),
    ("know", "chercher ce qui est connu", "look up what is known"),
    ("assess", "comparer et évaluer", "compare and assess"),
    ("write", "enregistrer", "write"),
    ("group", "regrouper en sujets", "group into stories"),
    ("weigh", "réévaluer les sources", "weigh the sources again"),
];

/// `None` without `--timings`.
pub(super) fn rows() -> Option<Vec<Row>> {
    let found = telemetry::timings()?.stages();
    let row = |(stage, ..): &(&'static str, &str, &str)| {
        let sums = found.get(stage).copied().unwrap_or_default();
        Row {
            stage,
            times: sums.times,
            busy_ms: milliseconds(sums.busy),
            open_ms: milliseconds(sums.open),
            longest_ms: milliseconds(sums.longest),
        }
    };
    Some(STAGES.iter().map(row).collect())
}

/// A table: nothing without `--timings`.
pub(super) fn present(locale: Locale) {
    let Some(rows) = rows() else { return };
    output::line(locale.pick(
        "Où est passé le temps (ms ; les étapes vont de front, « occupé » est le travail, « ouvert » compte les attentes) :",
        "Where the time went (ms; the stages run beside each other, \"busy\" is work, \"open\" counts waiting):",
    ));
    let (times, busy, open, longest) =
        locale.pick(("fois", "occupé", "ouvert", "la plus longue"), ("times", "busy", "open", "longest"));
    output::line(format!("  {:<27} {times:>7} {busy:>10} {open:>11} {longest:>14}", ""));
    for (row, (_, fr, en)) in rows.iter().zip(STAGES) {
        let name = locale.pick(fr, en);
        output::line(format!(
            "  {name:<27} {:>7} {:>10.1} {:>11.1} {:>14.1}",
            row.times, row.busy_ms, row.open_ms, row.longest_ms
        ));
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
