//! Bring deliveries to an end.
