//! `veille refresh`.

use crate::{
    app::Result,
    cli::{Context, Exit},
};

/// Arguments of `veille refresh`.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(crate) async fn run(_args: Args, _context: &Context) -> Result<Exit> {
    todo!("cli/refresh.rs")
}
