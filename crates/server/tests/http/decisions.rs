//! Deciding from the review's page.

use crate::lab::{Lab, Request, Response};
use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::passage::PassageState;
use lakegate_ledger::PassageQuery;

/// A page as a browser holds it: its cookie, and what its form would send.
pub struct Opened {
    pub path: String,
    pub cookie: String,
    pub form_token: String,
    pub form_id: String,
    pub seal: String,
    pub objects: Vec<String>,
}

/// The value of an attribute in the first tag that has `mark` in it.
fn value_of(page: &str, mark: &str) -> String {
    let at = page.find(mark).unwrap_or_else(|| panic!("no {mark} in the page"));
    let rest = &page[at..];
    let rest = &rest[rest.find("value=\"").unwrap() + 7..];
    rest[..rest.find('"').unwrap()].to_owned()
}

impl Opened {
    pub async fn open(lab: &Lab, path: &str) -> Self {
        let page = lab.get(path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let cookie = page.header("set-cookie").unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let objects = page.body.split("name=\"object\" value=\"").skip(1);
        Self {
            path: path.split('?').next().unwrap().to_owned(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
            form_token: value_of(&page.body, "name=\"form_token\""),
            form_id: value_of(&page.body, "name=\"form_id\""),
            seal: value_of(&page.body, "name=\"seal\""),
            objects: objects.map(|rest| rest[..rest.find('"').unwrap()].to_owned()).collect(),
        }
    }

    /// What the object with this passage sends when it is ticked.
    pub fn object(&self, passage: &PassageId) -> &str {
        let start = format!("{passage}.");
        self.objects.iter().find(|value| value.starts_with(&start)).unwrap()
    }

    pub fn fields(&self, fields: &[(&str, &str)]) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        let own = [("form_token", &self.form_token), ("form_id", &self.form_id)];
        for (name, value) in own {
            if !fields.iter().any(|(given, _)| *given == name) {
                out.append_pair(name, value);
            }
        }
        out.extend_pairs(fields).finish()
    }

    pub fn request(&self, lab: &Lab, fields: &[(&str, &str)]) -> Request {
        Request::new("POST", &format!("{}/decisions", self.path))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookie)
            .header("origin", &format!("http://{}", lab.host()))
            .header("sec-fetch-site", "same-origin")
            .body(self.fields(fields))
    }

    pub async fn post(&self, lab: &Lab, fields: &[(&str, &str)]) -> Response {
        lab.send(self.request(lab, fields)).await
    }
}

pub async fn held(lab: &Lab, run: &RunId, key: &str) -> lakegate_ledger::Passage {
    let query = PassageQuery { run: Some(run.clone()), limit: 1_000, ..PassageQuery::default() };
    let all = lab.gate.ledger().passages(&query).await.unwrap();
    all.into_iter().find(|passage| passage.key == key).unwrap()
}

/// Three objects that are held and one that is released.
async fn lab() -> (Lab, RunId, String) {
    let lab = Lab::new().await;
    for key in ["a.csv", "b.csv", "c.csv"] {
        lab.land(key, "mail\nrow@larkspur.example\n");
    }
    lab.land("clean.csv", "load\n0.4\n");
    let run = lab.run().await;
    let link = lab.link(&run).await;
    (lab, run, link)
}

async fn state(lab: &Lab, run: &RunId, key: &str) -> PassageState {
    held(lab, run, key).await.state
}

const WHO: (&str, &str) = ("name", "Mira Lund");
const WHY: (&str, &str) = ("reason", "cleared with the data owner");
const APPROVE: (&str, &str) = ("decision", "approve");

#[tokio::test]
async fn a_link_may_be_opened_by_anybody_as_often_as_they_like() {
    let (lab, _, link) = lab().await;
    let before = lab.audit_rows().await;
    for _ in 0..50 {
        assert_eq!(lab.get(&link).await.status, 200);
    }
    let head = lab.send(Request::new("HEAD", &link)).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let prefetch = Request::new("GET", &link).header("sec-purpose", "prefetch");
    assert_eq!(lab.send(prefetch).await.status, 200);
    // What older systems did on GET: here it is not even an address.
    let tried = lab.get(&format!("{link}/decisions?decision=approve")).await;
    assert_eq!(tried.status, 405);
    assert_eq!(lab.audit_rows().await, before);
}

