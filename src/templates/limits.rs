//! What a template from outside may not do, told from its source alone: compiling or rendering such a one could stop the process.

/// Largest template, in bytes; the embedded ones hold under 8 KiB.
pub(super) const MAX_BYTES: u64 = 64 << 10;
const MAX_DEPTH: usize = 16;
const MAX_LOOPS: usize = 3;
const MAX_BRACKETS: usize = 4;

/// Why a source is refused, with its line.
pub(super) fn check(source: &str, kind: Kind) -> Result<(), String> {
    if source.len() as u64 > MAX_BYTES {
        return Err(format!("{} bytes; a template holds {MAX_BYTES} at most", source.len()));
    }
    if kind == Kind::Html {
        forbidden_text(source)?;
    }
    let mut open: Vec<String> = Vec::new();
    for (at, tag) in tags(source) {
        let line = source[..at].matches('\n').count() + 1;
        check_tag(tag, &mut open).map_err(|why| format!("line {line}: {why}"))?;
    }
    Ok(())
}

/// Whether a template gives HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Plain,
}

fn forbidden_text(source: &str) -> Result<(), String> {
    let lower = source.to_ascii_lowercase();
    for scheme in ["javascript:", "vbscript:", "data:text", "<script"] {
        if lower.contains(scheme) {
            return Err(format!("{scheme} is active content; remove it"));
        }
    }
    let is_unquoted = |(at, _): (usize, _)| lower[..at].ends_with('=');
    if lower.match_indices("{{").any(is_unquoted) {
        return Err("an attribute's value stands without quotes; write attribute=\"{{…}}\"".to_owned());
    }
    Ok(())
}

/// The inside of each `{{…}}`, with its place.
fn tags(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source.match_indices("{{").filter(|(at, _)| !source[..*at].ends_with('{')).map(|(at, _)| {
        let inside = &source[at + 2..];
        (at, &inside[..inside.find("}}").unwrap_or(inside.len())])
    })
}

fn check_tag(tag: &str, open: &mut Vec<String>) -> Result<(), String> {
    if tag.starts_with('{') || tag.trim_start_matches('~').trim_start().starts_with('&') {
        return Err("raw output is refused; write {{…}}".to_owned());
    }
    if tag.matches('(').count() > MAX_BRACKETS {
        return Err(format!("more than {MAX_BRACKETS} brackets in one expression"));
    }
    let tag = tag.trim_start_matches('~').trim_start();
    if tag.starts_with('>') || tag.starts_with("#>") || tag.starts_with("#*") || tag.starts_with('*') {
        return Err("partials and decorators are refused; write the text where it is needed".to_owned());
    }
    if let Some(name) = tag.strip_prefix(['#', '^']).map(|rest| rest.split_whitespace().next().unwrap_or_default()) {
        open.push(name.to_owned());
        if open.len() > MAX_DEPTH {
            return Err(format!("blocks more than {MAX_DEPTH} deep"));
        }
        if open.iter().filter(|name| *name == "each").count() > MAX_LOOPS {
            return Err(format!("more than {MAX_LOOPS} loops inside each other"));
        }
    } else if tag.starts_with('/') {
        open.pop();
    }
    Ok(())
}
