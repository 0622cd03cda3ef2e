//! Any bytes are a report or none: no panic, bounded words, and only a tag that was made for this says whose it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veille::{
    domain::bounce::{BounceKey, Untagged},
    pipeline::bounce::{read, tag},
};

/// The deliveries whose tags stand in the corpus.
const OURS: [i64; 2] = [1, 4711];

fuzz_target!(|bytes: &[u8]| {
    let key = BounceKey::new("fuzz".to_owned());
    let found = read(bytes, Some(&key));
    assert_eq!(found, read(bytes, Some(&key)));
    if let Ok(delivery) = found.delivery {
        // A hundred bits are not guessed: the tag was copied from the corpus, in whatever case.
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        let plain = text.contains(&tag::sign(delivery, &key));
        assert!(OURS.contains(&delivery) && (plain || text.contains("base64") || text.contains("quoted-printable")), "{found:?}");
    }
    assert!(found.outcomes.len() <= 100);
    for outcome in &found.outcomes {
        let short = |words: &Option<String>| words.as_ref().is_none_or(|words| words.chars().count() <= 200);
        assert!(short(&outcome.status) && short(&outcome.detail), "{outcome:?}");
        assert!(outcome.detail.as_ref().is_none_or(|words| !words.contains(char::is_control)), "{outcome:?}");
    }
    // Under no key and under another one nothing is ours.
    for key in [None, Some(&BounceKey::new("another".to_owned()))] {
        assert!(matches!(read(bytes, key).delivery, Err(Untagged::Absent | Untagged::Forged)));
    }
});
