//! What the guarded path costs: a thousand conditional requests that find nothing new, and a thousand compressed feeds, each
//! beside the same exchange on bare sockets. Client and server share the process, so the server's part is in both figures.
//!
//! Processor seconds from `/proc`: wall times say nothing on a busy machine. Prints nothing but a note where there is no `/proc`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures, and stops at the first surprise")]

use flate2::{Compression, write::GzEncoder};
use futures_util::{StreamExt, stream};
use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;
use veille::{
    domain::fetching::{FetchRequest, Validators},
    fetch::Fetcher,
    settings::FetchSettings,
};

const REQUESTS: usize = 1_000;
const HOSTS: usize = 100;
const AT_ONCE: usize = 64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if processor_seconds().is_none() {
        println!("no /proc here: nothing measured");
        return;
    }
    runtime.block_on(async {
        compare("nothing new (304)", b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nCache-Control: max-age=600\r\n\r\n".to_vec())
            .await;
        compare("a feed of 140 KB, gzipped", compressed_feed()).await;
    });
}

async fn compare(what: &str, answer: Vec<u8>) {
    let hosts = serve(answer.clone()).await;
    let bare = measured(bare(&hosts, answer.len())).await;
    let guarded = measured(guarded(&hosts)).await;
    println!(
        "{what}, {REQUESTS} requests: bare sockets {bare:.3} s, Fetcher {guarded:.3} s, {:.1} times (processor)",
        guarded / bare
    );
}

async fn measured(work: impl Future<Output = ()>) -> f64 {
    let before = processor_seconds().unwrap();
    work.await;
    processor_seconds().unwrap() - before
}

/// User and system time of this process, in seconds; ticks are hundredths on Linux.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100.0)
}

async fn serve(answer: Vec<u8>) -> Vec<SocketAddr> {
    let answer = Arc::new(answer);
    let mut hosts = Vec::new();
    for _ in 0..HOSTS {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        hosts.push(listener.local_addr().unwrap());
        let answer = Arc::clone(&answer);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    let mut request = Vec::with_capacity(1024);
                    while stream.read_buf(&mut request).await.is_ok_and(|count| count > 0) {
                        if request.ends_with(b"\r\n\r\n") {
                            request.clear();
                            if stream.write_all(&answer).await.is_err() {
                                return;
                            }
                        }
                    }
                });
            }
        });
    }
    hosts
}

async fn bare(hosts: &[SocketAddr], length: usize) {
    let ask = |host: SocketAddr| async move {
        let mut stream = TcpStream::connect(host).await.unwrap();
        let mut answer = vec![0; length];
        for number in 0..REQUESTS / HOSTS {
            let request = format!("GET /{number} HTTP/1.1\r\nHost: {host}\r\nIf-None-Match: \"x\"\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            stream.read_exact(&mut answer).await.unwrap();
        }
    };
    stream::iter(hosts).for_each_concurrent(AT_ONCE, |host| ask(*host)).await;
}

async fn guarded(hosts: &[SocketAddr]) {
    let settings = FetchSettings {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        host_interval: Duration::ZERO,
        concurrency: AT_ONCE,
        ..FetchSettings::default()
    };
    let fetcher = Fetcher::new(&settings).unwrap();
    let ask = |number: usize| {
        let (fetcher, host) = (fetcher.clone(), hosts[number % HOSTS]);
        async move {
            let url = Url::parse(&format!("http://{host}/{number}")).unwrap();
            let known = Validators { url: url.to_string(), etag: Some("\"x\"".to_owned()), last_modified: None };
            assert!(fetcher.fetch(FetchRequest::feed(url, Some(known))).await.result.is_ok());
        }
    };
    stream::iter(0..REQUESTS).for_each_concurrent(AT_ONCE * 2, ask).await;
}

fn compressed_feed() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    for number in 0..1_400_u32 {
        let noise = number.wrapping_mul(2_654_435_761);
        write!(
            encoder,
            "<item><title>Entry {noise:x}</title><link>https://d.test/{number}/{noise}</link><p>{}</p></item>\n",
            noise ^ 0x5555
        )
        .unwrap();
    }
    let body = encoder.finish().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nETag: \"x\"\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.into_bytes(), body].concat()
}
