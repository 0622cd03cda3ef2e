//! An address that can be written into an envelope without harm.

use std::{fmt, str::FromStr};

/// A valid, ASCII, unquoted mail address; the domain lower-case, internationalised domains in their ASCII form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// Why an address was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{address}\" is not an address that mail can be sent to: {why}")]
pub struct InvalidAddress {
    address: String,
    why: String,
}

impl EmailAddress {
    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why: &str| InvalidAddress {
            address: text.chars().filter(|c| !c.is_control()).take(80).collect(),
            why: why.to_owned(),
        };
        let text = text.trim_matches(' ');
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| refuse("it has no @"))?;
        let host = url::Host::parse(domain).map_err(|_| refuse("what stands after the @ is no domain"))?;
        let url::Host::Domain(domain) = host else { return Err(refuse("what stands after the @ is no domain")) };
        let address = format!("{local}@{domain}");
        if !address.is_ascii() {
            return Err(refuse("accents before the @ cannot be delivered everywhere (SMTPUTF8)"));
        }
        if local.contains(['"', '(', ')', ' ']) {
            return Err(refuse("quotes, brackets and spaces before the @ are not accepted"));
        }
        let options = email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
        email_address::EmailAddress::parse_with_options(&address, options).map_err(|error| refuse(&error.to_string()))?;
        Ok(Self(address))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::EmailAddress;

    #[test]
    fn refuses_what_would_harm_an_envelope() {
        let good = [
            ("a@b.fr", "a@b.fr"),
            (" marie.curie+veille@Example.ORG ", "marie.curie+veille@example.org"),
            ("x@bücher.example", "x@xn--bcher-kva.example"),
        ];
        for (text, address) in good {
            assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), address);
        }
        let long = format!("{}@example.org", "a".repeat(310));
        for bad in [
            "",
            "a",
            "a@",
            "@b.fr",
            "a@b",
            "a@[127.0.0.1]",
            "a@b.fr\r\nRCPT TO:<c@d.fr>",
            "a\n@b.fr",
            "\"a b\"@c.fr",
            "a b@c.fr",
            "é@b.fr",
            &long,
            "a@b.fr,c@d.fr",
            "<a@b.fr>",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }
}
