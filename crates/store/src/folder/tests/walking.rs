//! Listing folders that are large, deep or changing.

use super::*;

#[tokio::test]
async fn many_pages_give_every_file_once_in_the_order_of_paths() {
    let directory = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    for outer in 0..20 {
        let name = format!("d{outer}");
        std::fs::create_dir(directory.path().join(&name)).unwrap();
        for inner in 0..100 {
            expected.push(format!("{name}/{inner}"));
            std::fs::write(directory.path().join(&name).join(inner.to_string()), "").unwrap();
        }
        expected.push(format!("d{outer}.txt"));
        std::fs::write(directory.path().join(format!("d{outer}.txt")), "").unwrap();
    }
    expected.sort_unstable();
    let bucket = open(directory.path());
    for limit in [7, 100, 5000] {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = bucket.list("", after.as_deref(), limit).await.unwrap();
            found.extend(page.objects.into_iter().map(|object| object.key));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "pages of {limit}");
    }
}

#[tokio::test]
async fn any_position_can_be_continued_from_at_any_time() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open(directory.path());
    for key in ["a/1", "a/2", "a.b", "b", "c/d/e", "c/d/f", "c//g"] {
        put(&bucket, key, key, PutOptions::default()).await;
    }
    let all: Vec<_> = bucket.list("", None, 100).await.unwrap().objects;
    for (index, object) in all.iter().enumerate() {
        // A bucket opened afresh has no walk kept from before.
        let page = open(directory.path()).list("", Some(&object.key), 100).await.unwrap();
        assert_eq!(page.objects, all[index + 1..], "after {}", object.key);
        assert_eq!(page.next, None);
    }
    let page = bucket.list("", Some("a/15"), 2).await.unwrap();
    assert_eq!(page.objects[0].key, "a/2");
}

#[tokio::test]
async fn a_tree_deeper_than_file_handles_last_is_listed() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open(directory.path());
    let key = "d/".repeat(1100) + "x";
    put(&bucket, &key, "deep", PutOptions::default()).await;
    let page = bucket.list("", None, 10).await.unwrap();
    assert_eq!(page.objects[0].key, key);
    let longer = "d/".repeat(2100) + "x";
    let body = futures_util::stream::empty().boxed();
    let refused = bucket.put(&longer, body, None, PutOptions::default()).await;
    assert_eq!(refused.unwrap_err().kind, ErrorKind::KeyNotRepresentable);
}

#[tokio::test]
async fn a_flood_of_links_keeps_the_page_small() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..1500 {
        std::os::unix::fs::symlink("nowhere", directory.path().join(format!("l{number}"))).unwrap();
    }
    let page = open(directory.path()).list("", None, 10).await.unwrap();
    assert_eq!(page.skipped.len(), 1001);
    assert_eq!(page.skipped[1000].name, "500 more");
}
