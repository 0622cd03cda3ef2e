//! Identifiers of official and scholarly documents, recognised in text and links.

use serde::{Deserialize, Serialize};

/// A reference to a primary document, in canonical form: two that are equal name the same document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// Of which family.
    pub scheme: Scheme,
    /// Canonical: "32024R1689", "CVE-2026-12345", "10.1038/s41586-…", "2401.00001", "rust@1.95.0".
    pub value: String,
}

impl Identifier {
    /// Where a person can read the document; `None` for a number that no public address is made of.
    pub fn address(&self) -> Option<String> {
        let value = &self.value;
        Some(match self.scheme {
            Scheme::Celex => format!("https://eur-lex.europa.eu/legal-content/AUTO/?uri=CELEX:{value}"),
            // A French ELI ends in its NOR; the others here are the Union's.
            Scheme::Eli if value.matches('/').count() > 2 => format!("https://www.legifrance.gouv.fr/eli/{value}"),
            Scheme::Eli => format!("https://data.europa.eu/eli/{value}"),
            Scheme::Ecli => format!("https://e-justice.europa.eu/ecli/{value}"),
            Scheme::Jorftext => format!("https://www.legifrance.gouv.fr/jorf/id/{value}"),
            Scheme::Doi => format!("https://doi.org/{value}"),
            Scheme::Arxiv => format!("https://arxiv.org/abs/{value}"),
            Scheme::Rfc => format!("https://www.rfc-editor.org/rfc/rfc{value}"),
            Scheme::Cve => format!("https://www.cve.org/CVERecord?id={value}"),
            Scheme::Release => {
                let (name, _) = value.split_once('@').filter(|(name, _)| name.contains('/'))?;
                format!("https://github.com/{name}/releases")
            }
            Scheme::Nor => return None,
        })
    }
}

/// Families of identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// EUR-Lex document number; "règlement (UE) 2024/1689" and "Regulation (EU) 2024/1689" give 32024R1689.
    Celex,
    /// European Legislation Identifier.
    Eli,
    /// European Case Law Identifier.
    Ecli,
    /// Légifrance text number.
    Jorftext,
    /// French official text number.
    Nor,
    /// Digital Object Identifier, lower case.
    Doi,
    /// arXiv number without version.
    Arxiv,
    /// IETF number.
    Rfc,
    /// Vulnerability number.
    Cve,
    /// A release of a product: "owner/repo@version" or "product@version", lower case.
    Release,
}

#[cfg(test)]
mod tests {
    use super::{Identifier, Scheme};

    #[test]
    fn leads_to_the_document() {
        for (scheme, value, address) in [
            (Scheme::Celex, "32024R1689", Some("https://eur-lex.europa.eu/legal-content/AUTO/?uri=CELEX:32024R1689")),
            (Scheme::Eli, "reg/2024/1689", Some("https://data.europa.eu/eli/reg/2024/1689")),
            (
                Scheme::Eli,
                "decret/2026/3/4/ABCD2601234D",
                Some("https://www.legifrance.gouv.fr/eli/decret/2026/3/4/ABCD2601234D"),
            ),
            (Scheme::Doi, "10.1038/x", Some("https://doi.org/10.1038/x")),
            (Scheme::Release, "rust-lang/rust@1.95.0", Some("https://github.com/rust-lang/rust/releases")),
            (Scheme::Release, "rust@1.95.0", None),
            (Scheme::Nor, "ABCD2601234D", None),
        ] {
            assert_eq!(Identifier { scheme, value: value.to_owned() }.address().as_deref(), address, "{value}");
        }
    }
}
