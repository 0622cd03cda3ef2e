//! A listener that nobody may call: every connection is a fault.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A port that counts who connects to it, and says nothing.
pub struct Canary {
    address: SocketAddr,
    hits: Arc<AtomicU64>,
}

impl Canary {
    /// Listens on a free port of 127.0.0.1 until the process ends.
    #[must_use]
    pub fn listen() -> Self {
        Self::listen_at("127.0.0.1:0".parse().unwrap())
    }

    /// Listens there until the process ends.
    ///
    /// # Panics
    ///
    /// If it cannot.
    #[must_use]
    pub fn listen_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap_or_else(|error| {
            panic!(
                "no canary can sit at {address}: {error}; where 127.0.0.0/8 is not loopback as a whole, add that address to lo"
            )
        });
        let canary = Self { address: listener.local_addr().unwrap(), hits: Arc::default() };
        let hits = Arc::clone(&canary.hits);
        std::thread::spawn(move || {
            for _caller in listener.incoming() {
                hits.fetch_add(1, Ordering::SeqCst);
            }
        });
        canary
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections came in.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::SeqCst)
    }
}
