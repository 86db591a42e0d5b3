//! The JSON API.

use crate::decisions::held;
use crate::lab::{Lab, Request};
use lakegate_detect::custom::CustomIdentifier;
use serde_json::json;

#[tokio::test]
async fn a_run_is_begun_waited_for_and_told_of() {
    let mut lab = Lab::new().await;
    lab.drive();
    lab.land("a.csv", "id,mail\n1,row@larkspur.example\n");
    lab.land("clean.csv", "load\n0.4\n");
    let begun =
        lab.api("POST", "/api/v1/runs", Some(json!({"flow": "orders", "wait": "routed"}))).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    let run = begun.json();
    assert_eq!(
        run["objects"],
        json!({"claimed": 2, "released": 1, "held": 1, "denied": 0, "failed": 0})
    );
    assert_eq!((&run["phase"], &run["routed"]), (&json!("reviewing"), &json!(true)));
    assert_eq!(run["verdicts"], json!({"CLEAN": 1, "FINDINGS": 1}));
    let id = run["run"].as_str().unwrap();
    assert_eq!(lab.api("GET", &format!("/api/v1/runs/{id}"), None).await.json(), run);
    assert_eq!(lab.api("GET", "/api/v1/runs?flow=orders", None).await.json()["runs"][0], run);

    let reviews = lab.api("GET", "/api/v1/reviews?open=true", None).await.json();
    let review = &reviews["reviews"][0];
    assert_eq!((&review["review"], &review["waiting"]), (&run["review"], &json!(1)));
    let link = review["link"].as_str().unwrap().strip_prefix("https://gate.example").unwrap();
    assert_eq!(lab.get(link).await.status, 200);

    let held =
        lab.api("GET", "/api/v1/objects?state=held,expired&verdict=FINDINGS", None).await.json();
    let object = &held["objects"][0];
    assert_eq!(
        (&object["key"], &object["detections"][0]["type"]),
        (&json!("a.csv"), &json!("EMAIL_ADDRESS"))
    );
    let story = lab
        .api("GET", &format!("/api/v1/objects/{}", object["object"].as_str().unwrap()), None)
        .await;
    let story = story.json();
    assert_eq!(story["detections"][0]["samples"][0]["location"]["columnName"], json!("mail"));
    assert!(story["timeline"].as_array().unwrap().len() >= 4, "{story}");

    let decided =
        json!({"objects": ["a.csv"], "kind": "deny", "reason": "not ours", "actor": "cli:mira"});
    let answer = lab.api("POST", "/api/v1/decisions", Some(decided)).await.json();
    assert_eq!((&answer["recorded"], &answer["refused"]), (&json!(1), &json!(0)));
    let closed = lab.api("GET", &format!("/api/v1/runs/{id}?wait=closed"), None).await.json();
    assert_eq!(closed["objects"]["denied"], json!(1));

    let object = object["object"].as_str().unwrap();
    let restored =
        lab.api("POST", &format!("/api/v1/objects/{object}/restore"), Some(json!({}))).await;
    assert_eq!(
        (restored.status, restored.json()["zone"].clone()),
        (200, json!("raw")),
        "{}",
        restored.body
    );
    assert!(lab.path("raw", "a.csv").exists());
    let again = lab.api("POST", &format!("/api/v1/objects/{object}/restore"), None).await;
    assert_eq!((again.status, again.json()["code"].clone()), (422, json!("GATE_REFUSED")));
}

#[tokio::test]
async fn decisions_are_judged_one_by_one_and_a_repeated_request_is_answered_the_same() {
    let lab = Lab::new().await;
    for key in ["a.csv", "b.csv"] {
        lab.land(key, "mail\nrow@larkspur.example\n");
    }
    let run = lab.run().await;
    let a = held(&lab, &run, "a.csv").await.id.to_string();
    let body = json!({"objects": [a, "b.csv"], "kind": "approve", "reason": "test data"});
    let request = || {
        Request::new("POST", "/api/v1/decisions")
            .header("authorization", &format!("Bearer {}", lab.bound.token))
            .header("idempotency-key", "one")
            .body(body.to_string())
    };
    let first = lab.send(request()).await.json();
    assert_eq!(first["recorded"], json!(2));
    let rows = lab.audit_rows().await;
    assert_eq!(lab.send(request()).await.json(), first);
    assert_eq!(lab.audit_rows().await, rows);
    let second = lab.api("POST", "/api/v1/decisions", Some(body)).await.json();
    assert_eq!(
        (&second["recorded"], &second["objects"][0]["result"]),
        (&json!(0), &json!("already_decided"))
    );
}

