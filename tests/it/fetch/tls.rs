//! A little https server with the certificates of `tests/fixtures/tls`.

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{IpAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
};
use url::Url;
use veille::{
    domain::fetching::{FetchOutcome, FetchRequest},
    fetch::Fetcher,
};

/// A certificate or a key.
pub(crate) fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/tls", name].iter().collect()
}

/// Answers every connection with these bytes, behind this certificate; gives the port.
pub(crate) fn serve(certificate: &str, answer: Vec<u8>) -> u16 {
    serve_each(certificate, move |_| answer.clone())
}

/// The same with what the script says to each connection, by number.
pub(crate) fn serve_each(certificate: &str, answer: impl Fn(usize) -> Vec<u8> + Send + 'static) -> u16 {
    let chain = vec![CertificateDer::from_pem_file(file(certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = StreamOwned::new(connection, stream);
            // A client that refuses the certificate ends here: what it reports is what the test looks at.
            if tls.read(&mut [0; 4096]).is_ok_and(|count| count > 0) && tls.write_all(&answer(number)).is_ok() {
                tls.conn.send_close_notify();
                let _ended = tls.flush();
            }
        }
    });
    port
}

/// Asks `secure.test` there, trusting the tests' own authority.
pub(crate) async fn fetch(port: u16) -> FetchOutcome {
    let pem = std::fs::read_to_string(file("ca.pem")).unwrap();
    let names = HashMap::from([("secure.test".to_owned(), vec![IpAddr::from([127, 0, 0, 1])])]);
    let fetcher = Fetcher::builder(&super::settings()).names(names).certificates(&pem).unwrap().build().unwrap();
    fetcher.fetch(FetchRequest::feed(Url::parse(&format!("https://secure.test:{port}/")).unwrap(), None)).await
}
