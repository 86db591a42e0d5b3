//! Overwrites and lost replies at the worst moment, through a proxy that waits for them.

use crate::proxy::{Fault, Proxy};
use crate::server::{
    PLAIN, endpoint, fresh_prefix, open_at, options, overwrite, put, read, read_key, run_tags,
};
use lakegate_store::{Bucket, ErrorKind, PutOptions, S3Bucket, SourceAfter, Support};
use tokio::sync::oneshot;

/// A bucket reached through a proxy, the same without it, and the proxy.
async fn through_proxy() -> (S3Bucket, S3Bucket, Proxy) {
    let prefix = fresh_prefix();
    let direct = open_at(PLAIN, &prefix).await;
    let proxy = Proxy::start(&endpoint()).await;
    let mut proxied = options(PLAIN, &prefix);
    proxied.endpoint = Some(proxy.endpoint.clone());
    let proxied = S3Bucket::connect(proxied).await.unwrap();
    // The probe's own requests must not spring the trap.
    proxied.capabilities().await.unwrap();
    (proxied, direct, proxy)
}

#[tokio::test]
async fn a_copy_whose_reply_is_lost_is_found_and_not_made_twice() {
    let (bucket, _, proxy) = through_proxy().await;
    let source = put(&bucket, "k", "bytes").await;
    proxy.set(&["put ", "x-amz-copy-source"], 1, Fault::LoseReply);
    let done = bucket.transfer(&source, &bucket, "copy", &run_tags("r")).await.unwrap();
    assert_eq!(proxy.left(), 0, "the reply was not lost");
    assert_eq!(done.source, SourceAfter::Remains);
    assert_eq!(read(&bucket, &done.object).await, b"bytes");
    assert_eq!(bucket.tags(&done.object).await.unwrap(), run_tags("r"));
}

#[tokio::test]
async fn a_delete_whose_reply_is_lost_is_done() {
    let (bucket, direct, proxy) = through_proxy().await;
    let object = put(&bucket, "k", "bytes").await;
    proxy.set(&["delete "], 1, Fault::LoseReply);
    bucket.delete(&object).await.unwrap();
    assert_eq!(proxy.left(), 0);
    assert_eq!(direct.head("k").await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_put_whose_reply_is_lost_is_no_collision_with_itself() {
    let (bucket, _, proxy) = through_proxy().await;
    proxy.set(&["put ", "/k?x-id=putobject"], 1, Fault::LoseReply);
    let object = put(&bucket, "k", "bytes").await;
    assert_eq!(proxy.left(), 0);
    assert_eq!(read(&bucket, &object).await, b"bytes");
}

#[tokio::test]
async fn throttling_is_waited_out_and_bounded() {
    let (bucket, _, proxy) = through_proxy().await;
    let source = put(&bucket, "k", "bytes").await;
    proxy.set(&["x-amz-copy-source"], 2, Fault::SlowDown);
    bucket.transfer(&source, &bucket, "copy", &run_tags("r")).await.unwrap();
    assert_eq!(proxy.left(), 0);

    proxy.set(&["x-amz-copy-source"], 1000, Fault::SlowDown);
    let error = bucket.transfer(&source, &bucket, "other", &run_tags("r")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(error.message.contains("SlowDown"), "{error}");
    assert!(proxy.left() > 990, "more tries than allowed");
}

/// Runs `act` while the request with `marks` waits in the proxy.
async fn at_request<T>(
    proxy: &Proxy,
    marks: &[&str],
    running: impl Future<Output = T>,
    act: impl AsyncFnOnce(),
) -> T {
    let (reached, at) = oneshot::channel();
    let (go, resume) = oneshot::channel();
    proxy.set(marks, 1, Fault::Pause { reached, resume });
    let acting = async {
        at.await.expect("the request was never sent");
        act().await;
        go.send(()).ok();
    };
    tokio::join!(running, acting).0
}

#[tokio::test]
async fn an_overwrite_just_before_the_delete_is_spared() {
    let (bucket, direct, proxy) = through_proxy().await;
    if bucket.capabilities().await.unwrap().delete_if_matches != Support::Yes {
        // This store offers no way to win this race; `delete` is refused without the operator's word.
        return;
    }
    let object = put(&bucket, "k", "old").await;
    let deleted = at_request(&proxy, &["delete "], bucket.delete(&object), async || {
        overwrite(&direct, "k", "new").await;
    })
    .await;
    assert_eq!(deleted.unwrap_err().kind, ErrorKind::Changed);
    assert_eq!(read_key(&direct, "k").await, b"new");
}

#[tokio::test]
async fn an_overwrite_just_before_the_copy_is_not_copied() {
    let (bucket, direct, proxy) = through_proxy().await;
    let source = put(&bucket, "k", "old").await;
    let run = run_tags("r");
    let copied = at_request(
        &proxy,
        &["x-amz-copy-source"],
        bucket.transfer(&source, &bucket, "copy", &run),
        async || {
            overwrite(&direct, "k", "new").await;
        },
    )
    .await;
    assert_eq!(copied.unwrap_err().kind, ErrorKind::Changed);
    assert_eq!(direct.head("copy").await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(read_key(&direct, "k").await, b"new");
}

#[tokio::test]
async fn a_destination_taken_just_before_the_copy_is_not_overwritten() {
    let (bucket, direct, proxy) = through_proxy().await;
    if bucket.capabilities().await.unwrap().copy_if_absent != Support::Yes {
        return;
    }
    let source = put(&bucket, "k", "ours").await;
    let run = run_tags("r");
    let copied = at_request(
        &proxy,
        &["x-amz-copy-source"],
        bucket.transfer(&source, &bucket, "copy", &run),
        async || {
            put(&direct, "copy", "theirs").await;
        },
    )
    .await;
    assert_eq!(copied.unwrap_err().kind, ErrorKind::Collision);
    assert_eq!(read_key(&direct, "copy").await, b"theirs");
}

#[tokio::test]
async fn racing_creators_have_one_winner() {
    let bucket = open_at(PLAIN, &fresh_prefix()).await;
    if bucket.capabilities().await.unwrap().put_if_absent != Support::Yes {
        return;
    }
    let writers = (0..16).map(|n| {
        let bucket = bucket.clone();
        async move {
            let text = format!("writer {n:02}");
            let size = text.len() as u64;
            bucket.put("k", crate::server::body(text), Some(size), PutOptions::default()).await
        }
    });
    let results = futures_util::future::join_all(writers).await;
    let winners: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        assert_eq!(error.kind, ErrorKind::Collision, "{error}");
    }
}
