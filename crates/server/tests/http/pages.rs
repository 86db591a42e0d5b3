//! What the pages show, and how they are sent.

use crate::decisions::held;
use crate::lab::{Lab, Request};

/// A page without what differs from build to build and run to run.
fn normalised(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find("/assets/") {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let end = tail.find('"').unwrap();
        let (path, tail) = tail.split_at(end);
        let mut parts = path.split('.');
        out.push_str(parts.next().unwrap());
        out.push_str(".HASH.");
        out.push_str(parts.next_back().unwrap());
        rest = tail;
    }
    out.push_str(rest);
    out.replace("><", ">\n<")
}

/// One object of each kind that a review shows.
async fn lab() -> Lab {
    let lab = Lab::new().await;
    lab.land(
        "exports/customers.csv",
        "id,ssn,mail\n1,536-22-8716,ana@larkspur.example\n2,536-22-8717,mira@larkspur.example\n",
    );
    lab.land(
        "events/app.jsonl",
        "{\"user\":{\"mail\":\"ana@larkspur.example\"}}\n{\"user\":{\"mail\":\"b@larkspur.example\"}}\n",
    );
    lab.land("notes/handover.txt", "hello\n\nwrite to ana@larkspur.example\n");
    lab.land("uploads/photos.zip", b"PK\x03\x04\x14\0\0\0\x08\0binary");
    lab.land("clean.csv", "load\n0.4\n");
    lab
}

