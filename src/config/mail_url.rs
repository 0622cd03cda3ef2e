//! `[mail] url`, read and shown.

use crate::settings::{Secret, SmtpSecurity, SmtpSettings, Transport};
use url::Url;

/// Reads it; the error says how to write it.
pub(super) fn transport(text: &str) -> Result<Transport, String> {
    if let Some(folder) = text.strip_prefix("file:") {
        return if folder.is_empty() {
            Err("name the folder: file:outbox".to_owned())
        } else {
            Ok(Transport::Folder(folder.trim_start_matches("//").into()))
        };
    }
    let url = Url::parse(text).map_err(|error| {
        format!(
            "\"{}\" is no address ({error}); write smtp+starttls://host:587 or file:outbox",
            text.split('@').next_back().unwrap_or("")
        )
    })?;
    let (security, default_port) = match url.scheme() {
        "smtp" => (SmtpSecurity::Plain, 25),
        "smtps" => (SmtpSecurity::Tls, 465),
        "smtp+starttls" => (SmtpSecurity::StartTls, 587),
        other => return Err(format!("\"{other}:\" is unknown; use smtp:, smtps:, smtp+starttls: or file:")),
    };
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or("name the host: smtp://host:25")?
        .trim_matches(['[', ']'])
        .to_owned();
    let login = url.password().map(|password| (percent_decoded(url.username()), Secret::new(percent_decoded(password))));
    Ok(Transport::Smtp(SmtpSettings { host, port: url.port().unwrap_or(default_port), security, login }))
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("k={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// As it would be written, the password hidden.
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
