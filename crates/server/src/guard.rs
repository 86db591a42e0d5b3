//! Who may come in, and what every answer carries.

use crate::app::App;
use crate::pages;
use crate::problem::Problem;
use crate::routes::Permission;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use std::time::Duration;

/// A request is answered within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// The pages load nothing from elsewhere, run no script but ours, and stand in no frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For every answer: no sniffing, no frames, no index, and no address of a page given away, since
/// the address of a review's page opens it.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds the headers, and ends what takes too long.
pub(crate) async fn every_answer(request: Request, next: Next) -> Response {
    let mut response = match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "TIME_OUT",
            "the request took too long and was given up",
        )
        .into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Lets in who has the admin token. A browser never sends it by itself, so no other site can.
pub(crate) async fn api(
    State((app, permission)): State<(App, Permission)>,
    request: Request,
    next: Next,
) -> Response {
    match bearer(request.headers()) {
        Some(token) if app.is_token(token) => next.run(request).await,
        _ => {
            let message = format!("this needs the permission `{}`", permission.as_str());
            let problem = Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message)
                .hint("send the admin token of the server's state file as `Authorization: Bearer`");
            let mut response = problem.into_response();
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            response
        }
    }
}

/// Headers by which a proxy says for whom it asks. Behind one, a loopback address says nothing of
/// where somebody is.
const FORWARDING: [&str; 5] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Lets in whoever is on this machine and calls the server by a name of this machine, and who has the
/// admin token, which a browser asks for as a password.
pub(crate) async fn overview(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let forwarded = FORWARDING.iter().any(|name| headers.contains_key(*name));
    let named = host(headers);
    let foreign = !named.is_some_and(|host| app.is_own_host(host));
    let here = !forwarded && named.is_some_and(|host| app.is_local_host(host));
    let known = bearer(headers).is_some_and(|token| app.is_token(token))
        || password(headers).is_some_and(|token| app.is_token(&token));
    if known || (app.is_local() && here) {
        return next.run(request).await;
    }
    if app.is_local() && foreign {
        return pages::refused(StatusCode::MISDIRECTED_REQUEST, "Unknown address");
    }
    let mut response = pages::refused(StatusCode::UNAUTHORIZED, "The admin token is needed");
    let challenge = HeaderValue::from_static("Basic realm=\"Lakegate: any name, the admin token\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// Whether a form comes from a page of ours, as far as the browser tells.
///
/// Our pages have no referrer, and so the browser sends `Origin: null` with their forms. Then it
/// must say by `Sec-Fetch-Site` that the form is ours. A browser that says nothing at all is left to
/// the form's token.
pub(crate) fn is_own_form(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let own_site = site.is_none_or(|site| site == "same-origin");
    let own_origin = match text(header::ORIGIN) {
        None => true,
        Some("null") => site == Some("same-origin"),
        Some(origin) => origin.split_once("://").is_some_and(|(_, origin)| {
            host(headers).is_some_and(|host| host.eq_ignore_ascii_case(origin))
                || app.is_own_host(origin)
        }),
    };
    own_site && own_origin
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

fn credentials<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (found, rest) = value.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials(headers, "bearer")
}

fn password(headers: &HeaderMap) -> Option<String> {
    let encoded = credentials(headers, "basic")?;
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let (_, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some(password.to_owned())
}
