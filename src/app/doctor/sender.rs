//! The way out, and what receivers ask of a sender (SPF: RFC 7208, DKIM: RFC 6376, DMARC: RFC 7489).

use crate::{
    app::{
        App,
        doctor::{
            Finding, Health, Words, dkim,
            dns::{Dns, Texts},
            verdict::Verdict,
        },
    },
    domain::{localised::Locale, registrable::registrable_or_whole},
    settings::Transport,
};

/// RFC 7208, 4.6.4: more look-ups than that make a receiver give up.
const MOST_LOOKUPS: usize = 10;

/// The mail server or folder; for a relay, also the records of the domain of `From`.
pub(super) async fn findings(app: &App, locale: Locale) -> Vec<Finding> {
    let mut findings = vec![mail(app, locale).await];
    if matches!(app.settings.mail.transport, Transport::Folder(_)) {
        let skip = |check| {
            Words::new("inutile : les messages vont dans un dossier", "not needed: messages go to a folder").finding(
                check,
                Health::Skipped,
                locale,
            )
        };
        findings.extend(["spf", "dkim", "dmarc"].map(skip));
        return findings;
    }
    let domain = app.mailer.sender().domain().to_owned();
    let dns = Dns::of_system();
    findings.push(spf(&dns, &domain).await.finding(locale));
    findings.extend(dkim::verdicts(&dns, &domain, app).await.into_iter().map(|verdict| verdict.finding(locale)));
    findings.push(dmarc(&dns, &domain).await.finding(locale));
    findings
}

async fn mail(app: &App, locale: Locale) -> Finding {
    match app.mailer.check().await {
        Ok(said) => Words::new(said.clone(), said).finding("mail", Health::Good, locale),
        Err(error) => Words::new(
            format!("rien ne peut partir : {error:#} ; corrigez [mail] dans veille.toml"),
            format!("nothing can leave: {error:#}; correct [mail] in veille.toml"),
        )
        .finding("mail", Health::Bad, locale),
    }
}

async fn spf(dns: &Dns, domain: &str) -> Verdict {
    let records = match dns.texts(domain).await {
        Texts::Unknown(why) => return Verdict::unknown("spf", domain, &why),
        Texts::Found(records) => spf_records(&records),
    };
    match records.as_slice() {
        [] => Verdict::new(
            "spf",
            Health::Bad,
            format!("{domain} n'a pas d'enregistrement SPF : publiez un TXT « v=spf1 … -all » qui cite votre relais"),
            format!("{domain} has no SPF record: publish a TXT \"v=spf1 … -all\" that names your relay"),
        ),
        [record] => {
            let lookups = count_lookups(dns, record).await;
            if lookups > MOST_LOOKUPS {
                return Verdict::new(
                    "spf",
                    Health::Bad,
                    format!("le SPF de {domain} demande {lookups} recherches, {MOST_LOOKUPS} au plus sont permises"),
                    format!("the SPF of {domain} needs {lookups} look-ups, at most {MOST_LOOKUPS} are allowed"),
                );
            }
            Verdict::new("spf", Health::Good, record.clone(), record.clone())
        }
        many => Verdict::new(
            "spf",
            Health::Bad,
            format!("{domain} a {} enregistrements SPF ; il n'en faut qu'un", many.len()),
            format!("{domain} has {} SPF records; there must be one", many.len()),
        ),
    }
}

fn spf_records(texts: &[String]) -> Vec<String> {
    let is_spf = |text: &&String| text.eq_ignore_ascii_case("v=spf1") || text.to_ascii_lowercase().starts_with("v=spf1 ");
    texts.iter().filter(is_spf).cloned().collect()
}

/// Mechanisms that cost a look-up, those of included records as well; stops counting once it is too many.
async fn count_lookups(dns: &Dns, record: &str) -> usize {
    let (mut count, mut open) = (0, vec![record.to_owned()]);
    while let Some(record) = open.pop() {
        let (here, others) = lookups_of(&record);
        count += here;
        if count > MOST_LOOKUPS {
            break;
        }
        for name in others {
            if let Texts::Found(texts) = dns.texts(&name).await {
                open.extend(spf_records(&texts).into_iter().take(1));
            }
        }
    }
    count
}

