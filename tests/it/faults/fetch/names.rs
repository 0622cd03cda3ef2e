//! F13, F14, F15: where names and addresses lead, and where the binary does not follow.

use serde_json::Value;
use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use veille_testbench::{
    canary::Canary,
    chance::Chance,
    dns::{Dns, Question, Says},
    home::Home,
    origin::{Origin, feed, redirect},
    trespass,
};

#[test]
fn f13_f14_no_spelling_at_no_door_reaches_a_forbidden_address() {
    let found = trespass::attempt(&mut Chance::from_environment(13), Some(6));
    println!("{found}");
    assert!(found.is_sound(), "{found}");
}

/// A home that watches these addresses, asks this DNS server, and may ask 127.0.0.1 (and ::1).
fn home(dns: &Dns, urls: &[String], more: &str) -> Arc<Home> {
    let sources = urls.iter().enumerate().fold(String::new(), |mut text, (number, url)| {
        let _infallible = writeln!(text, "[[source]]\nslug = \"s{number}\"\nurl = \"{url}\"");
        text
    });
    let setting = dns.setting();
    let settings = format!("[fetch]\nallow_networks = [\"127.0.0.1/32\", \"::1/128\"]\nhost_interval_ms = 0\n{setting}{more}");
    Arc::new(Home::with(sources, settings))
}

/// The report of a refresh of everything, with further variables in the environment.
async fn refresh(home: &Arc<Home>, variables: &'static [(&'static str, &'static str)]) -> Value {
    let home = Arc::clone(home);
    let run = move || {
        let mut command = home.command(&["refresh", "--all", "--json"]);
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn reason<'a>(report: &'a Value, slug: &str) -> &'a str {
    let rows = report["failures"].as_array().unwrap();
    rows.iter().find(|row| row["source"] == slug).map_or("", |row| row["reason"].as_str().unwrap())
}

// Not REQUEST_METHOD: where it stands, the library takes no proxy from the environment by itself.
const PROXIES: [(&str, &str); 9] = [
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("http_proxy", "http://127.0.0.1:9"),
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("https_proxy", "http://127.0.0.1:9"),
    ("ALL_PROXY", "socks5://127.0.0.1:9"),
    ("all_proxy", "socks5://127.0.0.1:9"),
    ("NO_PROXY", ""),
    ("no_proxy", ""),
    ("FTP_PROXY", "http://127.0.0.1:9"),
];

#[tokio::test]
async fn f14_proxies_of_the_environment_change_nothing() {
    let canary = Canary::listen();
    let origin = Origin::serve(|_| feed(&[])).await;
    let dns = Dns::serve(|question| match question.name.as_str() {
        "open.test" => Says::address([127, 0, 0, 1]),
        _ => Says::address([10, 0, 0, 1]),
    });
    let port = origin.address.port();
    let urls = [format!("http://open.test:{port}/"), "http://inside.test/".to_owned(), "https://inside.test/".to_owned()];
    let home = home(&dns, &urls, "");
    let proxy: &'static str = Box::leak(canary.url().into_boxed_str());
    let variables: Vec<_> = PROXIES.iter().map(|(name, value)| (*name, if value.is_empty() { "" } else { proxy })).collect();
    let report = refresh(&home, Box::leak(variables.into_boxed_slice())).await;
    assert_eq!((&report["fetched"], origin.asked().len(), canary.hits()), (&1.into(), 1, 0), "{report}");
    for slug in ["s1", "s2"] {
        assert!(reason(&report, slug).contains("10.0.0.1 is a private address"), "{report}");
    }
}

#[tokio::test]
async fn f14_aliases_and_rebinding_lead_nowhere_forbidden_and_the_port_is_judged_with_the_address() {
    let origin = Origin::serve(|asked| match asked.path.as_str() {
        "/go" => redirect(302, "http://alias.test/"),
        _ => feed(&[]),
    })
    .await;
    let port = origin.address.port();
    let allowed = IpAddr::from(Ipv4Addr::LOCALHOST);
    let dns = Dns::serve(move |question: &Question| match question.name.as_str() {
        "alias.test" => Says::Alias("deep.test".to_owned()),
        "deep.test" => Says::Alias("metadata.test".to_owned()),
        "metadata.test" => Says::address([169, 254, 169, 254]),
        "circle.test" => Says::Alias("circle.test".to_owned()),
        // What may be asked at every port the first time, and only at usual ones the next time.
        "public.test" if question.number == 0 => Says::address(allowed),
        "public.test" => Says::address([192, 88, 98, 1]),
        _ => Says::NoSuchName,
    });
    let urls = [
        "http://alias.test/".to_owned(),
        origin.url("/go").into(),
        format!("http://public.test:{port}/"),
        "http://circle.test/".to_owned(),
    ];
    let home = home(&dns, &urls, "connect_timeout_s = 3\ntotal_timeout_s = 6\n");
    let report = refresh(&home, &[]).await;
    for slug in ["s0", "s1"] {
        assert!(reason(&report, slug).contains("169.254.169.254 is a link-local address"), "{report}");
    }
    assert!(reason(&report, "s3").contains("circle.test was not found by name resolution"), "{report}");
    assert_eq!(report["fetched"], 1, "the name that leads where it may: {report}");
    let asked = |name: &str| dns.asked().iter().filter(|question| question.name == name && !question.six).count();
    assert_eq!(asked("public.test"), 1, "a name is resolved once for a connection: {:?}", dns.asked());
    let again = refresh(&home, &[]).await;
    assert!(reason(&again, "s2").contains(&format!("public.test:{port} is not asked: its port is not fetched")), "{again}");
}

