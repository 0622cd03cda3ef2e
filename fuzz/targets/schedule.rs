//! Any schedule text is refused or fires: each period later than the one before, under a label of its own, once.
#![no_main]

use chrono::{DateTime, Utc};
use chrono_tz::TZ_VARIANTS;
use libfuzzer_sys::fuzz_target;
use veille::{
    domain::digest::CatchUp,
    pipeline::periods::{bounds, current_period, due_periods, next_firing, period, schedule},
};

fuzz_target!(|input: (u16, u32, &str)| {
    let (zone, seconds, text) = input;
    let zone = TZ_VARIANTS[usize::from(zone) % TZ_VARIANTS.len()];
    // 1990 to 2058: what a watch lives through, and the years in which zones were odd.
    let now: DateTime<Utc> = DateTime::from_timestamp(631_152_000 + i64::from(seconds) / 2, 0).unwrap_or_default();
    let Ok(schedule) = schedule(text, zone) else { return };
    current_period(&schedule, now);
    let (mut at, mut labels, mut firings) = (now, Vec::new(), Vec::new());
    for _ in 0..4 {
        let Some((key, fires)) = next_firing(&schedule, at) else { break };
        assert!(fires > at, "{schedule:?}: {fires} does not follow {at}");
        assert!(!labels.contains(&key), "{schedule:?}: {key:?} twice");
        assert!(period(&key.0).is_ok(), "{key:?}");
        let (begin, end) = bounds(&schedule, &key).unwrap_or((fires, fires));
        assert!(begin <= end && end == fires, "{schedule:?}: {key:?} fires at {fires}, its bounds are {begin} and {end}");
        at = fires;
        labels.push(key);
        firings.push(fires);
    }
    if let [first, .., last] = labels.as_slice()
        && at.signed_duration_since(firings[0]).num_days() < 360
    {
        let due: Vec<_> = due_periods(&schedule, Some(first), at, CatchUp::All).into_iter().map(|(key, _)| key).collect();
        assert_eq!(due, labels[1..], "{schedule:?}");
        assert!(due_periods(&schedule, Some(last), at, CatchUp::All).is_empty(), "{schedule:?}: {last:?} again");
    }
});
