//! F07: servers that ask to be left alone, in every form that they do it in.

use super::calendar::{Calendar, http_date, rss};
use chrono::{DateTime, TimeDelta, Utc};
use veille_testbench::{month::start, origin::reply};

/// The status, `Retry-After`, and for how long nobody of that server may be asked.
async fn rests(status: &'static str, field: impl Fn() -> Option<String> + Send + Sync + Clone + 'static, rest: TimeDelta) {
    let said = field.clone();
    let (mut days, _origin) = Calendar::of(&["/busy", "/other"], move |asked, now| match asked.path.as_str() {
        "/busy" if now == start() => {
            let fields = [Some(format!("Date: {}", http_date(now))), said().map(|field| format!("Retry-After: {field}"))];
            let fields: Vec<&str> = fields.iter().flatten().map(String::as_str).collect();
            reply(status, &fields, "")
        }
        _ => reply("200 OK", &["ETag: \"1\""], rss(2)),
    })
    .await;
    let what = format!("{status}, {:?}", field());
    let now = start().to_rfc3339();
    let refresh = days.home.run(&["--now", &now, "refresh", "busy"]);
    assert_eq!(refresh.status.code(), Some(3), "{what}");
    // The neighbour is due since it is known, and waits with the server it is on.
    assert!(days.at(start() + TimeDelta::minutes(1)).is_empty(), "{what}");
    let row = days.row("other");
    let until = (start() + rest).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    assert_eq!((&row["state"], &row["resting_until"]), (&"new".into(), &until.into()), "{what}: {row}");
    for (lang, words) in [("fr", ["au repos", "demande du repos jusqu'au"]), ("en", ["resting", "wants to rest until"])] {
        let now = days.now.to_rfc3339();
        let listed = days.home.run(&["--now", &now, "--lang", lang, "sources", "list"]);
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        assert!(words.iter().all(|word| listed.contains(word)), "{what}: {listed}");
    }
    assert!(days.at(start() + rest - TimeDelta::seconds(1)).is_empty(), "{what}: before its end");
    assert!(days.at(start() + rest).contains(&"/other".to_owned()), "{what}: after it");
    assert!(days.next("busy") >= start() + rest, "{what}");
    let later = days.next("busy").max(days.now);
    assert!(days.at(later).contains(&"/busy".to_owned()) || days.row("busy")["state"] == "healthy", "{what}: it is asked again");
    assert_eq!(days.row("busy")["state"], "healthy", "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_every_form_of_retry_after_is_obeyed_by_the_whole_server_to_seven_days() {
    let (hour, week) = (TimeDelta::hours(1), TimeDelta::days(7));
    rests("429 Too Many", || Some("7200".to_owned()), hour * 2).await;
    rests("503 Busy", || Some("86400".to_owned()), hour * 24).await;
    rests("429 Too Many", || Some(http_date(start() + TimeDelta::hours(30))), hour * 30).await;
    rests("503 Busy", || Some((start() + TimeDelta::hours(3)).format("%A, %d-%b-%y %H:%M:%S GMT").to_string()), hour * 3).await;
    rests("429 Too Many", || Some("99999999999999999999".to_owned()), week).await;
    rests("429 Too Many", || Some(http_date(start() + TimeDelta::days(400))), week).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_a_retry_after_that_says_nothing_counts_as_the_floor() {
    for field in ["soon", "-3", "1.5", "0", ""] {
        rests("429 Too Many", move || Some(field.to_owned()), TimeDelta::hours(1)).await;
    }
    rests("429 Too Many", || None, TimeDelta::hours(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_each_429_in_a_row_lengthens_the_interval_to_a_week_and_no_more() {
    for fields in [&[][..], &["Retry-After: 60"]] {
        let (mut days, _origin) = Calendar::of(&["/busy"], move |asked, _| match asked.number {
            0 => reply("200 OK", &["ETag: \"1\""], rss(2)),
            1..12 => reply("429 Too Many", fields, ""),
            _ => reply("304 Not Modified", &[], ""),
        })
        .await;
        days.after(TimeDelta::zero());
        let mut gaps = Vec::new();
        for _ in 0..11 {
            let next = days.next("busy");
            assert!(days.at(next - TimeDelta::seconds(1)).is_empty());
            assert_eq!(days.at(next), ["/busy"]);
            gaps.push(days.next("busy") - next);
        }
        // From jitter of a tenth either way, a doubling still shows.
        let week = TimeDelta::days(7);
        assert!(gaps.windows(2).all(|pair| pair[1] > pair[0] || pair[1] >= week * 9 / 10), "{gaps:?}");
        assert!(gaps.iter().all(|gap| *gap <= week) && gaps.last().unwrap() >= &(week * 9 / 10), "{gaps:?}");
        let next = days.next("busy");
        days.at(next);
        assert!(days.next("busy") - next < TimeDelta::days(2), "an answer ends it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_a_server_that_refuses_source_after_source_is_asked_ever_more_seldom() {
    let paths = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h", "/i", "/last"];
    let (mut days, _origin) = Calendar::of(&paths, |_, _| reply("429 Too Many", &[], "")).await;
    assert_eq!(days.after(TimeDelta::zero()).len(), 1, "the others have not been asked");
    let mut rests = Vec::new();
    for _ in 0..7 {
        let until: DateTime<Utc> = days.row("last")["resting_until"].as_str().unwrap().parse().unwrap();
        rests.push((until - days.now).num_hours());
        assert!(days.at(until - TimeDelta::seconds(1)).is_empty());
        assert_eq!(days.at(until).len(), 1, "one at a time finds out");
    }
    assert_eq!(rests, [1, 2, 4, 8, 16, 32, 64]);
}
