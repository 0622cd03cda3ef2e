//! The whole main job on bundled feeds.

mod feeds;
mod server;
