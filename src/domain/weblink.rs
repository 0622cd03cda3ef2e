//! Addresses that may stand in what we publish.

use url::Url;

/// Longest address that fits one line of a mail (RFC 5322, 2.1.1) with room for its mark-up.
const MAX_LENGTH: usize = 900;

/// The address in ASCII if following it can do no more than open a page: http or https, with a host, without a password.
pub fn page(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    let text = String::from(url);
    (is_plain && text.len() <= MAX_LENGTH).then_some(text)
}

/// The same, or a `mailto:` without line breaks.
pub fn link(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    if url.scheme() == "mailto" && url.path().contains('@') && !url.as_str().to_ascii_lowercase().contains("%0") {
        return Some(String::from(url));
    }
    page(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_through_pages_and_mail_only() {
        for good in ["https://a.example/x?y=1", "http://a.example/"] {
            assert_eq!(page(good).as_deref(), Some(good));
        }
        assert_eq!(page("https://é.example/à b").as_deref(), Some("https://xn--9ca.example/%C3%A0%20b"));
        assert_eq!(link("mailto:a@b.example?subject=x").as_deref(), Some("mailto:a@b.example?subject=x"));
        for bad in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://a.example",
            "//a.example",
            "/x",
            "",
            "https://user:pass@a.example/",
            "mailto:a@b.example?subject=x%0D%0ABcc:c@d.example",
            "mailto:",
        ] {
            assert_eq!(link(bad), None, "{bad}");
        }
        assert_eq!(page(&format!("https://a.example/{}", "x".repeat(1000))), None);
    }
}
