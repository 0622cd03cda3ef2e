//! What a single value must look like.

use super::login::Login;
use crate::{
    config::text::sayable,
    domain::{bounce::LONGEST_BASE, email_address::EmailAddress, localised::Words},
    settings::{Secret, SmtpSecurity, SmtpSettings, Transport},
};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use url::Url;

/// A network, or one address.
pub(super) fn network(text: &str) -> Result<IpNet, Words> {
    text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
        Words::new(
            format!("\"{text}\" n'est pas un réseau ; écrivez 10.0.0.0/8 ou fd00::/8"),
            format!("\"{text}\" is no network; write 10.0.0.0/8 or fd00::/8"),
        )
    })
}

/// The port of DNS.
const DNS: u16 = 53;

/// An address with or without a port.
pub(super) fn dns_server(text: &str) -> Result<SocketAddr, Words> {
    let address = || text.trim_matches(['[', ']']).parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS));
    text.parse().or_else(|_| address()).map_err(|_| {
        Words::new(
            format!("\"{text}\" n'est pas l'adresse d'un serveur DNS ; écrivez 192.0.2.53, ou 192.0.2.53:5353 pour un autre port que {DNS}"),
            format!("\"{text}\" is no address of a DNS server; write 192.0.2.53, or 192.0.2.53:5353 for another port than {DNS}"),
        )
    })
}

/// Where to listen.
pub(super) fn listen(text: &str) -> Result<(), Words> {
    text.parse::<SocketAddr>().map(|_| ()).map_err(|_| {
        Words::new(
            format!("\"{text}\" n'est pas une adresse et un port ; écrivez 127.0.0.1:8400"),
            format!("\"{text}\" is no address and port; write 127.0.0.1:8400"),
        )
    })
}

/// How the outside reaches us: it stands in letters.
pub(super) fn public_url(text: &str) -> Result<Url, Words> {
    let example = "https://veille.example.org";
    let no_page = || {
        let shown = sayable(text);
        Words::new(
            format!("\"{shown}\" n'est pas l'adresse d'une page web ; écrivez {example}"),
            format!("\"{shown}\" is no address of a web page; write {example}"),
        )
    };
    let url = Url::parse(text).map_err(|_| no_page())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(no_page());
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(Words::new(
            format!("sans utilisateur, ni « ? », ni « # » : {example}"),
            format!("without a user, \"?\" or \"#\": {example}"),
        ));
    }
    Ok(url)
}

/// What publishers read before they block.
pub(super) fn user_agent(text: &str) -> Result<(), Words> {
    if text.is_ascii() {
        return Ok(());
    }
    Err(Words::new(
        "sans accents : les en-têtes d'une requête sont en ASCII ; dites qui vous êtes et comment vous joindre",
        "without accents: headers of a request are ASCII; say who you are and how to reach you",
    ))
}

/// A mail address, with or without a name before it.
pub(super) fn mailbox(text: &str) -> Result<(), Words> {
    let address =
        text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')).map_or(text.trim(), |(_, address)| address);
    let plausible = address.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !address.contains(char::is_whitespace) && url::Host::parse(domain).is_ok()
    });
    if plausible {
        return Ok(());
    }
    Err(Words::new(
        format!("\"{text}\" n'est pas une adresse ; écrivez veille@example.org ou Veille <veille@example.org>"),
        format!("\"{text}\" is no address; write veille@example.org or Veille <veille@example.org>"),
    ))
}

/// A bare address; a tag is put between its local part and the @: there must be room for it.
pub(super) fn bounce_address(text: &str) -> Result<EmailAddress, Words> {
    let local = text.trim().split('@').next().unwrap_or_default();
    text.parse().ok().filter(|_| !local.contains('+') && local.len() <= LONGEST_BASE).ok_or_else(|| {
        let shown = sayable(text);
        Words::new(
            format!(
                "\"{shown}\" ne convient pas : une adresse seule, au plus {LONGEST_BASE} caractères et pas de + avant le @, comme rebonds@example.org"
            ),
            format!("\"{shown}\" will not do: a bare address, at most {LONGEST_BASE} characters and no + before the @, like rebonds@example.org"),
        )
    })
}

