//! Look at sources, add, import and export them.

use crate::app::{App, Result};

impl App {
    /// Brings the sources' rows in step with `sources.toml`: new ones added, changed ones updated, absent ones retired.
    pub async fn sync_sources(&self) -> Result<()> {
        todo!("app/sources.rs")
    }
}
