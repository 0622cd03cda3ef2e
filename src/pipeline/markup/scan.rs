//! A first look at the tags, before the HTML parser: it finds tags that do not match, with their line, and refuses documents
//! made to exhaust a parser (the HTML standard's tree construction is quadratic, or worse, on deep nesting, on endless
//! attributes and on formatting elements left open).
//!
//! It follows the standard's tokenizer and the parts of tree construction that decide what an end tag closes; where it cannot
//! know, it counts too much rather than too little.

use super::tags::{
    SCOPES, closes_paragraph, comment_length, is_formatting, is_heading, is_raw_text, is_special, is_table_part, is_void,
    may_stay_open, read_tag,
};

/// Larger documents are not read.
const MOST_BYTES: usize = 2 * 1024 * 1024;
const MOST_DEPTH: usize = 250;
const MOST_TAGS: usize = 30_000;
const MOST_ATTRIBUTES: usize = 120;
/// Formatting elements left open, times tags: each block may reopen them all.
const MOST_REOPENED: usize = 3_000_000;

/// Why a document is not read: in French and in English.
pub(in crate::pipeline) type Refusal = (String, String);

/// A tag that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pipeline) struct Fault {
    /// From 1.
    pub(in crate::pipeline) line: usize,
    /// The tag.
    pub(in crate::pipeline) tag: String,
    pub(in crate::pipeline) kind: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum FaultKind {
    /// An end tag without a start.
    ClosesNothing,
    /// A start tag without an end.
    NeverClosed,
    /// The same attribute twice.
    RepeatedAttribute,
}

/// Reads all tags. Gives the faults found (at most twenty), or why the document must not be parsed.
pub(in crate::pipeline) fn scan(html: &str) -> Result<Vec<Fault>, Refusal> {
    if html.len() > MOST_BYTES {
        return Err((
            format!("{} octets : trop pour un document", html.len()),
            format!("{} bytes: too much for one document", html.len()),
        ));
    }
    let mut scanner = Scanner { html, at: 0, line: 1, line_at: 0, open: Vec::new(), faults: Vec::new(), tags: 0, left_open: 0 };
    scanner.run()?;
    Ok(scanner.faults)
}

