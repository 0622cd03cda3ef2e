//! `veille parse`.

use crate::{
    app::Result,
    cli::{Context, Exit},
};

/// Arguments of `veille parse`.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(crate) async fn run(_args: Args, _context: &Context) -> Result<Exit> {
    todo!("cli/parse.rs")
}
