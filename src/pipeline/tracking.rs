//! Query parameters that follow people and name no page.

/// Families: everything that begins so.
const PREFIXES: [&str; 22] = [
    "utm_",
    "mtm_",
    "matomo_",
    "piwik_",
    "pk_cam",
    "pk_kwd",
    "pk_keyword",
    "pk_source",
    "pk_medium",
    "pk_content",
    "itm_",
    "hsa_",
    "at_campaign",
    "at_medium",
    "at_custom",
    "ns_mchannel",
    "ns_source",
    "ns_campaign",
    "ns_linkname",
    "ns_fee",
    "guce_",
    "vero_",
];

/// Click, campaign, subscriber and session numbers. Sorted: looked up by halving.
const NAMES: [&str; 59] = [
    "__cf_chl_jschl_tk__",
    "__hsfp",
    "__hssc",
    "__hstc",
    "__s",
    "_branch_match_id",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_ke",
    "_openstat",
    "ck_subscriber_id",
    "cmpid",
    "cndid",
    "dclid",
    "dm_i",
    "epik",
    "fb_action_ids",
    "fb_action_types",
    "fb_ref",
    "fb_source",
    "fbclid",
    "gad_campaignid",
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "guccounter",
    "hsctatracking",
    "igsh",
    "igshid",
    "irclickid",
    "jsessionid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "ml_subscriber",
    "ml_subscriber_hash",
    "msclkid",
    "oft_id",
    "oly_anon_id",
    "oly_enc_id",
    "phpsessid",
    "rb_clickid",
    "s_cid",
    "sc_cid",
    "sr_share",
    "srsltid",
    "ttclid",
    "twclid",
    "wbraid",
    "wickedid",
    "wt.mc_id",
    "wt_mc",
    "wt_zmc",
    "xtor",
    "yclid",
];

/// Whether a query parameter of that name, in any case, only serves to follow people: campaign, click, subscriber or session
/// numbers. Names that some site may use to choose a page (`ref`, `source`, `id`, `p`) are not among them.
pub fn is_tracking_parameter(name: &str) -> bool {
    let mut lower = [0_u8; 24];
    let Some(lower) = lower.get_mut(..name.len()) else { return begins_a_family(name) };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let known = |known: &str| known.as_bytes().cmp(&*lower);
    NAMES.binary_search_by(|name| known(name)).is_ok() || begins_a_family(name)
}

fn begins_a_family(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}

#[cfg(test)]
mod tests {
    use super::{NAMES, is_tracking_parameter};

    #[test]
    fn knows_campaigns_and_leaves_pages() {
        assert!(NAMES.is_sorted());
        for followed in
            NAMES.into_iter().chain(["utm_source", "UTM_Medium", "utm_a_name_longer_than_the_buffer", "FBCLID", "at_medium"])
        {
            assert!(is_tracking_parameter(followed), "{followed}");
        }
        for page in [
            "", "id", "p", "page", "ref", "source", "q", "uri", "CELEX", "at", "at_id", "pk_id", "utm", "article", "pkg", "é",
            "v",
        ] {
            assert!(!is_tracking_parameter(page), "{page}");
        }
    }
}
