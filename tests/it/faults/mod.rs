//! The faults that the product must survive: one module a family, each test named by its row.

mod compose;
mod compose_hostile;
mod configuration;
mod deliver;
mod deliver_signed;
mod deliver_tls;
mod fetch;
mod further_pages;
mod hubs;
mod operate;
mod parse;
mod returned;
mod rows;
mod store;
mod store_files;
