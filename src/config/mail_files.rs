//! The files that `[mail]` names: certificates that vouch for the relay, keys that sign. Relative to the home folder.

use crate::settings::{Authorities, DkimSettings, MailSettings, Secret};
use std::path::{Path, PathBuf};

/// The keys of `[mail]` that name files, and what belongs to them.
#[derive(Debug, Clone, Default)]
pub(super) struct MailFiles {
    pub(super) ca_file: Option<PathBuf>,
    pub(super) dkim_key_file: Option<PathBuf>,
    pub(super) dkim_second_selector: Option<String>,
    pub(super) dkim_second_key_file: Option<PathBuf>,
}

impl MailFiles {
    /// The other one's values, where it has some.
    pub(super) fn overlaid(self, over: Self) -> Self {
        Self {
            ca_file: over.ca_file.or(self.ca_file),
            dkim_key_file: over.dkim_key_file.or(self.dkim_key_file),
            dkim_second_selector: over.dkim_second_selector.or(self.dkim_second_selector),
            dkim_second_key_file: over.dkim_second_key_file.or(self.dkim_second_key_file),
        }
    }

    /// Reads the files. Errors: key and problem.
    pub(super) fn read(self, home: &Path, mail: &mut MailSettings) -> Result<(), (&'static str, String)> {
        if let Some(file) = self.ca_file {
            let pem = content(home, &file).map_err(|problem| ("ca_file", problem))?;
            mail.authorities = Some(Authorities { file, pem });
        }
        let first = (mail.dkim_selector.clone(), self.dkim_key_file);
        let second = (self.dkim_second_selector, self.dkim_second_key_file);
        for ((selector, file), selector_key, file_key) in
            [(first, "dkim_selector", "dkim_key_file"), (second, "dkim_second_selector", "dkim_second_key_file")]
        {
            let Some(key_file) = file else { continue };
            let selector = selector.ok_or((file_key, format!("give {selector_key}, too: under which it is published")))?;
            let key = content(home, &key_file).map_err(|problem| (file_key, problem))?;
            mail.dkim.push(DkimSettings { selector, key_file, key: Secret::new(key) });
        }
        Ok(())
    }
}

fn content(home: &Path, file: &Path) -> Result<String, String> {
    let file = home.join(file);
    std::fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}
