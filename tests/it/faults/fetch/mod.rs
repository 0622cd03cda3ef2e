//! Fetch, through the binary. The faults of a single answer that need no process are in `it/fetch.rs`.

mod bodies;
mod calendar;
mod days;
mod hosts;
mod moves;
mod names;
mod rests;
