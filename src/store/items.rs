//! Items: refreshes applied, lists, decisions, quarantine.