#[tokio::test]
async fn what_can_not_be_done_is_a_problem() {
    let lab = Lab::new().await;
    lab.land("a.csv", "mail\nrow@larkspur.example\n");
    let run = lab.run().await;
    let decide = |body| ("POST", "/api/v1/decisions", Some(body));
    for ((method, path, body), status, code) in [
        (("GET", "/api/v1/runs/run-x", None), 404, "GATE_NO_SUCH_RUN"),
        (("GET", "/api/v1/reviews/rev-x", None), 404, "GATE_NO_SUCH_OBJECT"),
        (("GET", "/api/v1/objects/obj-x", None), 404, "GATE_NO_SUCH_OBJECT"),
        (("GET", "/api/v1/objects?stat=held", None), 400, "BAD_REQUEST"),
        (("GET", "/api/v1/objects?state=heldd", None), 400, "BAD_REQUEST"),
        (("GET", "/api/v1/runs?limit=many", None), 400, "BAD_REQUEST"),
        (("POST", "/api/v1/runs", Some(json!({"flow": "nosuch"}))), 404, "GATE_NO_SUCH_FLOW"),
        (("POST", "/api/v1/runs", Some(json!({"flwo": "orders"}))), 400, "BAD_REQUEST"),
        (
            decide(json!({"objects": ["a.csv"], "kind": "approve", "reason": " "})),
            422,
            "GATE_REFUSED",
        ),
        (
            decide(json!({"objects": ["a.csv"], "kind": "redact", "reason": "x"})),
            422,
            "GATE_REFUSED",
        ),
        (
            decide(json!({"objects": ["a.csv"], "kind": "release", "reason": "x"})),
            400,
            "BAD_REQUEST",
        ),
        (
            decide(json!({"objects": ["z.csv"], "kind": "deny", "reason": "x"})),
            404,
            "GATE_NO_SUCH_OBJECT",
        ),
        (decide(json!({"kind": "deny", "reason": "x"})), 400, "BAD_REQUEST"),
        (
            decide(json!({"run": run.as_str(), "objects": ["a"], "kind": "deny", "reason": "x"})),
            400,
            "BAD_REQUEST",
        ),
    ] {
        let answer = lab.api(method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        let problem = answer.json();
        assert_eq!(
            (&problem["code"], &problem["status"]),
            (&json!(code), &json!(status)),
            "{path}"
        );
        assert!(!problem["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn spans_are_in_code_points() {
    let lab = Lab::new().await;
    let text = "né 🙂 ana@larkspur.example";
    let answer = lab
        .api("POST", "/api/v1/detect", Some(json!({"texts": [{"id": "1", "text": text}]})))
        .await;
    let spans = answer.json()["results"][0]["spans"].clone();
    assert_eq!((&spans[0]["start"], &spans[0]["end"]), (&json!(5), &json!(25)), "{}", answer.body);
    assert_eq!(spans[0]["type"], json!("EMAIL_ADDRESS"));
    let lines =
        format!("{}\n\n{}\n", json!({"id": 7, "text": text}), json!({"id": 8, "text": "none"}));
    let request = Request::new("POST", "/api/v1/detect")
        .header("authorization", &format!("Bearer {}", lab.bound.token))
        .header("content-type", "application/jsonl")
        .body(lines);
    let answer = lab.send(request).await;
    let lines: Vec<serde_json::Value> =
        answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["id"], &lines[0]["spans"]), (&json!(7), &spans));
    assert_eq!(lines[1], json!({"id": 8, "spans": []}));
}

#[tokio::test]
async fn a_text_on_which_an_identifier_was_given_up_says_so() {
    let lab = Lab::detecting(CustomIdentifier::new("HOSTILE", r"a[^!]*!")).await;
    // The match is longer than any may be, and there is one at every letter.
    let hostile = format!("{}!", "a".repeat(3_000)).repeat(300);
    let texts = json!([{"id": 1, "text": hostile}, {"id": 2, "text": "aha! so"}]);
    let answer = lab.api("POST", "/api/v1/detect", Some(json!({ "texts": texts }))).await;
    assert_eq!(answer.status, 200);
    let results = answer.json()["results"].clone();
    let gap = &results[0]["gaps"][0];
    assert_eq!(
        (&gap["type"], &gap["code"]),
        (&json!("HOSTILE"), &json!("CUSTOM_IDENTIFIER_GIVEN_UP"))
    );
    assert!(gap["detail"].as_str().unwrap().contains("too many steps"));
    assert_eq!((&results[1]["spans"][0]["end"], results[1].get("gaps")), (&json!(4), None));
}

#[tokio::test]
async fn archived_findings_are_told_and_narrowed_to() {
    let lab = Lab::archiving("key.startsWith('test/')").await;
    for key in ["test/a.csv", "real/b.csv"] {
        lab.land(key, "mail\nrow@larkspur.example\n");
    }
    lab.land("test/clean.csv", "load\n0.4\n");
    let run = lab.run().await;
    let keys = async |query: &str| {
        let page = lab.api("GET", &format!("/api/v1/objects{query}"), None).await.json();
        let objects = page["objects"].as_array().unwrap().clone();
        let key = |object: serde_json::Value| object["key"].as_str().unwrap().to_owned();
        objects.into_iter().map(key).collect::<Vec<_>>()
    };
    assert_eq!(keys("?archived=true").await, ["test/a.csv"]);
    assert_eq!(keys("?archived=false&verdict=FINDINGS").await, ["real/b.csv"]);
    assert_eq!(keys("").await.len(), 3);
    let refused = lab.api("GET", "/api/v1/objects?archived=maybe", None).await;
    assert_eq!(refused.status, 400);

    let id = held(&lab, &run, "test/a.csv").await.id;
    let story = lab.api("GET", &format!("/api/v1/objects/{id}"), None).await.json();
    assert_eq!((&story["archived"], &story["archived_by"]), (&json!(true), &json!("tests")));
    assert_eq!((&story["state"], &story["action"]), (&json!("held"), &json!("hold")));
    let told = story["timeline"].as_array().unwrap().iter();
    let scanned = told.clone().find(|step| step["action"] == "passage.scanned").unwrap();
    assert_eq!(scanned["detail"]["inspection"]["archived_by"], "tests");
    let reviews = lab.api("GET", "/api/v1/reviews", None).await.json();
    let review = &reviews["reviews"][0];
    assert_eq!((&review["waiting"], &review["archived"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn operators_see_stores_differences_audit_and_figures() {
    let lab = Lab::new().await;
    lab.land("a.csv", "mail\nrow@larkspur.example\n");
    let run = lab.run().await;
    let doctor = lab.api("GET", "/api/v1/doctor", None).await.json();
    assert_eq!((&doctor["usable"], doctor["zones"].as_array().unwrap().len()), (&json!(true), 4));
    std::fs::remove_file(lab.path("manual-review", &format!("{run}/a.csv"))).unwrap();
    let report = lab.api("POST", "/api/v1/reconcile", Some(json!({}))).await.json();
    assert_eq!(report["flows"]["orders"]["differences"][0]["kind"], json!("missing"), "{report}");
    let audit = lab.api("GET", "/api/v1/audit?limit=2", None).await.json();
    assert_eq!((&audit["rows"][0]["action"], &audit["next"]), (&json!("run.begun"), &json!(2)));
    let verdict = lab.api("GET", "/api/v1/audit/verify", None).await.json();
    assert_eq!(verdict["whole"], json!(true));
    let metrics = lab.get("/metrics").await.body;
    for line in [
        "lakegate_objects_total{state=\"held\",verdict=\"FINDINGS\"} 1",
        "lakegate_reviews_open 1",
        "lakegate_outbox_waiting 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(!metrics.contains("a.csv"));
    assert_eq!(lab.get("/livez").await.body, "ok\n");
    let ready = lab.get("/readyz").await;
    assert_eq!(ready.status, 200, "{}", ready.body);
    std::fs::remove_dir_all(lab.path("raw", "")).unwrap();
    assert_eq!(lab.get("/readyz").await.status, 503);
}
