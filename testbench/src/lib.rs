//! What tests, benches and promises share: servers that lie by script, a seeded source of chance, a home folder to run the
//! binary in. It knows veille from outside only, so that it can be turned against any build of it.
#![expect(clippy::unwrap_used, reason = "a helper that cannot do its work fails the test")]
#![expect(clippy::disallowed_methods, reason = "tests read their seed and the program under test from the environment")]

pub mod answers;
pub mod approved;
pub mod backups;
pub mod bombs;
pub mod bounces;
pub mod break_points;
pub mod canary;
pub mod certificates;
pub mod chance;
pub mod contest;
pub mod corpora;
pub mod crash;
pub mod disk;
pub mod dns;
pub mod failpoints;
pub mod farm;
pub mod forbidden;
pub mod generate;
pub mod home;
pub mod hostile;
pub mod hub;
pub mod inert;
pub mod measure;
pub mod mistakes;
pub mod month;
pub mod mutate;
pub mod origin;
pub mod politeness;
pub mod publishers;
pub mod punctual;
pub mod sending;
pub mod serving;
pub mod sink;
pub mod smtp;
pub mod soak;
pub mod trespass;
pub mod week;
pub mod words;
