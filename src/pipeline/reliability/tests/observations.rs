//! Interests, dates and withdrawals.

use super::*;
fn signals_of(item: &NewItem, publisher: Option<&Publisher>) -> Vec<String> {
    observe(&RULES, item, publisher, now()).into_iter().map(|line| line.signal).collect()
}

#[test]
fn detects_interests() {
    let press = publisher("Le Journal", PublisherClass::Press, "journal.example");
    let vendor = Publisher { sells: vec!["Firefly".to_owned()], ..publisher("Studio", PublisherClass::Vendor, "studio.example") };
    let body = prose(SOBER, 12);
    let case = |title: &str, text: &str, links: &[&str]| item(title, Some("Jane Doe"), "https://journal.example/1", text, links);
    let paid = ["https://amzn.to/3"];
    for (item, publisher, expected) in [
        (case("Firefly expliqué", &body, &[]), &vendor, Some("interest.own_product")),
        (case("Announcing our roadmap", &body, &[]), &vendor, Some("interest.own_product")),
        (case("Un regard sur les fireflys", &body, &[]), &vendor, None),
        (case("Studio lance Firefly", &body, &[]), &press, None),
        (case("Test d'un appareil", &body, &paid), &press, Some("interest.affiliate")),
        (
            case("Test d'un appareil", &format!("{body} Cet article contient des liens affiliés."), &paid),
            &press,
            Some("interest.sponsored"),
        ),
        (case("Article sponsorisé : un appareil", &body, &[]), &press, Some("interest.sponsored")),
        (case("Un appareil", &format!("{}{body}", "COMMUNIQUÉ DE PRESSE. "), &[]), &press, Some("interest.press_release")),
        (
            case("Un appareil", &format!("{} Le communiqué de presse le dit. {}", prose(SOBER, 10), prose(SOBER, 10)), &[]),
            &press,
            None,
        ),
    ] {
        let signals = signals_of(&item, Some(publisher));
        let found = signals.iter().find(|signal| signal.starts_with("interest."));
        assert_eq!(found.map(String::as_str), expected, "{}", item.title);
    }
    let (act, cnil) = regulator();
    let official = NewItem { title: "Communiqué de presse : la CNIL publie ses lignes directrices".to_owned(), ..act };
    assert!(signals_of(&official, Some(&cnil)).iter().all(|signal| !signal.starts_with("interest.")));
}

#[test]
fn judges_dates_and_withdrawals() {
    let stated = |at, precision| Some(StatedDate { at, precision });
    let base = item("Un titre", None, "https://blog.example/1", "", &[]);
    for (published, unreadable, expected) in [
        (stated(now(), DatePrecision::Zoned), None, "date.zoned"),
        (stated(now(), DatePrecision::NoZone), None, "date.day"),
        (stated(now(), DatePrecision::Day), None, "date.day"),
        (stated(now() + Duration::days(3), DatePrecision::Zoned), None, "date.wrong"),
        (None, Some("2062-01-01T00:00:00Z"), "date.wrong"),
        (None, Some("hier"), "date.first_seen"),
        (None, None, "date.first_seen"),
    ] {
        let item = NewItem { published, unreadable_date: unreadable.map(str::to_owned), ..base.clone() };
        assert!(signals_of(&item, None).contains(&expected.to_owned()), "{published:?} {unreadable:?}");
    }
    let later = stated(now(), DatePrecision::Zoned);
    let before = stated(now() - Duration::days(30), DatePrecision::Zoned);
    assert!(crate::pipeline::reliability::redated(&RULES, before, later, now()).is_some_and(|line| line.support == 0.1));
    assert_eq!(crate::pipeline::reliability::redated(&RULES, later, before, now()), None);
    for (title, withdrawn) in [
        ("RETRACTED: A study of models", true),
        ("[Rétracté] Une étude", true),
        ("Retracted papers keep being cited", false),
        ("A withdrawn proposal", false),
    ] {
        let item = NewItem { title: title.to_owned(), ..base.clone() };
        let reliability = scored(&item, None);
        assert_eq!(reliability.caps == ["cap.retracted"], withdrawn, "{title}");
        assert!(!withdrawn || (reliability.score <= 30.0 && reliability.high <= 30.0), "{reliability:?}");
    }
}
