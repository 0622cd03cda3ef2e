//! Where names lead: to what the system's resolver says, or to what one DNS server says that the operator named.

use futures_util::future::select;
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
    proto::rr::{RData, RecordType},
};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::time::timeout;

/// How long one question waits for its answer; a lost packet is asked again.
const PATIENCE: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 3;
/// How long the addresses of one family, once known, wait for those of the other (RFC 8305, section 3, has 50 ms; a resolver
/// that looks both up from scratch takes longer, and no person waits for a feed).
const OTHER_FAMILY: Duration = Duration::from_millis(500);

/// Who says where names lead. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Names {
    source: Source,
    /// How long a name may take.
    deadline: Duration,
}

#[derive(Clone)]
enum Source {
    System,
    Server(Box<TokioResolver>),
    Table(Arc<HashMap<String, Vec<IpAddr>>>),
}

/// Why a name has no address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAddress {
    /// It exists, and has none.
    #[error("it has no address")]
    None,
    /// It does not exist.
    #[error("no such name")]
    Unknown,
    /// The resolver could not say.
    #[error("{0}")]
    Failed(String),
    /// Nobody answered in time.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Late(Duration),
}

impl Names {
    /// As the system is set to resolve names: its hosts file included.
    pub(crate) fn of_system(deadline: Duration) -> Self {
        Self { source: Source::System, deadline }
    }

    /// As one DNS server says; nothing else is asked or looked at.
    ///
    /// # Errors
    /// The resolver cannot be prepared.
    pub(crate) fn of_server(server: SocketAddr, deadline: Duration) -> anyhow::Result<Self> {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let server = NameServerConfig::new(server.ip(), true, connections.into());
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let options = builder.options_mut();
        (options.timeout, options.attempts, options.use_hosts_file) = (PATIENCE, ATTEMPTS, ResolveHosts::Never);
        Ok(Self { source: Source::Server(Box::new(builder.build()?)), deadline })
    }

    /// As a table says.
    pub(crate) fn of_table(table: HashMap<String, Vec<IpAddr>>, deadline: Duration) -> Self {
        Self { source: Source::Table(Arc::new(table)), deadline }
    }

    /// The addresses of a name, unjudged.
    pub(crate) async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, NoAddress> {
        let found = async {
            match &self.source {
                Source::System => of_system(name).await,
                Source::Server(resolver) => of_server(resolver, name).await,
                Source::Table(table) => table.get(name.trim_end_matches('.')).cloned().ok_or(NoAddress::Unknown),
            }
        };
        timeout(self.deadline, found).await.unwrap_or(Err(NoAddress::Late(self.deadline)))
    }
}

async fn of_system(name: &str) -> Result<Vec<IpAddr>, NoAddress> {
    let found = tokio::net::lookup_host((name, 0)).await.map_err(|error| NoAddress::Failed(error.to_string()))?;
    Ok(found.map(|address| address.ip()).collect())
}

/// Both families are asked at once. A family whose answer is lost or late does not hide the other.
async fn of_server(resolver: &TokioResolver, name: &str) -> Result<Vec<IpAddr>, NoAddress> {
    let name = format!("{}.", name.trim_end_matches('.'));
    let six = pin!(of_family(resolver, &name, RecordType::AAAA));
    let four = pin!(of_family(resolver, &name, RecordType::A));
    let (first, other) = select(six, four).await.factor_first();
    let second = match &first {
        Ok(found) if !found.is_empty() => timeout(OTHER_FAMILY, other).await.unwrap_or(Ok(Vec::new())),
        _ => other.await,
    };
    let mut all = match (first, second) {
        (Ok(first), Ok(second)) => [first, second].concat(),
        (Ok(found), Err(_)) | (Err(_), Ok(found)) if !found.is_empty() => found,
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    all.sort_by_key(IpAddr::is_ipv4); // IPv6 first (RFC 8305, section 4); the connector tries the other family soon after.
    Ok(all)
}

async fn of_family(resolver: &TokioResolver, name: &str, family: RecordType) -> Result<Vec<IpAddr>, NoAddress> {
    match resolver.lookup(name, family).await {
        Ok(found) => Ok(found.answers().iter().filter_map(|record| address(&record.data)).collect()),
        Err(error) if error.is_nx_domain() => Err(NoAddress::Unknown),
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        Err(error) => Err(NoAddress::Failed(error.to_string())),
    }
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}
