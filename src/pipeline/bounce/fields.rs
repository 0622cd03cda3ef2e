//! Groups of `Name: value` lines with empty lines between them, as the machine-readable parts of reports are made (RFC 3464, 2.1).

/// More fields than that are none that a server wrote.
const MOST_FIELDS: usize = 2_000;

/// The fields of one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Group(Vec<(String, String)>);

impl Group {
    /// The first value of a field, without comments around it.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether any of these fields is there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.value(name).is_some())
    }

    /// Servers forget the empty line between two recipients: each `name` begins one.
    pub(super) fn split_at_each(self, name: &str) -> Vec<Self> {
        let mut groups = vec![Self::default()];
        for field in self.0 {
            let last = groups.last().is_some_and(|group| group.value(name).is_some());
            if last && field.0.eq_ignore_ascii_case(name) {
                groups.push(Self::default());
            }
            if let Some(group) = groups.last_mut() {
                group.0.push(field);
            }
        }
        groups
    }
}

/// The groups of a text. Lines that are no field are left out; a folded line belongs to the one before.
pub(super) fn groups(text: &str) -> Vec<Group> {
    let (mut groups, mut fields) = (vec![Group::default()], 0);
    for line in text.lines().map(|line| line.trim_end_matches('\r')) {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.0.is_empty() {
                groups.push(Group::default());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.0.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields += 1;
            if fields > MOST_FIELDS {
                break;
            }
            group.0.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    groups.retain(|group| !group.0.is_empty());
    groups
}

/// The address in `rfc822; Marie <marie@example.net>` or `utf-8; …` (RFC 6533, 3), in lower case: both as it stands and decoded.
pub(super) fn address(value: &str) -> Vec<String> {
    let (kind, rest) = value.split_once(';').unwrap_or(("rfc822", value));
    let bare = match rest.rsplit_once('<') {
        Some((_, inner)) => inner.split('>').next().unwrap_or_default(),
        None => rest.split_whitespace().next().unwrap_or_default(),
    };
    let bare = bare.to_lowercase();
    let decoded = if kind.trim().eq_ignore_ascii_case("utf-8") { unitext(&bare) } else { xtext(&bare) };
    if decoded == bare { vec![bare] } else { vec![bare, decoded] }
}

/// RFC 6533, 3: `\x{e9}` is a character.
fn unitext(text: &str) -> String {
    let mut pieces = text.split("\\x{");
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let known =
            piece.split_once('}').and_then(|(code, rest)| Some((char::from_u32(u32::from_str_radix(code, 16).ok()?)?, rest)));
        match known {
            Some((c, rest)) => {
                decoded.extend(c.to_lowercase());
                decoded.push_str(rest);
            }
            None => decoded.push_str(piece),
        }
    }
    decoded
}

/// RFC 3461, 4: `+2b` is a plus sign. Some servers give the address as it was in the command.
fn xtext(text: &str) -> String {
    let mut pieces = text.split('+');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()).filter(u8::is_ascii_graphic) {
            Some(byte) => {
                decoded.push(char::from(byte));
                decoded.push_str(&piece[2..]);
            }
            None => {
                decoded.push('+');
                decoded.push_str(piece);
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::{address, groups};

    #[test]
    fn groups_are_read_whatever_their_form() {
        let text = "Reporting-MTA: dns; a\r\n\r\n\r\nFinal-Recipient: rfc822;\r\n  a@b.fr\r\nnonsense\r\nAction:failed\r\n \t\r\nFinal-Recipient: x\nFINAL-recipient: y\n";
        let found = groups(text);
        assert_eq!(found.len(), 3);
        assert_eq!((found[1].value("final-recipient"), found[1].value("Action")), (Some("rfc822; a@b.fr"), Some("failed")));
        assert_eq!(found[2].clone().split_at_each("Final-Recipient").len(), 2);
    }

    #[test]
    fn addresses_of_all_kinds() {
        for (value, expected) in [
            ("rfc822; Marie@Example.NET", &["marie@example.net"][..]),
            ("RFC822;<marie@example.net>", &["marie@example.net"]),
            ("rfc822; marie+2Bveille@example.net", &["marie+2bveille@example.net", "marie+veille@example.net"]),
            ("rfc822; marie+veille@example.net", &["marie+veille@example.net"]),
            ("utf-8; ad\\x{E9}la@example.net", &["ad\\x{e9}la@example.net", "adéla@example.net"]),
            ("utf-8; adéla@example.net", &["adéla@example.net"]),
            ("marie@example.net", &["marie@example.net"]),
            ("rfc822;", &[""]),
            ("utf-8; \\x{zz}\\x{110000}\\x{", &["\\x{zz}\\x{110000}\\x{", "zz}110000}"]),
        ] {
            assert_eq!(address(value), expected, "{value}");
        }
    }
}
