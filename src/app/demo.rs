//! The whole main job on bundled feeds.
