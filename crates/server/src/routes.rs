//! Every route with what it takes to use it: the only place where routes are made.

use crate::app::App;
use crate::{api, assets, guard, health, metrics, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodFilter, MethodRouter, on};

/// What somebody may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Look at runs, reviews, objects and the audit.
    Read,
    /// Decide on held objects.
    Decide,
    /// Begin a run.
    Run,
    /// Take denied objects out of the trash.
    Restore,
    /// Mend differences between ledger and buckets.
    Reconcile,
    /// Have texts inspected.
    Detect,
}

impl Permission {
    /// The permission's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Permission::Read => "read",
            Permission::Decide => "decide",
            Permission::Run => "run",
            Permission::Restore => "restore",
            Permission::Reconcile => "reconcile",
            Permission::Detect => "detect",
        }
    }
}

/// How somebody shows that a route is open to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Not at all: it tells nothing of any object.
    Open,
    /// By being on this machine, or by the admin token.
    Overview,
    /// By a review's signed link, which gives this permission for that review.
    Link(Permission),
    /// By the admin token.
    Token(Permission),
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Looks, and changes nothing.
    Get,
    /// Changes something.
    Post,
}

/// One route.
pub(crate) struct Route {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    handler: fn(MethodFilter) -> MethodRouter<App>,
}

/// The largest body that is read, but for [`DETECT_BYTES_MAX`].
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The largest body for the span service.
const DETECT_BYTES_MAX: usize = 32 * 1024 * 1024;

const fn get(
    path: &'static str,
    access: Access,
    handler: fn(MethodFilter) -> MethodRouter<App>,
) -> Route {
    Route { verb: Verb::Get, path, access, handler }
}

const fn post(
    path: &'static str,
    access: Access,
    handler: fn(MethodFilter) -> MethodRouter<App>,
) -> Route {
    Route { verb: Verb::Post, path, access, handler }
}

const READ: Access = Access::Token(Permission::Read);

/// All routes.
pub(crate) const ROUTES: &[Route] = &[
    get("/", Access::Overview, |m| on(m, pages::home::show)),
    get("/runs/{id}", Access::Overview, |m| on(m, pages::run::show)),
    get("/objects/{id}", Access::Overview, |m| on(m, pages::object::show)),
    get("/r/{token}", Access::Link(Permission::Read), |m| on(m, pages::review::show)),
    get("/r/{token}/objects/{id}", Access::Link(Permission::Read), |m| {
        on(m, pages::object::show_by_link)
    }),
    post("/r/{token}/decisions", Access::Link(Permission::Decide), |m| {
        on(m, pages::decide::decide)
    }),
    get("/assets/{name}", Access::Open, |m| on(m, assets::get)),
    get("/livez", Access::Open, |m| on(m, health::livez)),
    get("/readyz", Access::Open, |m| on(m, health::readyz)),
    get("/metrics", Access::Open, |m| on(m, metrics::get)),
    get("/api/v1/openapi.json", Access::Open, |m| on(m, api::openapi_json)),
    get("/api/v1/runs", READ, |m| on(m, api::runs::list)),
    post("/api/v1/runs", Access::Token(Permission::Run), |m| on(m, api::runs::begin)),
    get("/api/v1/runs/{id}", READ, |m| on(m, api::runs::show)),
    get("/api/v1/reviews", READ, |m| on(m, api::reviews::list)),
    get("/api/v1/reviews/{id}", READ, |m| on(m, api::reviews::show)),
    get("/api/v1/objects", READ, |m| on(m, api::objects::list)),
    get("/api/v1/objects/{id}", READ, |m| on(m, api::objects::show)),
    post("/api/v1/objects/{id}/restore", Access::Token(Permission::Restore), |m| {
        on(m, api::objects::restore)
    }),
    post("/api/v1/decisions", Access::Token(Permission::Decide), |m| on(m, api::decisions::decide)),
    post("/api/v1/reconcile", Access::Token(Permission::Reconcile), |m| {
        on(m, api::operations::reconcile)
    }),
    get("/api/v1/doctor", READ, |m| on(m, api::operations::doctor)),
    post("/api/v1/detect", Access::Token(Permission::Detect), |m| {
        on(m, api::detect::detect).layer(DefaultBodyLimit::max(DETECT_BYTES_MAX))
    }),
    get("/api/v1/audit", READ, |m| on(m, api::audit::list)),
    get("/api/v1/audit/verify", READ, |m| on(m, api::audit::verify)),
];

/// The router over all routes.
pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let filter = match route.verb {
            Verb::Get => MethodFilter::GET,
            Verb::Post => MethodFilter::POST,
        };
        let handler = (route.handler)(filter);
        let guarded = match route.access {
            // A link's token is the handler's to open: it says which review it is for.
            Access::Open | Access::Link(_) => handler,
            Access::Overview => {
                handler.route_layer(from_fn_with_state(app.clone(), guard::overview))
            }
            Access::Token(permission) => {
                handler.route_layer(from_fn_with_state((app.clone(), permission), guard::api))
            }
        };
        router = router.route(route.path, guarded);
    }
    router
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(guard::every_answer))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_changes_something_names_a_permission_to_change() {
        for route in ROUTES {
            let permission = match route.access {
                Access::Link(permission) | Access::Token(permission) => Some(permission),
                Access::Open | Access::Overview => None,
            };
            let path = route.path;
            match route.verb {
                Verb::Post => assert!(
                    permission.is_some_and(|p| p != Permission::Read),
                    "POST {path} names no permission to change anything"
                ),
                Verb::Get => assert!(
                    permission.is_none_or(|p| p == Permission::Read),
                    "GET {path} names a permission to change something"
                ),
            }
        }
    }
}
