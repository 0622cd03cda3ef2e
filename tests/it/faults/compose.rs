//! Compose: the operator's templates, and editions of every size.

use veille_testbench::{crash::feed, farm::FarmFeed, home::Home, week::Week};

const HTML: &str = "templates/mail/digest/body.html.hbs";

/// What `veille config check` makes of a template, in a process of its own: its exit status and what it says.
fn checked(source: &str) -> (Option<i32>, String) {
    let home = Home::with("", "");
    let file = home.path().join(HTML);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, source).unwrap();
    let output = home.run(&["config", "check"]);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn m03_a_template_that_could_end_the_process_or_act_is_refused_by_file() {
    let nested = |open: &str, close: &str, times: usize| open.repeat(times) + "x" + &close.repeat(times);
    for (what, source) in [
        ("a partial that calls itself", "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}".to_owned()),
        ("a partial of its own name", "{{> mail/digest/body.html.hbs}}".to_owned()),
        ("20,000 nested blocks", nested("{{#if title}}", "{{/if}}", 20_000)),
        ("blocks deeper than any text needs", nested("{{#with title}}", "{{/with}}", 40)),
        ("eight nested loops", nested("{{#each sections}}", "{{/each}}", 8)),
        ("a tower of brackets", "{{x ".to_owned() + &nested("(y ", ")", 2_000) + "}}"),
        ("raw output", "<p>{{{title}}}</p>".to_owned()),
        ("raw output, the other way", "<p>{{& title}}</p>".to_owned()),
        ("a script", "<script>alert(1)</script>".to_owned()),
        ("an address that acts", "<a href=\"javascript:alert(1)\">x</a>".to_owned()),
        ("an attribute without quotes", "<a href={{web_copy}}>x</a>".to_owned()),
    ] {
        let (status, said) = checked(&source);
        assert_eq!(status, Some(2), "{what}: {said}");
        assert!(said.contains("body.html.hbs"), "{what} names the file: {said}");
    }
}

#[test]
fn m04_what_a_template_does_not_know_is_an_error_and_never_an_empty_letter() {
    for (what, source) in [
        ("an unknown variable", "<html lang=\"fr\"><p>{{titel}}</p></html>"),
        ("an unknown helper", "<p>{{shout title}}</p>"),
        ("a missing partial", "{{> nowhere}}"),
        ("nothing at all", ""),
        ("nothing but blanks", " \n "),
    ] {
        let (status, said) = checked(source);
        assert_eq!(status, Some(2), "{what}: {said}");
        assert!(said.contains("body.html") || said.contains("mail/digest"), "{what} names the template: {said}");
    }
}

/// The largest letter that mail programs show whole (Gmail cuts at 102 KiB).
const SHOWN_WHOLE: usize = 102 * 1024;

#[test]
fn m06_of_five_thousand_items_a_letter_tells_what_fits_and_counts_the_rest() {
    let week = Week::of((0..100).map(|number| feed(number, 50)));
    assert_eq!(week.refresh()["new_items"], 5_000);
    let written = week.edition();
    assert!(written.html.len() <= SHOWN_WHOLE, "{} bytes", written.html.len());
    assert!(written.html.matches("<h3").count() > 10, "it tells something");
    let shown = week.json(&["edition", "show", "1"]);
    let considered = shown["content"]["considered"].to_string() + &shown["considered"].to_string();
    assert!(considered.contains("5000"), "what was looked through is recorded: {considered}");
}

#[test]
fn m06_an_edition_of_nothing_says_so_and_is_not_sent_unless_the_digest_wants_it() {
    let empty = FarmFeed {
        content_type: "application/rss+xml".to_owned(),
        body: "<rss version=\"2.0\"><channel><title>t</title></channel></rss>".into(),
    };
    let week = Week::of([empty]);
    assert_eq!(week.refresh()["new_items"], 0);
    let written = week.edition();
    assert!(written.text.trim().len() > 100, "{}", written.text);
    assert!(week.run(&["edition", "approve", "1", "--as", "Ada"]).status.success());
    let sent = week.run(&["edition", "send", "1"]);
    assert_eq!(sent.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&sent.stderr).contains("send_empty"), "the remedy is named");
}

#[test]
fn m06_one_enormous_item_takes_no_more_room_than_another() {
    let body = format!(
        "<rss version=\"2.0\"><channel><title>t</title><item><title>Law of a model</title><link>https://f.example/1</link>\
         <pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate><description>{}</description></item></channel></rss>",
        "The law on the model is long. ".repeat(170_000)
    );
    assert!(body.len() > 5_000_000);
    let week = Week::of([FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }, feed(1, 3)]);
    assert_eq!(week.refresh()["new_items"], 4);
    let written = week.edition();
    assert!(written.html.contains("Law of a model") && written.html.len() < SHOWN_WHOLE, "{} bytes", written.html.len());
}
