//! Builds a tree from any document, however broken, under limits. What had to be repaired is noted; what is nested too deeply
//! is left out and its entry marked.

use crate::pipeline::{
    parse::{
        names::{self, Ns},
        scan::{self, Scanner, Token},
        tree::{Kind, MAX_TEXT, Node, Tag, Tree},
    },
    references::{self, Definitions},
};
use std::collections::BTreeSet;

/// How deep elements may nest; deeper ones are left out and the entry around them is refused.
const MAX_DEPTH: usize = 64;
/// How many attributes of one tag are read.
const MAX_ATTRIBUTES: usize = 256;
/// How many attributes of a document are read.
const MAX_ALL_ATTRIBUTES: usize = 400_000;
/// How many elements are read; the document counts as broken off there.
const MAX_ELEMENTS: usize = 200_000;
/// How many elements and runs of text are read; likewise.
const MAX_NODES: usize = 450_000;
/// How many namespace declarations are in scope at once.
const MAX_NAMESPACES: usize = 256;

/// Reads a document from the first element on that can be the root of a feed. `None` when there is no such element.
pub(super) fn read(text: &str) -> Option<Tree<'_>> {
    Builder::new(text).run()
}

struct Open<'a> {
    index: usize,
    raw_name: &'a str,
    namespaces: usize,
}

