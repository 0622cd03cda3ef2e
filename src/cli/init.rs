//! `veille init`.

use crate::{
    app::Result,
    cli::{Context, Exit},
};

/// Arguments of `veille init`.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(crate) async fn run(_args: Args, _context: &Context) -> Result<Exit> {
    todo!("cli/init.rs")
}
