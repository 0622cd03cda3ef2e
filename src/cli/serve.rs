//! `veille serve`.

use crate::{
    app::Result,
    cli::{Context, Exit},
};

/// Arguments of `veille serve`.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(crate) async fn run(_args: Args, _context: &Context) -> Result<Exit> {
    todo!("cli/serve.rs")
}
