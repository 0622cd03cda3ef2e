//! An edition, drafted in this process.

use crate::{
    making::now,
    refreshes::slug,
    stopwatch::{Times, heading},
};
use chrono::TimeDelta;
use std::path::Path;
use veille::{
    app::App,
    clock::Clock,
    domain::{candidate::FirstFetch, edition::EditionState},
};

pub(crate) async fn compose(home: &Path) {
    heading("an edition");
    let at = |clock| App::open(home, Clock::Fixed(clock));
    let before = at(now() - TimeDelta::days(7)).await.unwrap();
    // Of a home that is used again, only the first time.
    if before.edition_list(None).await.unwrap().is_empty() {
        let mut first = Times::default();
        let drafted = first.take(before.draft_edition(&slug("weekly"), None, FirstFetch::LeaveOut)).await.unwrap();
        first.tell("the first: of everything that is there", &format!("{} items considered", drafted.content.considered.items));
        before.approve_edition(drafted.summary.number, "ada", None).await.unwrap();
    }
    drop(before);
    let today = at(now()).await.unwrap();
    let (mut times, mut told) = (Times::default(), String::new());
    for _ in 0..5 {
        let drafted = times.take(today.draft_edition(&slug("weekly"), None, FirstFetch::LeaveOut)).await.unwrap();
        assert_eq!(drafted.summary.state, EditionState::Draft);
        told = format!("{} items considered", drafted.content.considered.items);
    }
    times.tell("one of a week", &told);
}
