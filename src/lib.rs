//! veille: a technology and regulatory watch that a team runs on its own machine.
//!
//! The modules, in reading order. `docs/ARCHITECTURE.md` has the map, the table of who may import whom, and two walk-throughs.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
mod failpoint;
pub mod fetch;
pub mod limits;
pub mod mail;
pub mod pipeline;
pub mod schedule;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod templates;
