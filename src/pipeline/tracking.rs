//! Query parameters that say where a reader came from, and nothing about the page.

/// Whether a query parameter only serves to follow readers. Case makes no difference.
pub fn is_tracking_parameter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.binary_search(&name.as_str()).is_ok()
}

/// Families of parameters, by their beginning.
const PREFIXES: [&str; 11] = ["utm_", "mtm_", "pk_", "piwik_", "matomo_", "at_", "hsa_", "_hs", "oly_", "vero_", "ns_"];

/// Single parameters, sorted.
const NAMES: [&str; 37] = [
    "__hsfp",
    "__hssc",
    "__hstc",
    "_ga",
    "_gl",
    "_openstat",
    "action_object_map",
    "action_ref_map",
    "action_type_map",
    "ck_subscriber_id",
    "dclid",
    "ef_id",
    "epik",
    "fb_action_ids",
    "fb_source",
    "fbclid",
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "hsctatracking",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "s_cid",
    "s_kwcid",
    "srsltid",
    "ttclid",
    "twclid",
    "wbraid",
    "wickedid",
    "yclid",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_trackers_from_parameters_that_name_a_page() {
        assert!(NAMES.is_sorted());
        for name in ["utm_source", "UTM_Campaign", "fbclid", "gclid", "mc_cid", "mtm_campaign", "at_medium", "_hsenc"] {
            assert!(is_tracking_parameter(name), "{name}");
        }
        for name in ["id", "p", "page", "uri", "at", "q", "lang", "ref", "source", "nsfw", "attachment_id"] {
            assert!(!is_tracking_parameter(name), "{name}");
        }
    }
}
