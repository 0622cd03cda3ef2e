//! Who decides.

/// The name of whoever decides: as given, else the operating system's user; a machine without users has one operator.
pub(crate) fn actor(given: Option<String>) -> String {
    let named = given.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    named.unwrap_or_else(|| "operator".to_owned())
}
