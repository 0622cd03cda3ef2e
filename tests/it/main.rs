//! The integration tests, one binary.

mod support;

mod dispatch;
mod smtp;
mod subscribers;
