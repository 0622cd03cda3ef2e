//! Sources and what is due.
