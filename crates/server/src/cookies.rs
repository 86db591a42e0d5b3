//! The two cookies of the review page: an anti-forgery secret, and the name last given.
//!
//! Neither says who somebody is.

use crate::app::App;
use axum::http::{HeaderMap, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The anti-forgery secret that a browser sends back with a form.
pub(crate) const FORM_COOKIE: &str = "lakegate-form";

/// The name last given by the decider.
pub(crate) const NAME_COOKIE: &str = "lakegate-name";

/// A form may be sent for this long after its page was opened.
const FORM_SECONDS: u32 = 12 * 60 * 60;

/// A name is kept for this long.
const NAME_SECONDS: u32 = 30 * 24 * 60 * 60;

/// Secrets and names are shorter than this.
const VALUE_BYTES_MAX: usize = 1_024;

/// A cookie's value.
pub(crate) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty() && value.len() <= VALUE_BYTES_MAX)
}

/// The name in its cookie.
pub(crate) fn decider(headers: &HeaderMap) -> Option<String> {
    let value = read(headers, NAME_COOKIE)?;
    Some(percent_decode_str(value).decode_utf8().ok()?.into_owned())
}

/// Sets the anti-forgery secret for the pages under `path`.
pub(crate) fn set_form_secret(app: &App, path: &str, secret: &str) -> Option<HeaderValue> {
    // Strict: no request that another site causes carries it.
    set(
        app,
        format!("{FORM_COOKIE}={secret}; Path={path}; Max-Age={FORM_SECONDS}; SameSite=Strict"),
    )
}

/// Keeps the name for the next page.
pub(crate) fn set_decider(app: &App, name: &str) -> Option<HeaderValue> {
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    set(app, format!("{NAME_COOKIE}={name}; Path=/r/; Max-Age={NAME_SECONDS}; SameSite=Lax"))
}

fn set(app: &App, cookie: String) -> Option<HeaderValue> {
    let secure = if app.secure_cookies() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{cookie}; HttpOnly{secure}")).ok()
}
