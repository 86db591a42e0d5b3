//! Cases of keys that some stores fold, trim or choke on.

use super::*;

fn odd_keys() -> Vec<String> {
    let mut keys: Vec<String> = [
        "a//b",
        "a/b",
        "/lead",
        "lead",
        "//",
        " lead-trail ",
        "lead-trail",
        "dir/",
        "dir//",
        "x/../z",
        "z",
        "x/./y",
        "x/y",
        "..",
        ".",
        "...",
        "../escape",
        "ctl\u{1}\u{7f}",
        "tab\tnewline\nreturn\r",
        "caf\u{e9}",
        "cafe\u{301}",
        "\u{1f600}",
        "case",
        "CASE",
        "100%",
        "a+b",
        "a b",
        "a%20b",
        "a%2Fb",
        "%~2e",
        "%~",
        "%~ff",
        "back\\slash",
        "quote\"'<>&",
        "q?x=1#f",
        ".lakegate/sidecars/x",
        ".lakegate",
        "trail.",
        "CON",
        "a:b*c|d",
    ]
    .map(str::to_owned)
    .to_vec();
    keys.push("n".repeat(255));
    keys.push("n".repeat(256));
    keys.push("é".repeat(127));
    keys.push("m".repeat(1000));
    keys.push(format!("{}/x", "p".repeat(400)));
    keys.push("d/".repeat(100) + "x");
    keys
}

/// Puts every odd key with itself as the body; the keys that the store took.
async fn put_odd(bucket: &dyn Bucket) -> Vec<(String, ObjectRef)> {
    let mut taken = Vec::new();
    for key in odd_keys() {
        match put_with(bucket, &key, key.clone(), PutOptions::default()).await {
            Ok(object) => {
                assert_eq!(object.key, key);
                taken.push((key, object));
            }
            Err(error) => assert_eq!(error.kind, ErrorKind::KeyNotRepresentable, "{error}"),
        }
    }
    taken
}

pub(super) async fn odd_keys_stay_apart_or_are_refused(pair: Arc<Pair>) {
    let taken = put_odd(&*pair.source).await;
    let mut listed = keys_of(&*pair.source, "").await;
    listed.sort_unstable();
    let mut expected: Vec<String> = taken.iter().map(|(key, _)| key.clone()).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    for (key, object) in &taken {
        assert_eq!(content(&*pair.source, key).await, key.as_bytes());
        let below = keys_of(&*pair.source, key).await;
        assert!(below.contains(key) && below.iter().all(|found| found.starts_with(key)));
        pair.source.set_tags(object, &tags_of_run("r1")).await.unwrap();
        assert_eq!(pair.source.tags(object).await.unwrap(), tags_of_run("r1"));
    }
    for (index, (key, object)) in taken.iter().enumerate() {
        pair.source.delete(object).await.unwrap();
        assert_absent(&*pair.source, key).await;
        if let Some((next, object)) = taken.get(index + 1) {
            assert_eq!(read(&*pair.source, object).await.unwrap(), next.as_bytes());
        }
    }
}

pub(super) async fn odd_keys_are_transferred_or_refused(pair: Arc<Pair>) {
    for (key, object) in put_odd(&*pair.source).await {
        let to = format!("r1/{key}");
        match pair.source.transfer(&object, &*pair.destination, &to, &tags_of_run("r1")).await {
            Ok(moved) => {
                assert_eq!(moved.object.key, to);
                assert_eq!(read(&*pair.destination, &moved.object).await.unwrap(), key.as_bytes());
                assert_eq!(content(&*pair.destination, &to).await, key.as_bytes());
            }
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::KeyNotRepresentable, "{error}");
                assert_eq!(read(&*pair.source, &object).await.unwrap(), key.as_bytes());
            }
        }
    }
}

pub(super) async fn a_key_and_keys_below_it_stay_apart_or_are_refused(pair: Arc<Pair>) {
    for [first, second] in [["a", "a/b"], ["b/c", "b"], ["d", "d/"]] {
        put(&*pair.source, first, first).await;
        match put_with(&*pair.source, second, second, PutOptions::default()).await {
            Ok(_) => assert_eq!(content(&*pair.source, second).await, second),
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::KeyNotRepresentable, "{error}");
                assert_absent(&*pair.source, second).await;
            }
        }
        assert_eq!(content(&*pair.source, first).await, first);
    }
}
