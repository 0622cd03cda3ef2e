//! Who receives what.
