//! Copies of the whole database: backup, restore, check, export.
