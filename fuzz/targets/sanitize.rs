//! Whatever HTML comes in, nothing in what goes out can act, cleaning it once more changes nothing, and its text is as inert.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use url::Url;
use veille::pipeline::sanitize::{links, paragraphs, sanitize, to_text};
use veille_testbench::inert;

static BASE: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("https://ex.example/a/b").ok());

fuzz_target!(|html: &str| {
    for base in [None, BASE.as_ref()] {
        let clean = sanitize(html, base);
        assert_eq!(inert::in_fragment(&clean), [""; 0], "{clean}");
        assert_eq!(sanitize(&clean, base), clean);
        links(&clean);
    }
    let shown = paragraphs(&to_text(html));
    assert_eq!(inert::in_fragment(&shown), [""; 0], "{shown}");
});
