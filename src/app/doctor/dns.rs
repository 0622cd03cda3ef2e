//! TXT records, or the reason why nobody could be asked.

use hickory_resolver::{TokioResolver, proto::rr::RData};
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(5);

/// What the DNS says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Texts {
    /// Its TXT records; none is an answer, too.
    Found(Vec<String>),
    /// Nobody answered.
    Unknown(String),
}

/// Whom to ask.
pub(super) enum Dns {
    System(Result<Box<TokioResolver>, String>),
    #[cfg(test)]
    Stub(Vec<(String, String)>),
}

impl Dns {
    /// The name servers that the system is set to use.
    pub(super) fn of_system() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
        Self::System(resolver.map(Box::new).map_err(|error| error.to_string()))
    }

    /// The names and records of a test; nobody answers for ".test".
    #[cfg(test)]
    pub(super) fn stub(records: &[(&str, &str)]) -> Self {
        Self::Stub(records.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    /// The TXT records of a name, the pieces of each joined.
    pub(super) async fn texts(&self, name: &str) -> Texts {
        match self {
            Self::System(Ok(resolver)) => match timeout(PATIENCE, ask(resolver, name)).await {
                Ok(texts) => texts,
                Err(_) => Texts::Unknown(format!("no answer within {PATIENCE:?}")),
            },
            Self::System(Err(why)) => Texts::Unknown(why.clone()),
            #[cfg(test)]
            Self::Stub(_) if name.ends_with(".test") => Texts::Unknown("offline".to_owned()),
            #[cfg(test)]
            Self::Stub(records) => {
                Texts::Found(records.iter().filter(|(owner, _)| owner == name).map(|(_, text)| text.clone()).collect())
            }
        }
    }
}

async fn ask(resolver: &TokioResolver, name: &str) -> Texts {
    match resolver.txt_lookup(format!("{name}.")).await {
        Ok(lookup) => Texts::Found(
            lookup
                .answers()
                .iter()
                .filter_map(|record| match &record.data {
                    RData::TXT(text) => Some(text.txt_data.iter().map(|piece| String::from_utf8_lossy(piece)).collect()),
                    _ => None,
                })
                .collect(),
        ),
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Texts::Found(Vec::new()),
        Err(error) => Texts::Unknown(error.to_string()),
    }
}
