//! `veille healthcheck`.

use crate::{
    app::Result,
    cli::{Context, Exit},
};

/// Arguments of `veille healthcheck`.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(crate) async fn run(_args: Args, _context: &Context) -> Result<Exit> {
    todo!("cli/healthcheck.rs")
}
