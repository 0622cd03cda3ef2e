//! User and password of the relay: they may stand in `[mail] url`, or be settings of their own. Half a login is a mistake, two in
//! one place are another.

use super::Draft;
use crate::{
    config::{
        Mistake,
        mistake::{Kind, Notes},
    },
    domain::localised::Words,
    settings::{Secret, Transport},
};

/// What was given, wherever.
#[derive(Default)]
pub(super) struct Login {
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) url_user: Option<String>,
    pub(super) url_password: Option<Secret>,
}

/// Tells a file that names user or password both in the address and beside it: nobody can know which is meant. Called when only
/// the file has been read: a variable that overlays a part of the file means what it says.
pub(super) fn in_one_place(draft: &mut Draft, notes: &Notes<'_>) {
    let login = &draft.login;
    for (key, twice) in [
        ("user", login.user.is_some() && login.url_user.is_some()),
        ("password", login.password.is_some() && login.url_password.is_some()),
    ] {
        if twice && let Some(at) = draft.place("mail", key).and_then(|place| place.at) {
            notes.add(
                at,
                Kind::Wrong,
                Words::new(
                    format!("{key} : l'adresse « url » en contient déjà un ; gardez l'un des deux"),
                    format!("{key}: the address in \"url\" holds one already; keep one of the two"),
                ),
            );
        }
    }
}

/// Gives the login to the transport.
pub(super) fn complete(draft: &mut Draft, mistakes: &mut Vec<Mistake>) {
    let Login { user, password, url_user, url_password } = std::mem::take(&mut draft.login);
    let place = |key: &'static str| {
        let place = draft.place("mail", key).or_else(|| draft.place("mail", "url"));
        place.map(|place| place.name.clone()).unwrap_or_default()
    };
    let login = match (user.or(url_user), password.or(url_password)) {
        (None, None) => return,
        (Some(user), Some(password)) => Ok((user, password)),
        (Some(_), None) => Err(Mistake {
            place: place("user"),
            problem: Words::new(
                "user : il manque le mot de passe ; donnez-le par VEILLE_MAIL_PASSWORD_FILE, ou ôtez user",
                "user: the password is missing; give it by VEILLE_MAIL_PASSWORD_FILE, or remove user",
            ),
        }),
        (None, Some(_)) => Err(Mistake {
            place: place("password"),
            problem: Words::new(
                "password : il manque l'utilisateur ; donnez [mail] user ou VEILLE_MAIL_USER",
                "password: the user is missing; give [mail] user or VEILLE_MAIL_USER",
            ),
        }),
    };
    // A folder asks for no login: one that waits for its relay does no harm.
    let Transport::Smtp(smtp) = &mut draft.settings.mail.transport else { return };
    match login {
        Ok(login) => smtp.login = Some(login),
        Err(mistake) => mistakes.push(mistake),
    }
}
