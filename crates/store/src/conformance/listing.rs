//! Cases of listing.

use super::*;

const KEYS: &[&str] = &[
    "2026/01/a.csv",
    "2026/01/b.csv",
    "2026/01.csv",
    "2026/02/a.csv",
    "a b.txt",
    "a+b.txt",
    "a-b/c",
    "a.b/c",
    "a/b/c/d/e",
    "a/b/c/d/f",
    "a/b/c.d",
    "a0",
    "b%20c",
    "z/é",
    "z/😀",
];

async fn fill(bucket: &dyn Bucket) {
    for key in KEYS {
        put(bucket, key, key.as_bytes().to_vec()).await;
    }
}

pub(super) async fn an_empty_bucket_lists_nothing(pair: Arc<Pair>) {
    let page = pair.source.list("", None, 10).await.unwrap();
    assert!(page.objects.is_empty() && page.next.is_none() && page.skipped.is_empty());
    let page = pair.source.list("no/such/prefix", None, 10).await.unwrap();
    assert!(page.objects.is_empty() && page.next.is_none());
}

pub(super) async fn pages_of_any_size_give_the_same_objects(pair: Arc<Pair>) {
    fill(&*pair.source).await;
    let at_once = list_all(&*pair.source, "", 1000).await;
    let mut found: Vec<&str> = at_once.iter().map(|object| object.key.as_str()).collect();
    found.sort_unstable();
    let mut expected = KEYS.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
    for limit in [1, 2, 4, 15, 16] {
        assert_eq!(list_all(&*pair.source, "", limit).await, at_once, "pages of {limit}");
    }
}

pub(super) async fn a_listing_goes_on_after_what_was_removed(pair: Arc<Pair>) {
    fill(&*pair.source).await;
    let all = list_all(&*pair.source, "", 1000).await;
    let page = pair.source.list("", None, 5).await.unwrap();
    assert_eq!(page.objects, all[..5]);
    for gone in &all[3..7] {
        pair.source.delete(gone).await.unwrap();
    }
    let rest = pair.source.list("", page.next.as_deref(), 1000).await.unwrap();
    assert_eq!(rest.objects, all[7..]);
}

pub(super) async fn a_prefix_selects_by_the_start_of_the_key(pair: Arc<Pair>) {
    fill(&*pair.source).await;
    let all = keys_of(&*pair.source, "").await;
    for prefix in ["2026", "2026/", "2026/01", "2026/01/", "a", "a/b/c", "a/b/c/", "z/é", "z/x"] {
        let expected: Vec<_> = all.iter().filter(|key| key.starts_with(prefix)).cloned().collect();
        assert_eq!(keys_of(&*pair.source, prefix).await, expected, "prefix {prefix}");
        let in_pairs: Vec<_> =
            list_all(&*pair.source, prefix, 2).await.into_iter().map(|o| o.key).collect();
        assert_eq!(in_pairs, expected, "prefix {prefix}, pages of 2");
    }
}

pub(super) async fn a_listed_object_is_the_one_that_head_gives(pair: Arc<Pair>) {
    let made = put(&*pair.source, "dir/object", "bytes").await;
    let listed = list_all(&*pair.source, "", 10).await.remove(0);
    let head = pair.source.head("dir/object").await.unwrap();
    for (place, object) in [("listed", &listed), ("head", &head.object)] {
        assert_eq!(object.key, made.key, "{place}");
        assert_eq!(object.etag, made.etag, "{place}");
        assert_eq!(object.size_bytes, 5, "{place}");
    }
    assert_eq!(read(&*pair.source, &listed).await.unwrap(), "bytes");
}
