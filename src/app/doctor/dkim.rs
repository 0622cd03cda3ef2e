//! Is what signs also what is published (DKIM: RFC 6376)?

use crate::{
    app::{
        App,
        doctor::{
            Health,
            dns::{Dns, Texts},
            verdict::Verdict,
        },
    },
    mail::dkim::{Published, SigningKey},
};

/// One finding a key; one about the relay's key where veille has none.
pub(super) async fn verdicts(dns: &Dns, domain: &str, app: &App) -> Vec<Verdict> {
    let keys = app.mailer.signer().keys();
    if keys.is_empty() {
        return vec![of_relay(dns, domain, app.settings.mail.dkim_selector.as_deref()).await];
    }
    let mut verdicts = Vec::new();
    for key in keys {
        verdicts.push(of_key(dns, domain, key).await);
    }
    verdicts
}

async fn of_key(dns: &Dns, domain: &str, key: &SigningKey) -> Verdict {
    let name = format!("{}._domainkey.{domain}", key.selector());
    let records = match dns.texts(&name).await {
        Texts::Unknown(why) => return Verdict::unknown("dkim", &name, &why),
        Texts::Found(records) => records,
    };
    let record = key.record();
    let bad = |fr: String, en: String| {
        let (fr, en) = (format!("{fr} : publiez un TXT {name} « {record} »"), format!("{en}: publish a TXT {name} \"{record}\""));
        Verdict::new("dkim", Health::Bad, fr, en)
    };
    match key.published(&records) {
        Published::Matches => Verdict::new(
            "dkim",
            Health::Good,
            format!("la clé publiée sous {name} est celle qui signe"),
            format!("the key published under {name} is the one that signs"),
        ),
        Published::Other => bad(
            format!("la clé publiée sous {name} n'est pas celle qui signe, chaque signature échoue"),
            format!("the key published under {name} is not the one that signs, every signature fails"),
        ),
        Published::Withdrawn => bad(format!("la clé sous {name} a été retirée"), format!("the key under {name} was withdrawn")),
        Published::Missing => bad(format!("aucune clé sous {name}"), format!("no key under {name}")),
        Published::Several => bad(
            format!("plusieurs clés sous {name}, il n'en faut qu'une"),
            format!("several keys under {name}, there must be one"),
        ),
    }
}

async fn of_relay(dns: &Dns, domain: &str, selector: Option<&str>) -> Verdict {
    let Some(selector) = selector else {
        return Verdict::new(
            "dkim",
            Health::Skipped,
            "le sélecteur n'est pas connu : donnez [mail] dkim_selector pour vérifier la clé de votre relais, et dkim_key_file pour \
             que veille signe",
            "the selector is not known: give [mail] dkim_selector to have your relay's key checked, and dkim_key_file to have veille \
             sign",
        );
    };
    let name = format!("{selector}._domainkey.{domain}");
    match dns.texts(&name).await {
        Texts::Unknown(why) => Verdict::unknown("dkim", &name, &why),
        Texts::Found(texts) if texts.iter().any(|text| has_key(text)) => {
            Verdict::new("dkim", Health::Good, format!("clé publiée sous {name}"), format!("key published under {name}"))
        }
        Texts::Found(_) => Verdict::new(
            "dkim",
            Health::Bad,
            format!("aucune clé sous {name} : publiez celle de votre relais"),
            format!("no key under {name}: publish that of your relay"),
        ),
    }
}

/// An empty `p=` is a key that was withdrawn.
fn has_key(text: &str) -> bool {
    text.split(';').filter_map(|tag| tag.trim().strip_prefix("p=")).any(|key| !key.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Dns, has_key, of_relay};
    use crate::app::doctor::Health::{self, Bad, Good, Skipped};

    #[tokio::test]
    async fn the_key_of_a_relay_is_looked_for() {
        let dns = Dns::stub(&[("s1._domainkey.good.fr", "v=DKIM1; k=rsa; p=MIGf"), ("old._domainkey.good.fr", "v=DKIM1; p=")]);
        let selectors: [(Option<&str>, Health); 4] = [(Some("s1"), Good), (Some("old"), Bad), (Some("s2"), Bad), (None, Skipped)];
        for (selector, expected) in selectors {
            assert_eq!(of_relay(&dns, "good.fr", selector).await.health(), expected, "{selector:?}");
        }
        assert!(has_key("v=DKIM1;p=abc") && has_key("p=abc") && !has_key("v=DKIM1; p= ") && !has_key(""));
    }
}
