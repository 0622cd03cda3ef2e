//! One integration binary: a module a topic.

mod mail_bodies;
