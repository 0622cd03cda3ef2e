//! How alike the items of one source are by habit: those of a change log or a calendar all look like one fact.

use std::collections::HashMap;

/// What is supposed of a source before anything is seen of it.
const BEFORE: f64 = 0.1;

/// By source.
#[derive(Debug, Default)]
pub(super) struct Habits(HashMap<i64, Habit>);

#[derive(Debug, Default)]
struct Habit {
    last: Option<u32>,
    sum: f64,
    pairs: f64,
}

impl Habits {
    /// The last item of a source, by number.
    pub(super) fn last(&self, source: i64) -> Option<u32> {
        self.0.get(&source)?.last
    }

    /// That item came from the source.
    pub(super) fn came(&mut self, source: i64, number: u32) {
        self.0.entry(source).or_default().last = Some(number);
    }

    /// Two items that it published one after the other were so alike.
    pub(super) fn add(&mut self, source: i64, likeness: f64) {
        let habit = self.0.entry(source).or_default();
        habit.sum += likeness;
        habit.pairs += 1.0;
    }

    /// The mean likeness of two items of a source that follow each other.
    pub(super) fn of(&self, source: i64) -> f64 {
        self.0.get(&source).map_or(BEFORE, |habit| (habit.sum + BEFORE) / (habit.pairs + 1.0))
    }
}
