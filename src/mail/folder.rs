//! A folder that receives one `.eml` a message: the default, so that a first run never mails anybody.

use crate::{domain::delivery::SendOutcome, mail::Outgoing};
use anyhow::Context;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Where messages are written. Named by Message-ID: writing one again replaces it, so nothing is there twice.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Writes a message whole or not at all. A failure is worth another try: disks get room again.
    pub(super) async fn write(&self, message: &Outgoing) -> SendOutcome {
        let (path, name, bytes) = (self.path.clone(), file_name(&message.message_id), delivered(message));
        let written = tokio::task::spawn_blocking(move || write_whole(&path, &name, &bytes)).await;
        match written {
            Ok(Ok(())) => SendOutcome::Accepted("written".to_owned()),
            Ok(Err(error)) => self.deferred(&error.to_string()),
            Err(error) => self.deferred(&error.to_string()),
        }
    }

    fn deferred(&self, why: &str) -> SendOutcome {
        SendOutcome::Deferred {
            reason: format!("cannot write into {}: {why}", self.path.display()),
            slow_down: true,
            fault: None,
        }
    }

    /// Writes a file and removes it.
    pub(super) async fn check(&self) -> anyhow::Result<String> {
        let path = self.path.clone();
        let said = format!("messages go to the folder {}", path.display());
        tokio::task::spawn_blocking(move || {
            write_whole(&path, ".check", b"veille doctor\r\n")?;
            fs::remove_file(path.join(".check"))
        })
        .await?
        .with_context(|| format!("cannot write into {}", self.path.display()))?;
        Ok(said)
    }
}

/// On disk when it returns: file, name and, on the first message, the folder.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{name}.part"));
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// A folder is where a message ends: there the envelope sender becomes a header (RFC 5321, 4.4), if it is not the author.
fn delivered(message: &Outgoing) -> Vec<u8> {
    let path = message.return_path.as_ref().map(|path| format!("Return-Path: <{path}>\r\n")).unwrap_or_default();
    [path.as_bytes(), &message.bytes].concat()
}

fn file_name(message_id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') { c } else { '_' };
    format!("{}.eml", message_id.trim_start_matches('.').chars().map(safe).collect::<String>())
}
