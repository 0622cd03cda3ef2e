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
