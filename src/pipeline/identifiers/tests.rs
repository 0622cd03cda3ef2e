//! References in text, links and titles; and what only looks like one.

use super::identifiers;
use crate::domain::identifier::Scheme::{self, Arxiv, Celex, Cve, Doi, Ecli, Eli, Jorftext, Nor, Release, Rfc};
use proptest::prelude::*;

fn found(title: &str, text: &str, links: &[&str]) -> Vec<(Scheme, String)> {
    let links: Vec<String> = links.iter().map(|link| (*link).to_owned()).collect();
    identifiers(title, text, &links).into_iter().map(|id| (id.scheme, id.value)).collect()
}

const IN_TEXT: &[(&str, &[(Scheme, &str)])] = &[
    ("le règlement (UE) 2024/1689 du 13 juin", &[(Celex, "32024R1689")]),
    ("Regulation (EU) 2016/679.", &[(Celex, "32016R0679")]),
    ("règlement 2016/679", &[(Celex, "32016R0679")]),
    ("le re\u{300}glement (UE) 2024/1689", &[]),
    ("règlement d'exécution (UE) 2024/482", &[(Celex, "32024R0482")]),
    ("Commission Implementing Regulation (EU) 2024/482", &[(Celex, "32024R0482")]),
    ("Regulation (EC) No 1049/2001", &[(Celex, "32001R1049")]),
    ("règlement (CE) n° 1907/2006", &[(Celex, "32006R1907")]),
    ("règlement (UE) n° 910/2014", &[(Celex, "32014R0910")]),
    ("Regulation (EC) No 2006/2004", &[(Celex, "32004R2006")]),
    ("la directive 95/46/CE", &[(Celex, "31995L0046")]),
    ("Directive 2002/58/EC,", &[(Celex, "32002L0058")]),
    ("Directive (EU) 2022/2555 (NIS2)", &[(Celex, "32022L2555")]),
    ("Decision 2010/87/EU", &[(Celex, "32010D0087")]),
    ("Décision (UE) 2021/914", &[(Celex, "32021D0914")]),
    ("CELEX:32024R1689 and CELEX 62014CJ0131", &[(Celex, "32024R1689"), (Celex, "62014CJ0131")]),
    ("consolidé : 02016R0679-20160504", &[(Celex, "32016R0679")]),
    ("ECLI:EU:C:2020:559.", &[(Ecli, "ECLI:EU:C:2020:559")]),
    ("(ecli:fr:cetat:2023:457331.20230406)", &[(Ecli, "ECLI:FR:CETAT:2023:457331.20230406")]),
    ("ECLI:FR:CEASS:2016:388649.20160523", &[(Ecli, "ECLI:FR:CEASS:2016:388649.20160523")]),
    ("JORFTEXT000033202746 et NOR : ECFI1524250L", &[(Jorftext, "JORFTEXT000033202746"), (Nor, "ECFI1524250L")]),
    ("doi:10.1038/S41586-021-03819-2.", &[(Doi, "10.1038/s41586-021-03819-2")]),
    ("(10.1016/S0140-6736(20)30183-5)", &[(Doi, "10.1016/s0140-6736(20)30183-5")]),
    ("10.48550/arXiv.2401.00001v2", &[(Arxiv, "2401.00001")]),
    ("arXiv:2401.00001v3 [cs.CL]", &[(Arxiv, "2401.00001")]),
    ("arXiv:hep-th/9901001", &[(Arxiv, "hep-th/9901001")]),
    ("RFC 9309, rfc-9110 and RFC7231", &[(Rfc, "7231"), (Rfc, "9110"), (Rfc, "9309")]),
    ("cve-2026-12345", &[(Cve, "CVE-2026-12345")]),
    // What looks like one and is none.
    ("le 12/2024, ratio 2016/679, page 3/4", &[]),
    ("décision 2024/123 du tribunal", &[]),
    ("directive 12/2024", &[]),
    ("règlement intérieur 12/13", &[]),
    ("numéro 32024R16891 ou 132024R1689", &[]),
    ("version 10.1234 et 10.15/7", &[]),
    ("CVE-2026-1", &[]),
    ("Rust RFC 2457 et rust-lang/rfcs/pull/2457", &[]),
    ("RFC 12, RFC 0042", &[]),
    ("arXiv:2413.00001", &[]),
    ("NORMANDIE ECFI1524250L", &[]),
    ("ECFI1524250L", &[]),
    ("FRPRFC 1234", &[]),
];

#[test]
fn reads_references_in_text() {
    for (text, expected) in IN_TEXT {
        let expected: Vec<_> = expected.iter().map(|(scheme, value)| (*scheme, (*value).to_owned())).collect();
        assert_eq!(found("", text, &[]), expected, "{text}");
    }
}

