//! Work of a library that may panic on what others wrote: then there is no result, and no more than that.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives; `None` when it panics. What it had begun to change must not be used afterwards.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    silence_panics_here();
    QUIET.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    outcome.ok()
}

/// A panic that is caught is no news for the log: the hook passes over it, on this thread only.
fn silence_panics_here() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                previous(info);
            }
        }));
    });
}
