//! The pages. Each is made on the server and works without script.
//!
//! Whatever comes from outside goes through [`words::visible`] or is escaped by the template.

pub(crate) mod card;
pub(crate) mod decide;
pub(crate) mod filter;
pub(crate) mod home;
pub(crate) mod object;
pub(crate) mod panel;
pub(crate) mod review;
pub(crate) mod run;
pub(crate) mod words;

use crate::assets;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// A page: its title, whether the script is loaded, the way to it, and what is on it.
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) with_script: bool,
    /// Where the page stands, as text and link, from the outermost in.
    pub(crate) trail: Vec<(String, Option<String>)>,
    pub(crate) body: Markup,
}

impl Page {
    pub(crate) fn plain(title: impl Into<String>, body: Markup) -> Self {
        Self { title: title.into(), with_script: false, trail: Vec::new(), body }
    }

    pub(crate) fn render(self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · Lakegate" }
                    link rel="icon" type="image/svg+xml" href=(assets::ICON.path);
                    link rel="stylesheet" href=(assets::STYLE.path);
                    @if self.with_script {
                        script defer src=(assets::SCRIPT.path) {}
                    }
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    header.top {
                        div.wide {
                            span.brand {
                                img src=(assets::ICON.path) alt="" width="22" height="22";
                                "Lakegate"
                            }
                            @if !self.trail.is_empty() {
                                nav aria-label="Where you are" {
                                    ol.trail {
                                        @for (text, link) in &self.trail {
                                            li {
                                                @match link {
                                                    Some(link) => { a href=(link) { (text) } },
                                                    None => { span aria-current="page" { (text) } },
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                    main #main.wide { (self.body) }
                }
            }
        }
    }

    pub(crate) fn answer(self, status: StatusCode) -> Response {
        (status, Html(self.render().into_string())).into_response()
    }
}

/// A page that says only one thing.
pub(crate) fn message(status: StatusCode, title: &str, text: Markup) -> Response {
    let body = html! {
        section.message {
            h1 { (title) }
            (text)
        }
    };
    Page::plain(title, body).answer(status)
}

/// For whoever may not see the overview.
pub(crate) fn refused(status: StatusCode, title: &str) -> Response {
    message(
        status,
        title,
        html! {
            p { "This overview is for whoever runs the server." }
            p.muted {
                "It opens at the server's own address on the machine where it runs, or with the admin \
                 token from its state file as the password. To decide on held objects, use the link in \
                 the notification."
            }
        },
    )
}

/// For an address that leads nowhere.
pub(crate) async fn not_found() -> Response {
    message(
        StatusCode::NOT_FOUND,
        "There is nothing here",
        html! {
            p { "The address leads to no page. If it came in a message, it may have been cut off: copy \
                 the whole of it." }
        },
    )
}

/// For a link that opens nothing.
pub(crate) fn invalid_link() -> Response {
    message(
        StatusCode::NOT_FOUND,
        "This link is not valid",
        html! {
            p { "It may have been cut off or changed on its way. Copy the whole link from the message." }
            p.muted { "Nothing was changed, and nothing was decided." }
        },
    )
}

/// For a link whose time is over.
pub(crate) fn expired_link() -> Response {
    message(
        StatusCode::GONE,
        "This link has expired",
        html! {
            p { "Links to a review open it for a limited time only. What is held stays held." }
            p { "Every reminder brings a new link, and an operator finds one with "
                code { "lakegate reviews list" } "." }
            p.muted { "Nothing was changed, and nothing was decided." }
        },
    )
}

/// For what went wrong with us.
pub(crate) fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(error = crate::problem::chain(error), "page not made");
    message(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong here",
        html! {
            p { "The page could not be made. Nothing was changed, and nothing is released while \
                 something is wrong." }
            p.muted { "Try again in a moment. If it stays so, an operator finds the reason in the \
                       server's log." }
        },
    )
}
