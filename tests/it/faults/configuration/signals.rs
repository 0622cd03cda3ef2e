//! G03: a stop drains and leaves no doubt, a second one waits for nothing; a bad file changes nothing, a good one everything that can.

use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};
use veille_testbench::{
    home::Home,
    origin::{Origin, Part, feed},
};

/// `veille serve`, its log, and its end.
struct Serving {
    child: Child,
    log: mpsc::Receiver<String>,
    said: Vec<String>,
}

impl Serving {
    fn start(home: &Home, variables: &[(&str, &str)]) -> Self {
        let mut command = home.command(&["serve"]);
        command.envs(variables.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, log) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, log, said: Vec::new() }
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits until a line of the log says so.
    fn until_said(&mut self, what: &str) -> String {
        let begun = Instant::now();
        while let Ok(line) = self.log.recv_timeout(Duration::from_secs(20).saturating_sub(begun.elapsed())) {
            self.said.push(line.clone());
            if line.contains(what) {
                return line;
            }
        }
        panic!("nobody said {what:?}: {:#?}", self.said);
    }

    /// The end, and everything said.
    fn end(mut self, within: Duration) -> (ExitStatus, String) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < within, "it does not end: {:#?}", self.said);
            std::thread::sleep(Duration::from_millis(10));
        };
        self.said.extend(self.log.iter());
        (status, self.said.join("\n"))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _over_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn settings(more: &str) -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nhost_interval_ms = 0\n{more}[web]\nlisten = \"127.0.0.1:{port}\"\n")
}

fn source(slug: &str, origin: &Origin, path: &str) -> String {
    format!("[[source]]\nslug = \"{slug}\"\nurl = \"{}\"\n", origin.url(path))
}