#[test]
fn reads_references_in_links() {
    let cases: &[(&str, &[(Scheme, &str)])] = &[
        ("https://eur-lex.europa.eu/legal-content/FR/TXT/?uri=CELEX:32024R1689", &[(Celex, "32024R1689")]),
        ("https://eur-lex.europa.eu/legal-content/FR/TXT/?uri=CELEX%3A32024R1689", &[(Celex, "32024R1689")]),
        ("http://data.europa.eu/eli/reg/2024/1689/oj", &[(Celex, "32024R1689"), (Eli, "reg/2024/1689")]),
        (
            "https://www.legifrance.gouv.fr/eli/loi/2016/10/7/ECFI1524250L/jo/texte",
            &[(Eli, "loi/2016/10/7/ECFI1524250L"), (Nor, "ECFI1524250L")],
        ),
        ("https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000033202746", &[(Jorftext, "JORFTEXT000033202746")]),
        ("https://doi.org/10.1145/3531146.3533090", &[(Doi, "10.1145/3531146.3533090")]),
        ("https://dl.acm.org/doi/pdf/10.1145/3531146.3533090?download=true", &[(Doi, "10.1145/3531146.3533090")]),
        ("https://arxiv.org/pdf/2401.00001v2.pdf", &[(Arxiv, "2401.00001")]),
        ("https://arxiv.org/abs/cs/0112017", &[(Arxiv, "cs/0112017")]),
        ("https://www.rfc-editor.org/rfc/rfc9309.html", &[(Rfc, "9309")]),
        ("https://datatracker.ietf.org/doc/html/rfc9110", &[(Rfc, "9110")]),
        ("https://nvd.nist.gov/vuln/detail/CVE-2026-12345", &[(Cve, "CVE-2026-12345")]),
        ("https://github.com/rust-lang/rust/releases/tag/1.95.0", &[(Release, "rust-lang/rust@1.95.0")]),
        ("https://github.com/Vercel/Next.js/releases/tag/v16.0.1", &[(Release, "vercel/next.js@16.0.1")]),
        ("https://github.com/rust-lang/rust/releases", &[]),
        ("https://example.org/2024/1689/10.html", &[]),
    ];
    for (link, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(scheme, value)| (*scheme, (*value).to_owned())).collect();
        assert_eq!(found("", "", &[link]), expected, "{link}");
    }
}

#[test]
fn reads_products_with_versions_in_titles_only() {
    for (title, expected) in [
        ("Announcing Rust 1.95.0", Some("rust@1.95.0")),
        ("Rust 1.95.0 est disponible", Some("rust@1.95.0")),
        ("Python 3.15.0rc1 released", Some("python@3.15.0rc1")),
        ("GPT-5.2 est arrivé", Some("gpt@5.2")),
        ("Introducing GPT-5.2", Some("gpt@5.2")),
        ("Claude Opus 4.5", Some("opus@4.5")),
        ("Node.js v26.1.0", Some("node.js@26.1.0")),
        ("Sortie de Django version 6.0.1", Some("django@6.0.1")),
        ("Visual Studio Code 1.99", Some("studio code@1.99")),
        ("Mistral Large 3.1 : le modèle", Some("large@3.1")),
        ("CVSS 9.8 vulnerability", None),
        ("WCAG 2.2 expliqué", None),
        ("TLS 1.3 everywhere", None),
        ("Mistral raises 1.7 billion", None),
        ("Mistral Lève 1.7 milliard", None),
        ("Section 5.2 of the Act", None),
        ("Article 6.1 du RGPD", None),
        ("Over 2.5 million users", None),
        ("la version 1.2 du guide", None),
        ("Google grows 3.5%", None),
        ("Rust 2.5 fois plus rapide", None),
        ("CNIL : 12.05.2026, le bilan", None),
        ("Le 25.11.2026", None),
        ("Rust 2024", None),
    ] {
        let expected: Vec<_> = expected.iter().map(|value| (Release, (*value).to_owned())).collect();
        assert_eq!(found(title, "", &[]), expected, "{title}");
        assert_eq!(found("", title, &[]), [], "{title}");
    }
}

proptest! {
    #[test]
    fn never_fails_and_repeats_itself(title in ".{0,80}", text in "(règlement|directive|RFC|10\\.|ECLI:|NOR|[ (]|UE|[0-9/.:é-])*", link in "https://[a-z.]{1,20}/.{0,40}") {
        let first = identifiers(&title, &text, std::slice::from_ref(&link));
        prop_assert!(first.is_sorted());
        prop_assert_eq!(&first, &identifiers(&title, &text, &[link]));
    }
}
