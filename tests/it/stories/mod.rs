//! Items that tell the same fact: found, kept, and heard for reliability.

mod grouping;
mod labelled;
mod real;
