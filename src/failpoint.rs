//! Named places where a test can have the process die, as if the machine had: `VEILLE_FAILPOINT=name` or `name:3` for the third
//! time that it is reached. Only in builds with debug assertions; a release build has no trace of it.
//!
//! Every commit to the database has two: before it and after it. The crash driver of the test bench takes each in turn and checks
//! what is left.

/// Dies here, without any clean-up, if this place was chosen.
#[cfg(debug_assertions)]
pub(crate) fn reach(name: &str) {
    use std::sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    };
    static CHOSEN: LazyLock<Option<(String, u64)>> = LazyLock::new(chosen);
    static TIMES: AtomicU64 = AtomicU64::new(0);
    if let Some((chosen, time)) = CHOSEN.as_ref()
        && chosen == name
        && TIMES.fetch_add(1, Ordering::SeqCst) + 1 == *time
    {
        std::process::abort();
    }
}

#[cfg(debug_assertions)]
#[expect(clippy::disallowed_methods, reason = "no setting: it exists in test builds only")]
fn chosen() -> Option<(String, u64)> {
    let text = std::env::var("VEILLE_FAILPOINT").ok()?;
    match text.split_once(':') {
        Some((name, time)) => Some((name.to_owned(), time.parse().ok()?)),
        None => Some((text, 1)),
    }
}

/// Nothing: a release build does not die by name.
#[cfg(not(debug_assertions))]
pub(crate) const fn reach(_name: &str) {}
