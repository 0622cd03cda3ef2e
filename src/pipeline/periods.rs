//! Which editions are due.
