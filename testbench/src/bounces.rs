//! Messages that come back, in the shapes that servers give them. `{to}` stands for the address that they come back to, `{email}` for
//! the reader to whom the message had gone. Written for this after RFC 3464, 5965, 6533, 3834 and what the servers named write.

macro_rules! shapes {
    ($($name:ident: $says:literal,)*) => {
        /// Every shape: its name, what a reader must make of it (as `veille bounces read --json` names it), and its text.
        pub const SHAPES: &[(&str, &str, &str)] = &[$((stringify!($name), $says, include_str!(concat!("../bounces/", stringify!($name), ".eml"))),)*];
    };
}

shapes! {
    postfix_unknown: "address",
    postfix_full: "mailbox",
    postfix_full_later: "mailbox",
    postfix_no_domain: "address",
    postfix_expired: "mailbox",
    postfix_delayed: "delayed",
    postfix_delivered: "delivered",
    gmail_unauthenticated: "sender",
    outlook_bulk: "sender",
    policy_later: "failed",
    exchange_unknown: "address",
    exchange_fr: "mailbox",
    vague_status: "address",
    vague_words: "address",
    vague_full_fr: "mailbox",
    no_action: "address",
    no_status: "address",
    lower_case_no_empty_line: "address",
    utf8: "address",
    base64: "address",
    quoted_printable: "address",
    several_ours_arrived: "delivered",
    several_ours_failed: "address",
    alias_one_arrived: "delivered",
    alias_all_failed: "mailbox",
    complaint: "complaint",
    complaint_by_return_path: "complaint",
    complaint_to_the_tag: "complaint",
    qmail_unknown: "address",
    qmail_full: "mailbox",
    exim_unknown: "address",
    exim_delayed: "delayed",
    sendmail_delayed: "delayed",
    gmail_unknown: "address",
    laposte_unknown: "address",
    orange_full: "mailbox",
    exchange_html_fr: "address",
    exchange_delayed_fr: "delayed",
    plain_policy: "sender",
    plain_without_words: "mailbox",
    loop: "nothing",
    loop_headers: "nothing",
    receipt: "nothing",
    not_spam: "nothing",
    auth_failure: "nothing",
    absence_fr: "nothing",
    absence_en_by_subject: "nothing",
    absence_by_nobody: "nothing",
    a_person: "nothing",
}

/// The text of a shape, addressed; with the line ends that mail has.
///
/// # Panics
///
/// If there is no such shape.
#[must_use]
pub fn shape(name: &str, to: &str, email: &str) -> Vec<u8> {
    let (_, _, text) = SHAPES.iter().find(|(known, ..)| *known == name).unwrap();
    addressed(text, to, email)
}

/// Fills in the places of a shape's text.
#[must_use]
pub fn addressed(text: &str, to: &str, email: &str) -> Vec<u8> {
    text.replace("{to}", to).replace("{email}", email).replace('\n', "\r\n").into_bytes()
}
