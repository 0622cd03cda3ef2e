//! The product from outside, in one binary: each module is a topic.

mod crash;
mod farm;
mod real_feeds;