/// The name under which a relay signs.
pub(super) fn selector(text: &str) -> Result<(), Words> {
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
        return Ok(());
    }
    Err(Words::new("doit être le sélecteur seul, comme \"mail2026\"", "must be the selector alone, like \"mail2026\""))
}

/// A file below the home folder, or anywhere.
pub(super) fn file(text: &str) -> Result<(), Words> {
    if text.ends_with('/') || matches!(text, "." | "..") {
        return Err(Words::new("doit nommer un fichier, comme db/veille.sqlite3", "must name a file, like db/veille.sqlite3"));
    }
    Ok(())
}

/// What `[mail] url` says. What stands before the `@` goes to `login` and is never repeated.
pub(super) fn transport(text: &str, login: &mut Login) -> Result<Transport, Words> {
    (login.url_user, login.url_password) = (None, None);
    if let Some(folder) = text.strip_prefix("file:") {
        return match folder.trim_start_matches("//") {
            "" => Err(Words::new("nommez le dossier : file:outbox", "name the folder: file:outbox")),
            folder => Ok(Transport::Folder(folder.into())),
        };
    }
    let url = Url::parse(text).map_err(|error| {
        Words::new(
            format!("ce n'est pas une adresse ({error}) ; écrivez smtp+starttls://relais.example.org:587 ou file:outbox"),
            format!("this is no address ({error}); write smtp+starttls://relay.example.org:587 or file:outbox"),
        )
    })?;
    let (security, usual_port) = security(url.scheme())?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| {
        Words::new("nommez le serveur : smtp://relais.example.org:25", "name the host: smtp://relay.example.org:25")
    })?;
    if url.port() == Some(0) || !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(Words::new(
            "rien ne suit le port, qui n'est pas 0 : smtp://relais.example.org:25",
            "nothing stands after the port, which is not 0: smtp://relay.example.org:25",
        ));
    }
    login.url_user = Some(url.username()).filter(|user| !user.is_empty()).map(percent_decoded);
    login.url_password = url.password().map(|password| Secret::new(percent_decoded(password)));
    // Read after the file, an address of a variable says who logs in; what is set beside it is read after it.
    login.user = login.user.take().filter(|_| login.url_user.is_none());
    login.password = login.password.take().filter(|_| login.url_password.is_none());
    let host = host.trim_matches(['[', ']']).to_owned();
    Ok(Transport::Smtp(SmtpSettings { host, port: url.port().unwrap_or(usual_port), security, login: None }))
}

fn security(scheme: &str) -> Result<(SmtpSecurity, u16), Words> {
    match scheme {
        "smtp" => Ok((SmtpSecurity::Plain, 25)),
        "smtps" => Ok((SmtpSecurity::Tls, 465)),
        "smtp+starttls" => Ok((SmtpSecurity::StartTls, 587)),
        other => Err(Words::new(
            format!("\"{other}:\" est inconnu ; écrivez smtp:, smtps:, smtp+starttls: ou file:"),
            format!("\"{other}:\" is unknown; use smtp:, smtps:, smtp+starttls: or file:"),
        )),
    }
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("k={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// `[mail] url` as it would be written, its password hidden.
pub(super) fn shown(transport: &Transport) -> String {
    match transport {
        Transport::Folder(folder) => format!("file:{}", folder.display()),
        Transport::Smtp(smtp) => {
            let scheme = match smtp.security {
                SmtpSecurity::Plain => "smtp",
                SmtpSecurity::StartTls => "smtp+starttls",
                SmtpSecurity::Tls => "smtps",
            };
            let login = smtp.login.as_ref().map(|(user, _)| format!("{user}:***@")).unwrap_or_default();
            format!("{scheme}://{login}{}:{}", smtp.host, smtp.port)
        }
    }
}