fn ready(home: &Home) -> Value {
    let output = home.run(&["healthcheck", "--ready"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn slugs(home: &Home) -> Vec<String> {
    let rows = home.json(&["sources", "list", "--json"]);
    rows.as_array()
        .unwrap()
        .iter()
        .filter(|row| row["state"] != "retired")
        .map(|row| row["slug"].as_str().unwrap().to_owned())
        .collect()
}

fn write(home: &Home, name: &str, text: &str) {
    fs::write(home.path().join(name), text).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_sighup_with_a_bad_file_keeps_the_old_configuration_and_says_why() {
    let origin = Origin::serve(|_| feed(&[])).await;
    let good = source("one", &origin, "/one");
    let settings = settings("");
    let home = Home::with(&good, &settings);
    let mut serving = Serving::start(&home, &[]);
    serving.until_said("refreshed");
    for (name, bad, place) in [
        ("sources.toml", format!("{good}{}lanugage = \"fr\"\n", source("two", &origin, "/two")), "sources.toml:7: unknown key"),
        ("sources.toml", "not TOML".to_owned(), "sources.toml:1: key with no value"),
        ("veille.toml", settings.replace("host_interval_ms = 0", "concurrency = 0"), "veille.toml:3: concurrency"),
    ] {
        write(&home, name, &bad);
        serving.signal("-HUP");
        let told = serving.until_said("configuration not taken");
        assert!(told.contains(place), "{told}");
        serving.until_said("the old configuration stays in force");
        let configuration = ready(&home)["configuration"].clone();
        assert!(configuration["mistakes"][0].as_str().unwrap().contains(place), "{configuration}");
        write(&home, "sources.toml", &good);
        write(&home, "veille.toml", &settings);
        assert_eq!(slugs(&home), ["one"], "nothing of it is taken");
    }
    serving.signal("-HUP");
    serving.until_said("the new configuration is in force");
    assert!(ready(&home)["configuration"]["mistakes"].is_null(), "what was mended is not told any more");
    serving.signal("-TERM");
    assert!(serving.end(Duration::from_secs(5)).0.success());
    assert!(origin.asked().iter().all(|asked| asked.path == "/one"), "only what was in force was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_sighup_takes_what_can_change_and_tells_what_waits() {
    let origin = Origin::serve(|_| feed(&[])).await;
    let settings = settings("");
    let home = Home::with(source("one", &origin, "/one"), &settings);
    let mut serving = Serving::start(&home, &[]);
    serving.until_said("refreshed");
    let digest = "[[theme]]\nslug = \"t\"\nany = [\"law\"]\n[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\n";
    write(&home, "sources.toml", &format!("{digest}{}", source("two", &origin, "/two")));
    write(
        &home,
        "veille.toml",
        &format!("{settings}[storage]\npath = \"elsewhere.sqlite3\"\n").replace("host_interval_ms = 0", "host_interval_ms = 1"),
    );
    serving.signal("-HUP");
    assert!(serving.until_said("next start").contains("[storage] path"));
    assert!(serving.until_said("in force").contains("digests=1"));
    serving.until_said("refreshed"); // at once, not at the next minute
    assert!(origin.asked().iter().any(|asked| asked.path == "/two"), "the new source is asked");
    assert!(!home.path().join("elsewhere.sqlite3").exists());
    write(&home, "veille.toml", &settings);
    assert_eq!(slugs(&home), ["two"]);
    assert_eq!(home.run(&["healthcheck"]).status.code(), Some(0), "it listens where it did");
    for _ in 0..20 {
        serving.signal("-HUP");
    }
    serving.until_said("in force");
    serving.signal("-TERM");
    assert!(serving.end(Duration::from_secs(5)).0.success());
}

/// A refresh that is under way ends with the sources that it began with, and is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_job_ends_with_the_configuration_it_began_with() {
    let origin = Origin::serve(|asked| {
        let mut reply = feed(&[]);
        if asked.path == "/slow" {
            reply.insert(0, Part::Wait(Duration::from_millis(1_500)));
        }
        reply
    })
    .await;
    let home = Home::with(source("slow", &origin, "/slow"), settings(""));
    let mut serving = Serving::start(&home, &[]);
    serving.until_said("veille serves");
    while origin.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    write(&home, "sources.toml", &format!("{}{}", source("slow", &origin, "/slow"), source("new", &origin, "/new")));
    serving.signal("-HUP");
    serving.until_said("in force");
    assert!(serving.until_said("refreshed").contains("sources=1"), "what began before");
    assert!(serving.until_said("refreshed").contains("sources=1"), "and the new one, once");
    serving.signal("-TERM");
    assert!(serving.end(Duration::from_secs(5)).0.success());
    let paths: Vec<String> = origin.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/slow", "/new"], "nobody is asked twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_sigterm_during_fetch_ends_soon_and_loses_nothing() {
    let origin = Origin::serve(|asked| {
        let mut reply = feed(&[]);
        if asked.path.starts_with("/slow") {
            reply.insert(0, Part::Wait(Duration::from_secs(25)));
        }
        reply
    })
    .await;
    let slow = (0..4).map(|n| source(&format!("slow-{n}"), &origin, &format!("/slow{n}"))).collect::<String>();
    let home = Home::with(format!("{}{slow}", source("quick", &origin, "/quick")), settings("concurrency = 8\n"));
    for signal in ["-TERM", "-INT"] {
        let mut serving = Serving::start(&home, &[]);
        serving.until_said("veille serves");
        let before = origin.asked().len();
        while !origin.asked().iter().skip(before).any(|asked| asked.path.starts_with("/slow")) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        serving.signal(signal);
        let begun = Instant::now();
        let (status, said) = serving.end(Duration::from_secs(30));
        assert!(status.success() && said.contains("stopped"), "{status}: {said}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        let checked = home.run(&["db", "check"]);
        assert!(checked.status.success(), "{checked:?}");
    }
    let rows = home.json(&["sources", "list", "--json"]);
    let failing = rows.as_array().unwrap().iter().filter(|row| row["state"] == "failing").count();
    assert_eq!(failing, 0, "a stop is no failure of a source: {rows}");
}

/// A body that drips for ever and a supervisor that cannot wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_second_signal_ends_at_once_with_a_word() {
    let relay = veille_testbench::smtp::SmtpServer::start(|heard| match heard.step {
        veille_testbench::smtp::Step::Dot => veille_testbench::smtp::Act::Silence,
        _ => veille_testbench::smtp::Act::Normal,
    })
    .await;
    let outbox = crate::support::outbox::Outbox::new(4).await;
    outbox.write_home(&format!(
        "[mail]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 1\nphase_timeout_s = 20\n{}",
        relay.port,
        settings("")
    ));
    let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
    command.arg("--home").arg(outbox.folder.path()).args(["--now", &outbox.now.to_rfc3339(), "--lang", "en", "serve"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while relay.times(veille_testbench::smtp::Step::Dot) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let id = child.id().to_string();
    let signal = |name: &str| assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    signal("-TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(child.try_wait().unwrap().is_none(), "the first one lets what may have left come to its end");
    let begun = Instant::now();
    signal("-INT");
    let output = child.wait_with_output().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("veille: second signal, stopped at once"), "{said}");
}
