//! Where the time of a command went: the spans with the target [`STAGES`], added up by name.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tracing::{Subscriber, span};
use tracing_subscriber::{
    layer::{Context, Layer},
    registry::LookupSpan,
};

/// Spans with this target are stages of the work.
pub const STAGES: &str = "veille::stage";

/// A layer that adds up, and what it has added up so far. Cheap to clone: all clones share their sums.
#[derive(Debug, Clone, Default)]
pub struct Timings(Arc<Mutex<BTreeMap<&'static str, Stage>>>);

/// What all spans of one name took together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stage {
    /// How many there were.
    pub times: u64,
    /// Time spent inside: work, and waiting that blocks a thread.
    pub busy: Duration,
    /// Time from their beginning to their end, waiting included. Stages run beside each other, so the sum may exceed the clock's.
    pub open: Duration,
    /// The longest of them, from beginning to end.
    pub longest: Duration,
}

impl Timings {
    /// The stages by name.
    pub fn stages(&self) -> BTreeMap<&'static str, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is known of a span that is still open.
struct Clock {
    opened: Instant,
    entered: Option<Instant>,
    busy: Duration,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Timings {
    fn on_new_span(&self, _: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Clock { opened: Instant::now(), entered: None, busy: Duration::ZERO });
        }
    }

    fn on_enter(&self, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(clock) = span.extensions_mut().get_mut::<Clock>()
        {
            clock.entered = Some(Instant::now());
        }
    }

    fn on_exit(&self, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(clock) = span.extensions_mut().get_mut::<Clock>()
        {
            clock.busy += clock.entered.take().map_or(Duration::ZERO, |entered| entered.elapsed());
        }
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let extensions = span.extensions();
        let Some(clock) = extensions.get::<Clock>() else { return };
        let open = clock.opened.elapsed();
        let mut stages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stage = stages.entry(span.name()).or_default();
        stage.times += 1;
        stage.busy += clock.busy;
        stage.open += open;
        stage.longest = stage.longest.max(open);
    }
}

#[cfg(test)]
mod tests {
    use super::{STAGES, Timings};
    use tracing_subscriber::{layer::SubscriberExt, registry};

    #[test]
    fn spans_of_one_name_are_added_up() {
        let timings = Timings::default();
        tracing::subscriber::with_default(registry().with(timings.clone()), || {
            for _ in 0..3 {
                tracing::info_span!(target: STAGES, "read").in_scope(|| std::thread::sleep(std::time::Duration::from_millis(2)));
            }
            drop(tracing::info_span!(target: STAGES, "write"));
        });
        let stages = timings.stages();
        assert_eq!((stages["read"].times, stages["write"].times), (3, 1));
        assert!(stages["read"].busy.as_millis() >= 6 && stages["read"].open >= stages["read"].busy, "{stages:?}");
        assert!(stages["write"].busy.is_zero() && stages["read"].longest < stages["read"].open);
    }
}