struct Scanner<'h> {
    html: &'h str,
    at: usize,
    line: usize,
    line_at: usize,
    open: Vec<(String, usize)>,
    faults: Vec<Fault>,
    tags: usize,
    left_open: usize,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), Refusal> {
        while let Some(offset) = self.html.get(self.at..).and_then(|rest| rest.find('<')) {
            self.at += offset;
            let rest = self.html.get(self.at..).unwrap_or_default();
            let next = rest.as_bytes().get(1).copied().unwrap_or(b' ');
            match next {
                b'!' if rest.starts_with("<!--") => self.at += comment_length(rest),
                b'!' | b'?' => self.at += rest.find('>').map_or(rest.len(), |end| end + 1),
                b'/' if rest.as_bytes().get(2).is_some_and(u8::is_ascii_alphabetic) => self.end_tag(),
                b'/' => self.at += rest.find('>').map_or(rest.len(), |end| end + 1),
                letter if letter.is_ascii_alphabetic() => self.start_tag()?,
                _ => self.at += 1,
            }
        }
        while let Some((tag, line)) = self.open.pop() {
            if !may_stay_open(&tag) {
                self.fault(line, tag, FaultKind::NeverClosed);
            }
        }
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), Refusal> {
        let line = self.current_line();
        let tag = read_tag(self.html.get(self.at + 1..).unwrap_or_default());
        self.at += 1 + tag.length;
        self.tags += 1;
        if tag.attributes > MOST_ATTRIBUTES {
            return Err((
                format!("ligne {line} : {} attributs sur un élément", tag.attributes),
                format!("line {line}: {} attributes on one element", tag.attributes),
            ));
        }
        if let Some(name) = tag.repeated {
            self.fault(line, format!("{} {name}", tag.name), FaultKind::RepeatedAttribute);
        }
        self.close_implied(&tag.name);
        let foreign = self.open.iter().any(|(name, _)| name == "svg" || name == "math");
        let ends_here = is_void(&tag.name) || (foreign && tag.closes_itself);
        if !ends_here {
            if !foreign && is_raw_text(&tag.name) {
                self.skip_raw_text(&tag.name);
            } else {
                self.open.push((tag.name, line));
            }
        }
        self.within_bounds(line)
    }

    fn within_bounds(&self, line: usize) -> Result<(), Refusal> {
        if self.open.len() > MOST_DEPTH {
            return Err((
                format!("ligne {line} : plus de {MOST_DEPTH} éléments emboîtés"),
                format!("line {line}: more than {MOST_DEPTH} nested elements"),
            ));
        }
        if self.tags > MOST_TAGS || self.left_open.saturating_mul(self.tags) > MOST_REOPENED {
            return Err((
                format!("ligne {line} : trop d'éléments, ou trop de balises de mise en forme laissées ouvertes"),
                format!("line {line}: too many elements, or too many formatting tags left open"),
            ));
        }
        Ok(())
    }

    /// What a start tag closes without saying so.
    fn close_implied(&mut self, name: &str) {
        match name {
            "li" => self.close_within(&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => self.close_within(&["dt", "dd"], &["dl"]),
            "option" | "optgroup" => self.close_within(&["option"], &["select"]),
            "td" | "th" => self.close_within(&["td", "th"], &["table", "tr"]),
            "tr" => self.close_within(&["tr"], &["table"]),
            "tbody" | "thead" | "tfoot" => self.close_within(&["tbody", "thead", "tfoot", "colgroup"], &["table"]),
            "a" => self.close_within(&["a"], &SCOPES),
            "body" => self.close_within(&["head"], &["body"]),
            _ => {}
        }
        if closes_paragraph(name) {
            self.close_within(&["p"], &[&SCOPES[..], &["button"]].concat());
        }
    }

    /// Closes the nearest of `names`, unless one of `borders` stands between. Formatting elements above it stay open for the
    /// parser, which reopens them in every block.
    fn close_within(&mut self, names: &[&str], borders: &[&str]) {
        for index in (0..self.open.len()).rev() {
            let Some((name, _)) = self.open.get(index) else { return };
            if names.contains(&name.as_str()) {
                self.close_from(index);
                return;
            }
            if borders.contains(&name.as_str()) {
                return;
            }
        }
    }

    fn end_tag(&mut self) {
        let line = self.current_line();
        let tag = read_tag(self.html.get(self.at + 2..).unwrap_or_default());
        self.at += 2 + tag.length;
        if matches!(tag.name.as_str(), "body" | "html") {
            return;
        }
        match self.closed_by(&tag.name) {
            Some(index) if is_formatting(&tag.name) || tag.name == "form" => {
                // Only this element: those above it stay where they are.
                let last = index + 1 == self.open.len();
                let (name, start) = self.open.remove(index);
                if !last {
                    self.left_open += 1;
                    self.fault(start, name, FaultKind::NeverClosed);
                }
            }
            Some(index) => self.close_from(index),
            None => self.fault(line, tag.name, FaultKind::ClosesNothing),
        }
    }

    /// The open element that this end tag closes.
    fn closed_by(&self, name: &str) -> Option<usize> {
        let heading = is_heading(name);
        for (index, (open, _)) in self.open.iter().enumerate().rev() {
            if open == name || (heading && is_heading(open)) {
                return Some(index);
            }
            let border = match name {
                _ if is_table_part(name) => matches!(open.as_str(), "table" | "template"),
                _ if is_special(name) || is_formatting(name) => SCOPES.contains(&open.as_str()),
                _ => is_special(open),
            };
            if border {
                return None;
            }
        }
        None
    }

    /// Closes the element at `index` and all above it.
    fn close_from(&mut self, index: usize) {
        for (tag, line) in self.open.split_off(index).into_iter().skip(1) {
            if is_formatting(&tag) {
                self.left_open += 1;
            }
            if !may_stay_open(&tag) {
                self.fault(line, tag, FaultKind::NeverClosed);
            }
        }
    }

    fn skip_raw_text(&mut self, name: &str) {
        let rest = self.html.get(self.at..).unwrap_or_default();
        let end = rest
            .match_indices("</")
            .find(|(at, _)| rest.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)));
        self.at += end
            .map_or(rest.len(), |(at, _)| at + rest.get(at..).and_then(|tail| tail.find('>')).map_or(rest.len() - at, |n| n + 1));
    }

    fn fault(&mut self, line: usize, tag: String, kind: FaultKind) {
        if self.faults.len() < 20 {
            self.faults.push(Fault { line, tag, kind });
        }
    }

    fn current_line(&mut self) -> usize {
        let passed = self.html.as_bytes().get(self.line_at..self.at).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.line_at = self.at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found_with_their_line() {
        let check = |html: &str, expected: &[(usize, &str, FaultKind)]| {
            let faults = scan(html).expect("small documents are read");
            let found: Vec<_> = faults.iter().map(|fault| (fault.line, fault.tag.as_str(), fault.kind)).collect();
            assert_eq!(found, expected, "{html}");
        };
        check("<p>a<p>b<ul><li>c<li>d</ul>", &[]);
        check("<table><tr><td>a<td>b<tr><td>c</table>", &[]);
        check("<!-- <b> --><!--><br><img src='a>b'>", &[]);
        check("<style>a > b { } </styl</style><title><b></title>", &[]);
        check("<div>\n<b>x</div>", &[(2, "b", FaultKind::NeverClosed)]);
        check("<p>\n</div></p>", &[(2, "div", FaultKind::ClosesNothing)]);
        check(
            "<div><span><div></span></div></div>",
            &[(1, "span", FaultKind::ClosesNothing), (1, "span", FaultKind::NeverClosed)],
        );
        check("<a href=1 href=2>x</a>", &[(1, "a href", FaultKind::RepeatedAttribute)]);
        check("<section>", &[(1, "section", FaultKind::NeverClosed)]);
    }

    #[test]
    fn documents_made_to_exhaust_a_parser_are_refused() {
        for html in [
            "<div>".repeat(100_000),
            "<b><div></b>".repeat(100_000),
            "<span><div></span>".repeat(100_000),
            "<table><td></td>".repeat(50_000) + &"<td><table></td>".repeat(50_000),
            "<svg><style>".to_owned() + &"<div>".repeat(100_000),
            "<!--><!---><div>".repeat(300),
            format!("<p {}>", "a1 b2 c3 ".repeat(100)),
            (0..200).fold(String::new(), |html, n| html + &format!("<p><b id={n}>")) + &"<p>x".repeat(30_000),
            "<br>".repeat(100_000),
            " ".repeat(5 * 1024 * 1024),
        ] {
            assert!(scan(&html).is_err(), "{}", html.get(..40).unwrap_or_default());
        }
    }

    #[test]
    fn a_heap_of_opening_signs_is_only_text() {
        assert_eq!(scan(&"<".repeat(2_000_000)), Ok(Vec::new()));
    }
}