#[tokio::test]
async fn approving_moves_exactly_the_chosen_objects() {
    let (mut lab, run, link) = lab().await;
    lab.drive();
    let page = Opened::open(&lab, &link).await;
    let (a, c) = (held(&lab, &run, "a.csv").await, held(&lab, &run, "c.csv").await);
    let chosen = [("object", page.object(&a.id)), ("object", page.object(&c.id))];
    let answer = page.post(&lab, &[chosen[0], chosen[1], WHO, WHY, APPROVE]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let shown = lab.get(answer.header("location").unwrap()).await;
    assert!(shown.body.contains("Approved: 2 objects"), "{}", shown.body);
    wait_until_carried_out(&lab, &run).await;
    assert_eq!(state(&lab, &run, "a.csv").await, PassageState::Released);
    assert_eq!(state(&lab, &run, "b.csv").await, PassageState::Held);
    assert_eq!(state(&lab, &run, "c.csv").await, PassageState::Released);
    for (key, there) in [("a.csv", true), ("b.csv", false), ("c.csv", true), ("clean.csv", true)] {
        assert_eq!(lab.path("scanned-data", key).exists(), there, "{key}");
    }
    let decision = lab.gate.ledger().decisions_of(&a.id).await.unwrap().pop().unwrap();
    assert_eq!((decision.actor.as_str(), decision.reason.as_str()), ("link:Mira Lund", WHY.1));
}

async fn wait_until_carried_out(lab: &Lab, run: &RunId) {
    let waiting = async {
        while !lab.gate.ledger().pending_decisions(run, 1).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.unwrap();
}

#[tokio::test]
async fn all_that_is_held_can_be_decided_at_once_as_it_was_shown() {
    let (lab, run, link) = lab().await;
    let page = Opened::open(&lab, &link).await;
    let all = [WHO, WHY, ("decision", "deny-all"), ("seal", &page.seal)];
    let untold = page.post(&lab, &all).await;
    assert_eq!(untold.status, 422);
    assert!(untold.body.contains("Tick that you mean all of them"), "{}", untold.body);
    let meant = [all[0], all[1], all[2], all[3], ("all_meant", "yes")];
    let answer = page.post(&lab, &meant).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    lab.carry_out(&run).await;
    for key in ["a.csv", "b.csv", "c.csv"] {
        assert_eq!(state(&lab, &run, key).await, PassageState::Denied, "{key}");
    }
    let closed = lab.get(&link).await;
    assert!(closed.body.contains("This review is closed"), "{}", closed.body);
    assert!(closed.body.contains("cleared with the data owner"), "{}", closed.body);
}

#[tokio::test]
async fn a_changed_whole_is_not_decided_on() {
    let (lab, run, link) = lab().await;
    let page = Opened::open(&lab, &link).await;
    let other = Opened::open(&lab, &link).await;
    let a = held(&lab, &run, "a.csv").await;
    let deny = ("decision", "deny");
    assert_eq!(
        other.post(&lab, &[WHO, WHY, deny, ("object", other.object(&a.id))]).await.status,
        303
    );
    let all = [WHO, WHY, ("decision", "approve-all"), ("seal", &page.seal), ("all_meant", "yes")];
    let answer = page.post(&lab, &all).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("has changed since the page was made"), "{}", answer.body);
    assert!(answer.body.contains(WHY.1), "what was typed is kept");
}

#[tokio::test]
async fn what_does_not_come_from_the_page_decides_nothing() {
    let (lab, run, link) = lab().await;
    let page = Opened::open(&lab, &link).await;
    let a = held(&lab, &run, "a.csv").await;
    let good = [WHO, WHY, APPROVE, ("object", page.object(&a.id))];
    let bare = || {
        Request::new("POST", &format!("{}/decisions", page.path))
            .header("content-type", "application/x-www-form-urlencoded")
    };
    let before = lab.audit_rows().await;
    let fields = page.fields(&good);
    let wrong_token = page.fields(&[good[0], good[1], good[2], good[3], ("form_token", "x")]);
    let cases = [
        ("no cookie", bare().body(fields.clone())),
        ("another cookie", bare().header("cookie", "lakegate-form=x").body(fields.clone())),
        ("a wrong form token", bare().header("cookie", &page.cookie).body(wrong_token)),
        ("no fields", bare().header("cookie", &page.cookie)),
        ("a foreign origin", page.request(&lab, &good).header("origin", "https://evil.example")),
        (
            "a foreign site",
            bare()
                .header("cookie", &page.cookie)
                .header("sec-fetch-site", "cross-site")
                .body(fields.clone()),
        ),
        (
            "a hidden origin",
            bare().header("cookie", &page.cookie).header("origin", "null").body(fields.clone()),
        ),
        (
            "only a foreign origin",
            bare()
                .header("cookie", &page.cookie)
                .header("origin", "https://evil.example")
                .body(fields),
        ),
    ];
    for (what, request) in cases {
        let answer = lab.send(request).await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.body);
    }
    assert_eq!(lab.audit_rows().await, before);
}

#[tokio::test]
async fn a_form_sent_twice_decides_once() {
    let (lab, run, link) = lab().await;
    let page = Opened::open(&lab, &link).await;
    let a = held(&lab, &run, "a.csv").await;
    let fields = [WHO, WHY, APPROVE, ("object", page.object(&a.id))];
    let first = page.post(&lab, &fields).await;
    let rows = lab.audit_rows().await;
    let second = page.post(&lab, &fields).await;
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(lab.audit_rows().await, rows);
    // From another page it is a second decision, and told so.
    let other = Opened::open(&lab, &format!("{link}?show=all")).await;
    let again = page.object(&a.id).to_owned();
    let answer = other.post(&lab, &[WHO, WHY, ("decision", "deny"), ("object", &again)]).await;
    let shown = lab.get(answer.header("location").unwrap()).await;
    assert!(shown.body.contains("Already approved by Mira Lund"), "{}", shown.body);
}