#[tokio::test]
async fn f14_other_schemes_are_refused_with_their_name() {
    let schemes = ["file:///etc/passwd", "gopher://a.test/", "data:text/xml,<rss/>", "ftp://a.test/f", "javascript:1"];
    let origin = Origin::serve(move |asked| redirect(301, schemes[asked.path[1..].parse::<usize>().unwrap()])).await;
    let dns = Dns::serve(|_| Says::NoSuchName);
    let urls: Vec<String> = (0..schemes.len()).map(|number| origin.url(&format!("/{number}")).into()).collect();
    let redirected = home(&dns, &urls, "");
    let report = refresh(&redirected, &[]).await;
    for (number, scheme) in schemes.iter().enumerate() {
        let said = reason(&report, &format!("s{number}"));
        assert!(said.contains("only http and https") && said.contains(scheme.split(':').next().unwrap()), "{scheme}: {said}");
        let written = home(&dns, &[(*scheme).to_owned()], "");
        let output = written.run(&["config", "check"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{scheme}: {said}");
        assert!(said.contains("sources.toml") && said.contains("http"), "{scheme}: {said}");
    }
    assert!(dns.asked().is_empty(), "no name of a scheme that is not fetched is looked up");
}

#[tokio::test]
async fn f15_names_that_fail_back_off_and_hold_nobody_up() {
    let origin = Origin::serve(|_| feed(&["ETag: \"1\""])).await;
    let port = origin.address.port();
    let dns = Dns::serve(|question| match question.name.split('.').next().unwrap() {
        "absent" => Says::NoSuchName,
        "failing" => Says::Failure,
        "silent" => Says::Nothing,
        "slow" => Says::Late(Duration::from_secs(10), Box::new(Says::address([127, 0, 0, 1]))),
        "empty" => Says::Addresses(Vec::new()),
        "half" if question.six => Says::Nothing,
        "broken" if question.six => Says::Failure,
        _ => Says::address([127, 0, 0, 1]),
    });
    let names = ["absent", "failing", "silent", "slow", "empty", "half", "broken", "well"];
    let urls: Vec<String> = names.map(|name| format!("http://{name}.test:{port}/")).into();
    // Two at once: what waits for a name must not keep the others waiting for long.
    let home = home(&dns, &urls, "concurrency = 2\nconnect_timeout_s = 3\ntotal_timeout_s = 6\n");
    let started = Instant::now();
    let report = refresh(&home, &[]).await;
    assert!(started.elapsed() < Duration::from_secs(20), "slots are freed in time: {:?}", started.elapsed());
    assert_eq!(report["fetched"], 3, "half an answer is enough: {report}");
    for (slug, why) in
        [("s0", "no such name"), ("s1", ""), ("s2", "no answer within"), ("s3", "no answer within"), ("s4", "no address")]
    {
        let said = reason(&report, slug);
        assert!(said.contains("was not found by name resolution") && said.contains(why), "{slug}: {said}");
    }
    let rows = home.json(&["sources", "list", "--json"]);
    let failing = |row: &&Value| row["state"] == "failing" && row["next_check_at"].is_string();
    assert_eq!(rows.as_array().unwrap().iter().filter(failing).count(), 5, "{rows}");
}

/// Listens at an address, and answers nobody: once its queue is full, a connection is neither accepted nor refused.
async fn black_hole(address: SocketAddr) -> (TcpListener, Vec<TcpStream>) {
    let socket = if address.is_ipv6() { TcpSocket::new_v6().unwrap() } else { TcpSocket::new_v4().unwrap() };
    socket.bind(address).unwrap();
    let listener = socket.listen(1).unwrap();
    let mut callers = Vec::new();
    while let Ok(Ok(caller)) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        callers.push(caller);
        assert!(callers.len() < 100, "the queue never fills");
    }
    (listener, callers)
}

#[tokio::test]
async fn f15_an_ipv6_black_hole_does_not_hide_a_living_ipv4_address() {
    let origin = Origin::serve(|_| feed(&[])).await;
    let port = origin.address.port();
    let _hole = black_hole(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await;
    let dns = Dns::serve(|question| match question.name.as_str() {
        "both.test" => Says::Addresses(vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()]),
        _ => Says::address(Ipv6Addr::LOCALHOST),
    });
    let urls = [format!("http://both.test:{port}/"), format!("http://six.test:{port}/")];
    let home = home(&dns, &urls, "connect_timeout_s = 6\ntotal_timeout_s = 12\n");
    let report = refresh(&home, &[]).await;
    assert_eq!(report["fetched"], 1, "{report}");
    assert!(reason(&report, "s1").contains("did not accept a connection within 6 s"), "{report}");
    let timed = Instant::now();
    let one = Arc::clone(&home);
    let output = tokio::task::spawn_blocking(move || one.run(&["refresh", "s0", "--json"])).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(timed.elapsed() < Duration::from_secs(3), "the other family is tried soon: {:?}", timed.elapsed());
}
