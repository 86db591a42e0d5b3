//! The JSON API under `/api/v1`. Every answer that is no success is a [`Problem`](crate::Problem).

pub(crate) mod audit;
pub(crate) mod decisions;
pub(crate) mod detect;
pub(crate) mod objects;
pub(crate) mod operations;
pub(crate) mod reviews;
pub(crate) mod runs;

use crate::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// What every handler answers.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// A body as JSON; an empty one is an empty object.
pub(crate) fn body<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    let bytes: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::bad_request(format!("the body is not what is expected: {error}")))
}

/// The parameters of a query, in their order.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query. A name that is not one of `known` is refused, so that a mistyped filter is
    /// never taken for none.
    pub(crate) fn read(query: Option<String>, known: &[&str]) -> Result<Self, Problem> {
        let query = query.unwrap_or_default();
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        match pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(Problem::bad_request(format!(
                "there is no parameter `{name}`; there are {}",
                known.join(", ")
            ))),
            None => Ok(Self(pairs)),
        }
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All values of a name, each parsed; values may stand together with commas between them.
    pub(crate) fn all<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Problem> {
        let named = self.0.iter().filter(|(n, _)| n == name);
        named
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .map(|value| parse(value).ok_or_else(|| unusable(name, value)))
            .collect()
    }

    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        self.one(name).map(|v| v.parse().map_err(|_| unusable(name, v))).transpose()
    }
}

fn unusable(name: &str, value: &str) -> Problem {
    Problem::bad_request(format!("`{value}` is no value for the parameter `{name}`"))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lakegate",
        description = "A gate in front of a data lake: runs, reviews, decisions.",
        license(name = "Apache-2.0 OR MIT")
    ),
    paths(
        runs::list,
        runs::begin,
        runs::show,
        reviews::list,
        reviews::show,
        objects::list,
        objects::show,
        objects::restore,
        decisions::decide,
        operations::reconcile,
        operations::doctor,
        detect::detect,
        audit::list,
        audit::verify,
    ),
    components(schemas(Problem)),
    security(("admin_token" = [])),
    modifiers(&AdminToken)
)]
struct Api;

struct AdminToken;

impl Modify for AdminToken {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("admin_token", SecurityScheme::Http(scheme));
    }
}

/// The description of the API in OpenAPI 3.1, as JSON with a line end.
pub fn openapi() -> String {
    let mut text = Api::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /api/v1/openapi.json`.
pub(crate) async fn openapi_json() -> Response {
    Json(Api::openapi()).into_response()
}
