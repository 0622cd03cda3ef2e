//! Any file passes or breaks rules: no panic, the same verdict each time, in both languages, and each finding says what to do.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veille::{
    domain::localised::Locale,
    pipeline::gate::{check_html_for, check_message_for, check_words},
};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for locale in [Locale::Fr, Locale::En] {
        let found = [check_html_for(&text, locale), check_message_for(bytes, locale), check_words(&text, locale)];
        let again = [check_html_for(&text, locale), check_message_for(bytes, locale), check_words(&text, locale)];
        assert_eq!(found, again);
        for violation in found.iter().flatten() {
            assert!(!violation.problem.is_empty() && !violation.remedy.is_empty(), "{violation:?}");
            assert!(!violation.problem.contains('\n') && violation.element.len() < 4_096, "{violation:?}");
        }
    }
});