struct Builder<'a> {
    scanner: Scanner<'a>,
    tree: Tree<'a>,
    open: Vec<Open<'a>>,
    namespaces: Vec<(&'a str, Ns)>,
    root_namespace: Option<String>,
    elements: usize,
    /// Open elements below the depth limit: counted, not kept.
    ignored: usize,
    /// Where in the document the last node ended, if it is text.
    text_ended_at: Option<usize>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let tree = Tree {
            nodes: Vec::with_capacity(text.len() / 64),
            attributes: Vec::new(),
            definitions: Definitions::new(),
            repairs: BTreeSet::new(),
            truncated: false,
        };
        Self {
            scanner: Scanner::new(text),
            tree,
            open: Vec::new(),
            namespaces: Vec::new(),
            root_namespace: None,
            elements: 0,
            ignored: 0,
            text_ended_at: None,
        }
    }

    fn run(mut self) -> Option<Tree<'a>> {
        let mut junk = false;
        loop {
            let start = self.scanner.position();
            let Some(token) = self.scanner.next() else { break };
            if self.tree.nodes.is_empty() {
                junk |= self.before_root(token, start);
            } else {
                self.inside(token, start);
            }
            if (self.open.is_empty() && !self.tree.nodes.is_empty()) || self.is_full() {
                break;
            }
        }
        if junk {
            self.tree.repairs.insert("something stood before the feed");
        }
        if self.tree.nodes.is_empty() { None } else { Some(self.finish()) }
    }

    /// Passes over what stands before the root; tells whether that was junk.
    fn before_root(&mut self, token: Token<'a>, start: usize) -> bool {
        match token {
            Token::Start { name, attributes, empty } if names::is_root(&names::local_name(name)) => {
                self.start(name, attributes, start);
                if empty {
                    self.close_to(0, self.scanner.position());
                }
                false
            }
            Token::Doctype(doctype) => {
                self.tree.definitions = references::definitions(doctype);
                false
            }
            Token::Text(text) => !text.trim().is_empty(),
            _ => true,
        }
    }

    fn inside(&mut self, token: Token<'a>, start: usize) {
        match token {
            Token::Start { name, attributes, empty } => {
                if names::is_entry(&names::local_name(name)) {
                    self.ignored = 0;
                    if empty && self.open_entry().is_some_and(|outer| outer > 0) {
                        self.tree.repairs.insert("an empty entry stood inside another");
                        return;
                    }
                }
                if self.ignored > 0 || self.too_deep() {
                    self.ignored += usize::from(!empty);
                    return;
                }
                self.close_implied(name, start);
                self.start(name, attributes, start);
                if empty {
                    self.close_to(self.open.len() - 1, self.scanner.position());
                }
            }
            Token::End(name) if self.ignored > 0 && !names::is_entry(&names::local_name(name)) => self.ignored -= 1,
            Token::End(name) => self.end(name),
            Token::Text(text) if self.ignored == 0 && !text.is_empty() => self.text(text),
            Token::CData(text) if self.ignored == 0 => self.leaf(Kind::CData(text)),
            _ => {}
        }
    }

    fn is_full(&self) -> bool {
        self.elements >= MAX_ELEMENTS || self.tree.nodes.len() >= MAX_NODES
    }

    fn leaf(&mut self, kind: Kind<'a>) {
        let end = self.tree.nodes.len() + 1;
        self.tree.nodes.push(Node { kind, end });
    }

    /// A run of text goes on where the one before ended: a heap of stray `<` is one node, not millions.
    fn text(&mut self, text: &'a str) {
        let start = self.scanner.position() - text.len();
        if self.text_ended_at == Some(start)
            && let Some(Node { kind: Kind::Text(before), .. }) = self.tree.nodes.last_mut()
        {
            *before = self.scanner.between(start - before.len(), start + text.len());
        } else {
            self.leaf(Kind::Text(text));
        }
        self.text_ended_at = Some(start + text.len());
    }

    /// An element that would nest beyond the limit marks the entry around it, or nothing when it stands outside any.
    fn too_deep(&mut self) -> bool {
        if self.open.len() < MAX_DEPTH {
            return false;
        }
        self.tree.repairs.insert("elements nested more than 64 deep were left out");
        for open in &self.open {
            if let Kind::Element(tag) = &mut self.tree.nodes[open.index].kind {
                tag.too_deep = names::is_entry(&tag.name);
            }
        }
        true
    }

    fn start(&mut self, raw_name: &'a str, attributes: &'a str, start: usize) {
        let first = self.tree.attributes.len();
        let namespaces = self.namespaces.len();
        for (count, (name, value)) in scan::attributes(attributes).enumerate() {
            if count >= MAX_ATTRIBUTES || self.tree.attributes.len() >= MAX_ALL_ATTRIBUTES {
                self.tree.repairs.insert("attributes beyond 256 in one tag, or 400,000 in all, were left out");
                break;
            }
            self.declare(name, value);
            self.tree.attributes.push((name, value));
        }
        let ns = self.resolve(raw_name);
        let name = names::local_name(raw_name);
        let tag = Tag {
            ns,
            name,
            attributes: (first, self.tree.attributes.len()),
            span: (start, start),
            complete: false,
            too_deep: false,
        };
        self.open.push(Open { index: self.tree.nodes.len(), raw_name, namespaces });
        self.leaf(Kind::Element(tag));
        self.elements += 1;
    }

    fn declare(&mut self, name: &'a str, value: &'a str) {
        let prefix = match name.strip_prefix("xmlns") {
            Some("") => "",
            Some(prefix) if prefix.starts_with(':') => &prefix[1..],
            _ => return,
        };
        if self.namespaces.len() >= MAX_NAMESPACES {
            return;
        }
        let is_root = self.tree.nodes.is_empty();
        let ns = if prefix.is_empty() {
            if is_root {
                self.root_namespace = Some(names::fold(value));
            }
            let native = is_root || self.root_namespace.as_deref() == Some(&names::fold(value)) || value.is_empty();
            if native { Ns::Native } else { Ns::of_uri(value).unwrap_or(Ns::Other) }
        } else {
            Ns::of_uri(value).unwrap_or_else(|| Ns::of_prefix(prefix))
        };
        self.namespaces.push((prefix, ns));
    }

    fn resolve(&mut self, raw_name: &str) -> Ns {
        self.lookup(raw_name).unwrap_or_else(|prefix| {
            self.tree.repairs.insert("a namespace prefix is not declared");
            Ns::of_prefix(&prefix.to_ascii_lowercase())
        })
    }

    /// The vocabulary of a name, or its prefix when nothing declares it.
    fn lookup<'n>(&self, raw_name: &'n str) -> Result<Ns, &'n str> {
        let prefix = raw_name.split_once(':').map_or("", |(prefix, _)| prefix);
        match self.namespaces.iter().rev().find(|(declared, _)| *declared == prefix) {
            Some((_, ns)) => Ok(*ns),
            None if prefix.is_empty() => Ok(Ns::Native),
            None => Err(prefix),
        }
    }

    /// Ends what must have ended before `name` can open: an unclosed text element, an unclosed entry.
    fn close_implied(&mut self, raw_name: &str, at: usize) {
        let name = names::local_name(raw_name);
        let entry = names::is_entry(&name) && self.ends_native(raw_name);
        if entry && let Some(outer) = self.open_entry() {
            // A single entry as the root holds no other.
            if outer > 0 {
                self.tree.repairs.insert("the end of an entry is missing");
                self.close_entry(outer, at);
                return;
            }
        }
        if (entry || names::is_leaf(&name)) && self.ends_native(raw_name) {
            let unclosed = self.open.last().filter(|open| {
                names::is_leaf(&names::local_name(open.raw_name)) && self.ends_native(open.raw_name) && self.open.len() > 1
            });
            if unclosed.is_some() {
                self.tree.repairs.insert("an end tag is missing");
                self.close_to(self.open.len() - 1, at);
            }
        }
    }

    /// The outermost open entry.
    fn open_entry(&self) -> Option<usize> {
        self.open.iter().position(|open| names::is_entry(&names::local_name(open.raw_name)))
    }

    /// Whether an element of that name belongs to the vocabulary of feeds, and not to markup inside one.
    fn ends_native(&self, raw_name: &str) -> bool {
        matches!(
            self.lookup(raw_name).unwrap_or_else(Ns::of_prefix),
            Ns::Native | Ns::Rss | Ns::Atom | Ns::Dc | Ns::DcTerms | Ns::Content
        )
    }

    fn end(&mut self, name: &str) {
        self.ignored = 0;
        let matching = self.open.iter().rposition(|open| open.raw_name == name);
        let matching = matching.or_else(|| self.open.iter().rposition(|open| open.raw_name.eq_ignore_ascii_case(name)));
        match matching {
            Some(index) => {
                if index + 1 != self.open.len() {
                    self.tree.repairs.insert("end tags are missing or crossed");
                }
                self.close_to(index, self.scanner.position());
            }
            None => {
                self.tree.repairs.insert("an end tag matches nothing");
            }
        }
    }

    /// Ends an entry that has no end tag; one in which nothing stood was none.
    fn close_entry(&mut self, outer: usize, at: usize) {
        let index = self.open[outer].index;
        let empty =
            self.tree.nodes[index + 1..].iter().all(|node| matches!(node.kind, Kind::Text(text) if text.trim().is_empty()));
        self.close_to(outer, at);
        if empty {
            self.tree.nodes.truncate(index);
        }
    }

    /// Ends the open elements from `keep` on.
    fn close_to(&mut self, keep: usize, at: usize) {
        let end = self.tree.nodes.len();
        for open in self.open.drain(keep..).rev() {
            self.namespaces.truncate(open.namespaces);
            let node = &mut self.tree.nodes[open.index];
            node.end = end;
            if let Kind::Element(tag) = &mut node.kind {
                tag.complete = true;
                tag.span.1 = at;
                if at - tag.span.0 > MAX_TEXT && names::is_leaf(&tag.name) {
                    self.tree.repairs.insert("what exceeds 1 MiB in one text was left out");
                }
            }
        }
    }

    fn finish(mut self) -> Tree<'a> {
        let end = self.tree.nodes.len();
        self.tree.truncated = !self.open.is_empty();
        if self.is_full() {
            self.tree.repairs.insert("elements beyond 200,000, or 450,000 with the texts between them, were left out");
        }
        for open in self.open.drain(..) {
            let node = &mut self.tree.nodes[open.index];
            node.end = end;
            if let Kind::Element(tag) = &mut node.kind {
                tag.span.1 = self.scanner.position();
            }
        }
        if self.scanner.repaired {
            self.tree.repairs.insert("markup characters stood in the text");
        }
        self.tree
    }
}
