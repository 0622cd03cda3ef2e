//! Has somebody set the clock?

use chrono::{DateTime, TimeDelta, Utc};
use std::time::Instant;

/// Smaller differences are the ordinary work of a time service.
const NOTABLE: TimeDelta = TimeDelta::minutes(2);

/// Compares the wall clock with the monotonic one.
pub(super) struct StepWatch {
    wall: DateTime<Utc>,
    steady: Instant,
}

impl StepWatch {
    pub(super) fn new(wall: DateTime<Utc>, steady: Instant) -> Self {
        Self { wall, steady }
    }

    /// How far the wall clock stepped since the last look, if by more than two minutes.
    pub(super) fn look(&mut self, wall: DateTime<Utc>, steady: Instant) -> Option<TimeDelta> {
        let elapsed = TimeDelta::from_std(steady.saturating_duration_since(self.steady)).unwrap_or(TimeDelta::MAX);
        let step = (wall - self.wall).checked_sub(&elapsed).unwrap_or_default();
        *self = Self { wall, steady };
        (step.abs() > NOTABLE).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::StepWatch;
    use chrono::{DateTime, TimeDelta, Utc};
    use std::time::{Duration, Instant};

    #[test]
    fn only_a_real_step_is_told() {
        let (wall, steady): (DateTime<Utc>, _) = ("2026-11-23T07:00:00Z".parse().unwrap(), Instant::now());
        for (wall_seconds, steady_seconds, told) in [
            (60, 60, None),
            (150, 60, None),
            (3_660, 60, Some(3_600)),
            (-3_540, 60, Some(-3_600)),
            (-86_340, 60, Some(-86_400)),
            (0, 7_200, Some(-7_200)),
        ] {
            let mut watch = StepWatch::new(wall, steady);
            let step = watch.look(wall + TimeDelta::seconds(wall_seconds), steady + Duration::from_secs(steady_seconds));
            assert_eq!(step.map(|step| step.num_seconds()), told, "{wall_seconds} {steady_seconds}");
        }
        let mut watch = StepWatch::new(wall, steady);
        watch.look(wall + TimeDelta::hours(1), steady);
        assert_eq!(watch.look(wall + TimeDelta::hours(1), steady), None, "told once");
    }
}
