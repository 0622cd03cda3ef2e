//! `veille sources export`.

use crate::{
    app::{Result, authoring::Desk},
    cli::{Context, Exit, output},
};

/// Arguments of `veille sources export`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_args: Args, context: &Context) -> Result<Exit> {
    let opml = Desk::open(&context.home)?.export(context.locale, context.clock.now())?;
    output::bytes(opml.as_bytes())?;
    Ok(Exit::Done)
}