#[tokio::test]
async fn a_decision_is_about_the_content_that_was_shown() {
    let (lab, run, link) = lab().await;
    let page = Opened::open(&lab, &link).await;
    let a = held(&lab, &run, "a.csv").await;
    for value in [format!("{}.{}", a.id, "0".repeat(64)), format!("{}.-", a.id)] {
        let page = Opened::open(&lab, &link).await;
        let answer = page.post(&lab, &[WHO, WHY, APPROVE, ("object", &value)]).await;
        let shown = lab.get(answer.header("location").unwrap()).await;
        assert!(shown.body.contains("Not decided: 1 object"), "{}", shown.body);
    }
    assert!(lab.gate.ledger().decisions_of(&a.id).await.unwrap().is_empty());
    // Bytes that change after the decision are refused when it is carried out.
    let in_review = lab.path("manual-review", &format!("{run}/a.csv"));
    let fields = [WHO, WHY, APPROVE, ("object", page.object(&a.id))];
    assert_eq!(page.post(&lab, &fields).await.status, 303);
    std::fs::write(&in_review, "mail\nsomebody.else@larkspur.example\n").unwrap();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    let carried = tokio::time::timeout_at(deadline, lab.carry_out(&run));
    tokio::select! {
        _ = carried => {}
        () = wait_until_carried_out(&lab, &run) => {}
    }
    let shown = lab.get(&link).await;
    assert!(!lab.path("scanned-data", "a.csv").exists());
    assert!(shown.body.contains("It can be decided again"), "{}", shown.body);
}

#[tokio::test]
async fn a_link_opens_its_own_review_only() {
    let (lab, first, link) = lab().await;
    lab.land("other.csv", "mail\nrow@larkspur.example\n");
    let second = lab.run().await;
    let other = held(&lab, &second, "other.csv").await;
    let page = Opened::open(&lab, &link).await;
    let value = format!("{}.{}", other.id, other.content_hash.as_ref().unwrap());
    let answer = page.post(&lab, &[WHO, WHY, APPROVE, ("object", &value)]).await;
    let shown = lab.get(answer.header("location").unwrap()).await;
    assert!(shown.body.contains("There is no such object in this review"), "{}", shown.body);
    assert!(lab.gate.ledger().decisions_of(&other.id).await.unwrap().is_empty());
    assert_eq!(lab.get(&format!("{link}/objects/{}", other.id)).await.status, 404);
    let released = held(&lab, &first, "clean.csv").await;
    assert_eq!(lab.get(&format!("{link}/objects/{}", released.id)).await.status, 404);
    // The form of one review does not fit another.
    let forged = Opened { path: lab.link(&second).await, ..page };
    let answer = forged.post(&lab, &[WHO, WHY, APPROVE, ("object", &value)]).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn what_is_missing_is_said_and_what_was_typed_is_kept() {
    let (lab, run, link) = lab().await;
    let page = Opened::open(&lab, &link).await;
    let a = held(&lab, &run, "a.csv").await;
    let object = ("object", page.object(&a.id));
    let before = lab.audit_rows().await;
    let long = "x".repeat(2_001);
    for (fields, problem) in [
        (vec![WHO, APPROVE, object], "Give a reason"),
        (vec![WHO, ("reason", "  "), APPROVE, object], "Give a reason"),
        (vec![WHO, ("reason", &long), APPROVE, object], "at most 2000"),
        (vec![WHY, APPROVE, object], "Give your name"),
        (vec![WHO, WHY, object], "approve or to deny"),
        (vec![WHO, WHY, ("decision", "redact"), object], "approve or to deny"),
        (vec![WHO, WHY, APPROVE], "Select at least one object"),
    ] {
        let answer = page.post(&lab, &fields).await;
        assert_eq!(answer.status, 422, "{problem}");
        assert!(answer.body.contains(problem), "{problem}: {}", answer.body);
        if fields.contains(&object) {
            let ticked = format!("value=\"{}\" checked", object.1);
            assert!(answer.body.contains(&ticked), "{problem}");
        }
    }
    assert_eq!(lab.audit_rows().await, before);
}

#[tokio::test]
async fn links_that_open_nothing_say_so() {
    let (lab, run, link) = lab().await;
    let review = lab.review(&run).await;
    for path in ["/r/x", "/r/rev-1.99.AAAA", &format!("{link}x"), &format!("{link}%00")] {
        let answer = lab.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("This link is not valid"), "{}", answer.body);
    }
    let page = Opened::open(&lab, &link).await;
    lab.clock.advance_ms(review.expires_ms - review.opened_ms + 1);
    let answer = lab.get(&link).await;
    assert_eq!(answer.status, 410);
    assert!(answer.body.contains("This link has expired"), "{}", answer.body);
    let a = held(&lab, &run, "a.csv").await;
    let late = page.post(&lab, &[WHO, WHY, APPROVE, ("object", page.object(&a.id))]).await;
    assert_eq!(late.status, 410);
    assert!(lab.gate.ledger().decisions_of(&a.id).await.unwrap().is_empty());
}
