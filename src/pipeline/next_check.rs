//! When to ask a source again, and where.