/// How many look-ups a record costs by itself, and the records that it draws in.
fn lookups_of(record: &str) -> (usize, Vec<String>) {
    let (mut count, mut others) = (0, Vec::new());
    for term in record.split_whitespace().skip(1) {
        let term = term.trim_start_matches(['+', '-', '~', '?']).to_ascii_lowercase();
        if let Some(name) = term.strip_prefix("include:").or_else(|| term.strip_prefix("redirect=")) {
            count += 1;
            others.push(name.to_owned());
        } else if matches!(term.split([':', '/']).next(), Some("a" | "mx" | "ptr" | "exists")) {
            count += 1;
        }
    }
    (count, others)
}

/// The domain's own record, else that of the domain it belongs to.
async fn dmarc(dns: &Dns, domain: &str) -> Verdict {
    let organisation = registrable_or_whole(domain);
    for candidate in [domain, organisation] {
        let name = format!("_dmarc.{candidate}");
        match dns.texts(&name).await {
            Texts::Unknown(why) => return Verdict::unknown("dmarc", &name, &why),
            Texts::Found(texts) => {
                if let Some(record) = texts.iter().find(|text| text.trim_start().to_ascii_uppercase().starts_with("V=DMARC1")) {
                    return Verdict::new("dmarc", Health::Good, record.clone(), record.clone());
                }
            }
        }
    }
    Verdict::new(
        "dmarc",
        Health::Bad,
        format!("{domain} n'a pas de politique DMARC : publiez un TXT _dmarc.{domain} « v=DMARC1; p=none » pour commencer"),
        format!("{domain} has no DMARC policy: publish a TXT _dmarc.{domain} \"v=DMARC1; p=none\" to begin with"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Dns, dmarc, lookups_of, spf, spf_records};
    use crate::app::doctor::Health::{Bad, Good, Unknown};

    fn zone() -> Dns {
        Dns::stub(&[
            ("good.fr", "v=spf1 include:relay.fr mx -all"),
            ("good.fr", "some-verification=1"),
            ("relay.fr", "v=spf1 ip4:192.0.2.1 -all"),
            ("two.fr", "v=spf1 -all"),
            ("two.fr", "v=spf1 ~all"),
            ("none.fr", "v=spf10 is something else"),
            ("deep.fr", "v=spf1 include:deep.fr a mx ptr exists:x.fr -all"),
            ("_dmarc.good.fr", "v=DMARC1; p=quarantine"),
        ])
    }

    #[tokio::test]
    async fn each_record_is_judged() {
        let dns = zone();
        for (domain, expected) in [
            ("good.fr", Good),
            ("two.fr", Bad),
            ("none.fr", Bad),
            ("absent.fr", Bad),
            ("deep.fr", Bad),
            ("offline.test", Unknown),
        ] {
            assert_eq!(spf(&dns, domain).await.health(), expected, "spf of {domain}");
        }
        for (domain, expected) in [("good.fr", Good), ("letters.good.fr", Good), ("none.fr", Bad), ("offline.test", Unknown)] {
            assert_eq!(dmarc(&dns, domain).await.health(), expected, "dmarc of {domain}");
        }
    }

    #[test]
    fn the_parts_of_a_record_are_counted() {
        assert_eq!(lookups_of("v=spf1 ip4:1.2.3.4 -all").0, 0);
        assert_eq!(
            lookups_of("v=spf1 +a ?mx/24 a:x.fr ~include:y.fr redirect=z.fr"),
            (5, vec!["y.fr".to_owned(), "z.fr".to_owned()])
        );
        assert_eq!(spf_records(&["V=SPF1 -all".to_owned(), "v=spf1".to_owned(), "v=spf1x".to_owned()]).len(), 2);
    }
}