#[tokio::test]
async fn the_review_page_shows_what_a_decision_needs() {
    let lab = lab().await;
    let run = lab.run().await;
    lab.clock.advance_ms(3_600_000);
    let page = lab.get(&lab.link(&run).await).await;
    insta::assert_snapshot!("review_page", normalised(&page.body));
    // The graver objects stand first.
    let order =
        ["exports/<wbr>customers.csv", "notes/<wbr>handover.txt", "uploads/<wbr>photos.zip"];
    let places: Vec<usize> = order.iter().map(|key| page.body.find(key).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(!page.body.contains("536-22-8716"), "matched text is on the page");
    assert!(!page.body.contains("ana@larkspur"), "matched text is on the page");
}

#[tokio::test]
async fn an_objects_page_tells_its_story() {
    let lab = lab().await;
    let run = lab.run().await;
    let object = held(&lab, &run, "exports/customers.csv").await;
    let link = lab.link(&run).await;
    let page = lab.get(&format!("{link}/objects/{}", object.id)).await;
    assert_eq!(page.status, 200);
    for told in ["row 2, column “<bdi>ssn</bdi>”", "row 3, column", "Staged", "Inspected", "Held"]
    {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    let same = lab.get(&format!("/objects/{}", object.id)).await;
    assert_eq!(same.status, 200);
    let run_page = lab.get(&format!("/runs/{run}")).await;
    assert!(run_page.body.contains("photos.zip"), "{}", run_page.body);
    let home = lab.get("/").await;
    assert!(home.body.contains("4 objects wait for a decision"), "{}", home.body);
}

#[tokio::test]
async fn every_page_is_sent_with_what_keeps_it_to_itself() {
    let lab = lab().await;
    let run = lab.run().await;
    let link = lab.link(&run).await;
    for path in [link.as_str(), "/", "/r/nothing", "/nowhere"] {
        let page = lab.get(path).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"), "{path}");
        assert!(!page.body.contains("style=\"") && !page.body.contains("<style"), "{path}");
        assert!(!page.body.contains(" onclick") && !page.body.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn assets_are_kept_forever_under_names_that_change() {
    let lab = Lab::new().await;
    let page = lab.get("/").await;
    let at = page.body.find("/assets/style.").unwrap();
    let path = page.body[at..].split('"').next().unwrap();
    let style = lab.get(path).await;
    assert_eq!(style.status, 200);
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(style.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(lab.get("/assets/style.000000000000.css").await.status, 404);
    assert_eq!(lab.get("/assets/..%2fCargo.toml").await.status, 404);
}

#[tokio::test]
async fn keys_can_neither_break_the_page_nor_hide_in_it() {
    let lab = Lab::new().await;
    let hostile = [
        "<script>alert(1)<\u{2215}script>.csv",
        "\"onmouseover=\"alert(1).csv",
        "' autofocus onfocus=alert(1) '.csv",
        "\u{202e}vsc.exe.csv",
        "zero\u{200b}width.csv",
        " leading and  double .csv",
        "&lt;b&gt;.csv",
    ];
    for key in hostile {
        lab.land(key, "mail\nrow@larkspur.example\n");
    }
    let run = lab.run().await;
    let page = lab.get(&lab.link(&run).await).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    assert!(page.body.contains("&lt;script&gt;alert(1)"), "{}", page.body);
    assert!(!page.body.contains("\"onmouseover"), "{}", page.body);
    assert!(page.body.contains("&quot;onmouseover=&quot;alert(1).csv"), "{}", page.body);
    assert!(page.body.contains("&amp;lt;b&amp;gt;.csv"), "{}", page.body);
    for unseen in ['\u{202e}', '\u{200b}'] {
        assert!(!page.body.contains(unseen), "{:x}", u32::from(unseen));
        let told = format!("U+{:04X}", u32::from(unseen));
        assert!(page.body.contains(&told), "{told}");
    }
}

#[tokio::test]
async fn many_objects_come_in_pages_and_views_stand_in_the_address() {
    let lab = Lab::new().await;
    for n in 0..60 {
        lab.land(&format!("bulk/{n:03}.csv"), "mail\nrow@larkspur.example\n");
    }
    lab.land("zz-worst.csv", "ssn\n536-22-8716\n536-22-8717\n");
    lab.land("photo.zip", b"PK\x03\x04\x14\0\0\0\x08\0binary");
    let run = lab.run().await;
    let link = lab.link(&run).await;
    let mut seen = Vec::new();
    let mut path = link.clone();
    for _ in 0..10 {
        let page = lab.get(&path).await;
        let values = page.body.split("name=\"object\" value=\"").skip(1);
        seen.extend(values.map(|rest| rest[..rest.find('.').unwrap()].to_owned()));
        let link = "<a class=\"next\" rel=\"next\" href=\"";
        let Some(at) = page.body.find(link) else { break };
        let rest = &page.body[at + link.len()..];
        path = rest[..rest.find('"').unwrap()].replace("&amp;", "&");
    }
    assert_eq!(seen.len(), 62);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 62, "an object stands on two pages");
    for (view, objects) in [
        ("?verdict=UNSCANNABLE", 1),
        ("?verdict=UNSCANNABLE&verdict=FINDINGS&select=page", 25),
        ("?type=EMAIL_ADDRESS&key=bulk/01", 10),
        ("?type=NO_SUCH_TYPE", 0),
        ("?key=zz-worst", 1),
        ("?show=decided", 0),
    ] {
        let page = lab.get(&format!("{link}{view}")).await;
        assert_eq!(page.body.matches("<li class=\"card\"").count(), objects, "{view}");
    }
    let selected = lab.get(&format!("{link}?select=page")).await;
    assert_eq!(selected.body.matches(" checked").count(), 25);
}

#[tokio::test]
async fn archived_findings_are_marked_and_are_a_view_of_their_own() {
    let lab = Lab::archiving("key.startsWith('test/')").await;
    for key in ["test/a.csv", "test/b.csv", "real/c.csv"] {
        lab.land(key, "mail\nrow@larkspur.example\n");
    }
    let run = lab.run().await;
    let link = lab.link(&run).await;
    for (view, objects) in [("", 3), ("?archived=yes", 2), ("?archived=no", 1), ("?archived=x", 3)]
    {
        let page = lab.get(&format!("{link}{view}")).await;
        assert_eq!(page.body.matches("<li class=\"card\"").count(), objects, "{view}");
        assert!(page.body.contains("?archived=") && page.body.contains("Not archived"), "{view}");
    }
    let archived = lab.get(&format!("{link}?archived=yes")).await;
    assert!(archived.body.contains("Suppression rule <code><bdi>tests</bdi></code> archives"));
    let object = held(&lab, &run, "test/a.csv").await;
    let story = lab.get(&format!("/objects/{}", object.id)).await;
    assert_eq!(story.body.matches("archives its finding.").count(), 2, "{}", story.body);
    let run_page = lab.get(&format!("/runs/{run}")).await;
    assert_eq!(run_page.body.matches("chip archived").count(), 2, "{}", run_page.body);
}

#[tokio::test]
async fn the_overview_opens_on_this_machine_under_its_own_name_only() {
    let lab = Lab::new().await;
    let foreign = || Request::new("GET", "/").header("host", "evil.example");
    assert_eq!(lab.get("/").await.status, 200);
    assert_eq!(lab.send(foreign()).await.status, 421);
    // A proxy on this machine asks for somebody who may be anywhere.
    for name in ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"] {
        let proxied = Request::new("GET", "/").header(name, "203.0.113.7");
        assert_eq!(lab.send(proxied).await.status, 401, "{name}");
    }
    let bearer = format!("Bearer {}", lab.bound.token);
    assert_eq!(lab.send(foreign().header("authorization", &bearer)).await.status, 200);

    let open = Lab::listening("0.0.0.0:0").await;
    let refused = open.get("/").await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").unwrap().starts_with("Basic"));
    let bearer = format!("Bearer {}", open.bound.token);
    let admin = Request::new("GET", "/").header("authorization", &bearer);
    assert_eq!(open.send(admin).await.status, 200);
}
