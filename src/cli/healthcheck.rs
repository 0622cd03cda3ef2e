//! `veille healthcheck`: opens neither `sources.toml` nor the database, so that a probe costs nothing and disturbs nobody.

use crate::{
    app::{Error, Result},
    cli::{Context, Exit, output},
    config,
};
use serde_json::json;
use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(5);

/// Arguments of `veille healthcheck`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ask whether the database answers, too.
    #[arg(long)]
    ready: bool,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    // A mistake in the files is no illness of a server that runs with older ones: it is told only when nobody answers.
    let (settings, mistakes) = config::read_settings(&context.home);
    let listen = settings.web.listen;
    let path = if args.ready { "/readyz" } else { "/healthz" };
    let answer = timeout(PATIENCE, ask(&reachable(&listen), path)).await;
    let refused = |why: String| {
        config::unless_mistaken((), mistakes)?;
        if args.json {
            output::json(&json!({ "healthy": false, "listen": listen, "answer": why }))?;
        }
        Err(Error::Refused(context.locale.pick(
            format!("aucun `veille serve` en bonne santé sur {listen} : {why}"),
            format!("no healthy `veille serve` on {listen}: {why}"),
        )))
    };
    match answer {
        Ok(Ok(answer)) if answer.starts_with("HTTP/1.1 200 ") => {
            let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default().trim();
            if args.json {
                output::json(&json!({ "healthy": true, "listen": listen, "answer": body }))?;
            } else {
                output::line(body);
            }
            Ok(Exit::Done)
        }
        Ok(Ok(answer)) => {
            let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
            refused(format!("{} {}", head.lines().next().unwrap_or("an empty answer"), body.trim()).trim().to_owned())
        }
        Ok(Err(error)) => refused(error.to_string()),
        Err(_) => refused(format!("no answer within {PATIENCE:?}")),
    }
}

/// "Every address" is listened on, but asked for by the loopback one.
fn reachable(listen: &str) -> String {
    listen.replacen("0.0.0.0:", "127.0.0.1:", 1).replacen("[::]:", "[::1]:", 1)
}

async fn ask(address: &str, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(64 << 10).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
