//! `veille completions`.

use crate::{
    app::{Error, Result},
    cli::{Cli, Context, Exit, output},
};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::path::{Path, PathBuf};

/// Prints the completion script of a shell, or writes the man pages.
///
/// veille completions bash > /etc/bash_completion.d/veille
/// veille completions --man /usr/local/share/man/man1
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// bash, zsh, fish, elvish or powershell.
    #[arg(required_unless_present = "man")]
    shell: Option<Shell>,
    /// Write one man page a command into DIR instead.
    #[arg(long, value_name = "DIR", conflicts_with = "shell")]
    man: Option<PathBuf>,
}

pub(crate) async fn run(args: Args, _context: &Context) -> Result<Exit> {
    let mut command = Cli::command();
    if let Some(shell) = args.shell {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command, "veille", &mut script);
        output::bytes(&script)?;
    }
    if let Some(dir) = args.man {
        std::fs::create_dir_all(&dir).map_err(|error| Error::Invalid(format!("cannot create {}: {error}", dir.display())))?;
        command.build();
        write_pages(&command, "veille", &dir).map_err(|error| Error::Internal(error.into()))?;
    }
    Ok(Exit::Done)
}

fn write_pages(command: &Command, name: &str, dir: &Path) -> std::io::Result<()> {
    let mut page = Vec::new();
    let named: &'static str = Box::leak(name.to_owned().into_boxed_str());
    clap_mangen::Man::new(command.clone().name(named)).render(&mut page)?;
    std::fs::write(dir.join(format!("{name}.1")), page)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        write_pages(verb, &format!("{name}-{}", verb.get_name()), dir)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_tree_is_sound() {
        Cli::command().debug_assert();
    }
}
