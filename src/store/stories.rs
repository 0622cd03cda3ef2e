//! Stories and their members.
