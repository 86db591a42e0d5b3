//! Keys, byte for byte, in listings and everywhere else.

use crate::server::{PLAIN, body, keys, open, open_at, put, read_key};
use lakegate_store::{Bucket, ErrorKind, PutOptions, Support};
use std::collections::BTreeSet;

const ODD_KEYS: [&str; 13] = [
    "plain",
    "a b+c/é.csv",
    "100%41/%2F",
    "ctl\u{1}\u{1f}",
    " lead-trail ",
    "p",
    "p/child",
    "p-2",
    "quote\"'&<>;=?#",
    "ünï\u{301}code/日本/🎈",
    "...",
    "UPPER/upper",
    "upper/UPPER",
];

#[tokio::test]
async fn odd_keys_keep_their_bytes() {
    let bucket = open(PLAIN).await;
    for key in ODD_KEYS {
        put(&bucket, key, key).await;
    }
    let expected: BTreeSet<String> = ODD_KEYS.iter().map(|key| (*key).to_owned()).collect();
    for limit in [1, 3, 1000] {
        let listed = keys(&bucket, limit).await;
        assert_eq!(listed.len(), ODD_KEYS.len(), "limit {limit}: {listed:?}");
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected, "limit {limit}");
    }
    for key in ODD_KEYS {
        assert_eq!(read_key(&bucket, key).await, key.as_bytes(), "{key:?}");
    }
}

#[tokio::test]
async fn keys_that_the_store_folds_are_refused_and_never_mapped() {
    let bucket = open(PLAIN).await;
    put(&bucket, "a/b", "one").await;
    let exact = bucket.capabilities().await.unwrap().exact_keys;
    for key in ["a//b", "/a/b", "a/./b", "x/../a/b"] {
        let written = bucket.put(key, body("two"), Some(3), PutOptions::default()).await;
        let head = bucket.head(key).await;
        if exact == Support::No {
            assert_eq!(written.unwrap_err().kind, ErrorKind::KeyNotRepresentable, "{key}");
            assert_eq!(head.unwrap_err().kind, ErrorKind::KeyNotRepresentable, "{key}");
        } else {
            assert!(written.is_ok() && head.is_ok(), "{key}: {written:?}");
        }
    }
    assert_eq!(read_key(&bucket, "a/b").await, b"one");
}

#[tokio::test]
async fn folder_markers_are_kept_whole_or_refused() {
    let bucket = open(PLAIN).await;
    let run = crate::server::run_tags("r");
    let options = PutOptions { tags: run.clone(), ..PutOptions::default() };
    match bucket.put("dir/", body(""), Some(0), options).await {
        Ok(marker) => {
            assert_eq!(bucket.tags(&marker).await.unwrap(), run);
            bucket.transfer(&marker, &bucket, "run/dir/", &run).await.unwrap();
            assert_eq!(keys(&bucket, 10).await, ["dir/", "run/dir/"]);
        }
        Err(error) => assert_eq!(error.kind, ErrorKind::KeyNotRepresentable, "{error}"),
    }
    match bucket.put("with-bytes/", body("bytes"), Some(5), PutOptions::default()).await {
        Ok(_) => assert_eq!(read_key(&bucket, "with-bytes/").await, b"bytes"),
        Err(error) => assert_eq!(error.kind, ErrorKind::KeyNotRepresentable, "{error}"),
    }
}

#[tokio::test]
async fn too_long_and_empty_keys_are_refused() {
    let bucket = open(PLAIN).await;
    for key in [String::new(), "k".repeat(1025)] {
        let written = bucket.put(&key, body("x"), Some(1), PutOptions::default()).await;
        assert_eq!(written.unwrap_err().kind, ErrorKind::KeyNotRepresentable);
    }
}

#[tokio::test]
async fn listings_page_in_a_stable_order_and_hide_what_is_reserved() {
    let prefix = crate::server::fresh_prefix();
    let bucket = open_at(PLAIN, &prefix).await;
    let mut names: Vec<String> = (0..25).map(|n| format!("d{}/k{n:02}", n % 3)).collect();
    for name in &names {
        put(&bucket, name, name).await;
    }
    let reserved = bucket.put(".lakegate/own", body("x"), Some(1), PutOptions::default()).await;
    assert_eq!(reserved.unwrap_err().kind, ErrorKind::KeyNotRepresentable);
    let own = format!("{prefix}/.lakegate/own");
    crate::server::raw().await.put_object().bucket(PLAIN).key(own).send().await.unwrap();
    names.sort();
    for limit in [1, 7, 25, 26] {
        assert_eq!(keys(&bucket, limit).await, names, "limit {limit}");
    }
    let page = bucket.list("d1/", Some("d1/k10"), 2).await.unwrap();
    let listed: Vec<_> = page.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(listed, ["d1/k13", "d1/k16"]);
    let head = bucket.head("d1/k13").await.unwrap().object;
    let listed = &page.objects[0];
    assert_eq!(
        (&listed.etag, listed.size_bytes, listed.modified_ms),
        (&head.etag, head.size_bytes, head.modified_ms)
    );
    // A zone sees nothing of its neighbour whose name starts the same way.
    let neighbour = open_at(PLAIN, &format!("{prefix}-2")).await;
    put(&neighbour, "other", "x").await;
    assert_eq!(keys(&bucket, 100).await, names);
}
