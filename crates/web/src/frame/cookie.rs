//! The few cookies there are: the session, what stands in for it before signing in, language,
//! theme, and a notice carried over a redirect.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::App;

/// Language of the interface, chosen with the switch.
pub const LANGUAGE: &str = "xs_lang";
/// Theme, chosen with the switch; the page's script writes it as well.
pub const THEME: &str = "xs_theme";
/// A notice carried over one redirect.
pub const NOTICE: &str = "xs_notice";

/// The session's cookie. Over https its name begins with `__Host-`, so that no other host of the
/// domain can plant one.
pub fn session_name(app: &App) -> &'static str {
    if app.secure() { "__Host-xs_session" } else { "xs_session" }
}

/// What stands in for the session before signing in, so that the sign-in form cannot be forged.
pub fn visit_name(app: &App) -> &'static str {
    if app.secure() { "__Host-xs_visit" } else { "xs_visit" }
}

/// The value of a cookie the browser sent.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// How long a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Until the browser is closed.
    Visit,
    /// For a year.
    Year,
    /// Not at all: it is to be forgotten.
    Forget,
}

/// A `Set-Cookie` line. No cookie but the theme is readable by scripts, and none is sent along
/// with a form or picture on another site.
pub fn line(app: &App, name: &str, value: &str, keep: Keep) -> HeaderValue {
    let age = match keep {
        Keep::Visit => "",
        Keep::Year => "; Max-Age=31536000",
        Keep::Forget => "; Max-Age=0",
    };
    let script = if name == THEME { "" } else { "; HttpOnly" };
    let secure = if app.secure() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; SameSite=Lax{script}{secure}{age}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("not_xs_lang=1; xs_lang=en; xs_theme=dark"));
        assert_eq!(read(&headers, LANGUAGE), Some("en"));
        assert_eq!(read(&headers, "lang"), None);
    }
}
