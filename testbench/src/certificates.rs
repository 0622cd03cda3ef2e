//! Certificates made on the spot: an authority of one's own, and what it signs or does not sign.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use std::sync::Arc;
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// A certificate authority that nobody trusts who is not told to.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What may be wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It ended in 2021.
    Expired,
    /// It begins in 2120.
    NotYet,
    /// It is for another name.
    OtherName,
    /// It signed itself.
    SelfSigned,
    /// Another authority signed it.
    Stranger,
}

impl Authority {
    /// A new one.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "Authority of a test");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate, as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// What a server needs to be `name`, with that flaw.
    #[must_use]
    pub fn server(&self, name: &str, flaw: Flaw) -> Arc<ServerConfig> {
        let name = if flaw == Flaw::OtherName { "elsewhere.example" } else { name };
        let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
        match flaw {
            Flaw::Expired => parameters.not_after = date_time_ymd(2021, 1, 1),
            Flaw::NotYet => parameters.not_before = date_time_ymd(2120, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate().unwrap();
        let certificate = match flaw {
            Flaw::SelfSigned => parameters.self_signed(&key),
            Flaw::Stranger => parameters.signed_by(&key, &Self::new().0),
            _ => parameters.signed_by(&key, &self.0),
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        server_config(certificate.unwrap().der().clone(), key)
    }
}

fn server_config(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    Arc::new(config.unwrap().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}
