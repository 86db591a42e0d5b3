//! What holds for all routes at once.

use crate::lab::{Lab, Request};
use lakegate_server::{Error, ServerOptions, serve};

/// Every path of the server with its method, as the API's description and the pages have them.
fn described() -> Vec<(String, String)> {
    let openapi: serde_json::Value = serde_json::from_str(&lakegate_server::openapi()).unwrap();
    let paths = openapi["paths"].as_object().unwrap();
    let verbs = paths.iter().flat_map(|(path, verbs)| {
        verbs.as_object().unwrap().keys().map(move |verb| (verb.to_uppercase(), path.clone()))
    });
    verbs.collect()
}

async fn lab_with_a_review() -> (Lab, String, String, String) {
    let lab = Lab::new().await;
    lab.land("a.csv", "mail\nrow@larkspur.example\n");
    let run = lab.run().await;
    let object = crate::decisions::held(&lab, &run, "a.csv").await.id.to_string();
    let review = lab.review(&run).await.id.to_string();
    (lab, run.to_string(), review, object)
}

#[test]
fn the_committed_description_is_the_servers() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, lakegate_server::openapi()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    let now = lakegate_server::openapi();
    assert!(committed == now, "docs/openapi.json is old: run this test with UPDATE_OPENAPI=1");
}

#[tokio::test]
async fn no_get_changes_anything() {
    let (lab, run, review, object) = lab_with_a_review().await;
    let link = lab.link(&lakegate_core::ids::RunId::new(&run)).await;
    let story = format!("{link}/objects/{object}");
    let before = lab.audit_rows().await;
    let pages =
        ["/", "/runs/{id}", "/objects/{id}", "/livez", "/readyz", "/metrics", &link, &story];
    let gets = described().into_iter().filter(|(verb, _)| verb == "GET").map(|(_, path)| path);
    let mut seen = 0;
    for path in gets.chain(pages.map(str::to_owned)) {
        let id = if path.contains("review") {
            &review
        } else if path.contains("run") {
            &run
        } else {
            &object
        };
        for method in ["GET", "HEAD"] {
            let answer = lab.api(method, &path.replace("{id}", id), None).await;
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        }
        seen += 1;
    }
    assert!(seen > 12, "{seen}");
    assert_eq!(lab.audit_rows().await, before);
}

#[tokio::test]
async fn the_api_answers_nobody_without_the_token() {
    let (lab, run, _, object) = lab_with_a_review().await;
    let before = lab.audit_rows().await;
    let mut mutating = 0;
    for (method, path) in described() {
        let id = if path.contains("run") { &run } else { &object };
        let path = path.replace("{id}", id);
        mutating += usize::from(method == "POST");
        for authorization in [None, Some("Bearer x"), Some("Basic eDp4"), Some("Bearer ")] {
            let mut request = Request::new(&method, &path).body("{}");
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            let answer = lab.send(request).await;
            assert_eq!(answer.status, 401, "{method} {path} {authorization:?}: {}", answer.body);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        }
        // The token as a password, which a browser would send by itself, is not enough either.
        use base64::Engine;
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("x:{}", lab.bound.token));
        let basic = Request::new(&method, &path).header("authorization", &format!("Basic {pair}"));
        assert_eq!(lab.send(basic).await.status, 401, "{method} {path}");
    }
    assert_eq!(mutating, 5);
    assert_eq!(lab.audit_rows().await, before);
}

#[tokio::test]
async fn a_taken_port_is_said() {
    let lab = Lab::new().await;
    let options = ServerOptions { listen: lab.bound.address, ..ServerOptions::default() };
    let error = serve(lab.gate.clone(), options, std::future::pending()).await.unwrap_err();
    assert!(matches!(error, Error::AddressInUse { .. }), "{error}");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn the_state_file_leads_to_the_server_and_goes_with_it() {
    let mut lab = Lab::new().await;
    let state = lakegate_server::ServerState::read(lab.dir.path()).unwrap().unwrap();
    assert_eq!(
        (state.url.as_str(), state.token.as_str()),
        (lab.bound.url.as_str(), lab.bound.token.as_str())
    );
    assert!(!format!("{state:?}").contains(&state.token));
    lab.stop().await;
    let gone = async {
        while lakegate_server::ServerState::read(lab.dir.path()).unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), gone).await.unwrap();
}
