//! Feeds that a web page announces.
