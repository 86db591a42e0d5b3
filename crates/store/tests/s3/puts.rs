//! Writing, reading back, tags and metadata.

use crate::server::{PLAIN, body, noise, open, options, overwrite, put, put_with, read, tags};
use bytes::Bytes;
use futures_util::StreamExt;
use lakegate_store::s3::Encryption;
use lakegate_store::{Body, Bucket, Error, ErrorKind, PutOptions, S3Bucket, Support};

fn in_chunks(bytes: Vec<u8>, chunk: usize) -> Body {
    let chunks: Vec<Result<Bytes, Error>> =
        bytes.chunks(chunk).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    Box::pin(futures_util::stream::iter(chunks))
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let bucket = open(PLAIN).await;
    let wanted = PutOptions {
        tags: tags(&[("a b", "x+y=z"), ("WorkflowId", "run-1")]),
        metadata: tags(&[("owner", "somebody"), ("note", "two words")]),
        content_type: Some("text/csv; charset=utf-8".to_owned()),
        replace: false,
    };
    let object = put_with(&bucket, "dir/k.csv", b"a,b\n", wanted.clone()).await;
    assert_eq!(read(&bucket, &object).await, b"a,b\n");
    let head = bucket.head("dir/k.csv").await.unwrap();
    assert_eq!(head.object, object);
    assert_eq!(head.metadata, wanted.metadata);
    assert_eq!(head.content_type, wanted.content_type);
    assert_eq!(bucket.tags(&object).await.unwrap(), wanted.tags);

    let later = tags(&[("only", "this")]);
    bucket.set_tags(&object, &later).await.unwrap();
    assert_eq!(bucket.tags(&object).await.unwrap(), later);
}

#[tokio::test]
async fn a_taken_key_is_a_collision_and_replacing_must_be_asked_for() {
    let bucket = open(PLAIN).await;
    let first = put(&bucket, "k", "first").await;
    let second = bucket.put("k", body("second"), Some(6), PutOptions::default()).await;
    assert_eq!(second.unwrap_err().kind, ErrorKind::Collision);
    assert_eq!(read(&bucket, &first).await, b"first");

    bucket.set_tags(&first, &tags(&[("old", "tag")])).await.unwrap();
    let third = overwrite(&bucket, "k", "third").await;
    assert_eq!(read(&bucket, &third).await, b"third");
    assert!(bucket.tags(&third).await.unwrap().is_empty(), "old tags survived an overwrite");
    let old = bucket.read(&first).await.map(|_| ()).unwrap_err();
    assert_eq!(old.kind, ErrorKind::Changed);
}

#[tokio::test]
async fn large_and_unknown_sizes_go_up_in_parts() {
    let prefix = crate::server::fresh_prefix();
    drop(open(PLAIN).await);
    let mut small_parts = options(PLAIN, &prefix);
    small_parts.upload_part_bytes = 5 << 20;
    let bucket = S3Bucket::connect(small_parts).await.unwrap();
    let bytes = noise((11 << 20) + 3);
    for (key, size) in [("known", Some(bytes.len() as u64)), ("unknown", None)] {
        let wanted = PutOptions {
            tags: tags(&[("kept", "by parts")]),
            metadata: tags(&[("m", "v")]),
            content_type: Some("application/x-noise".to_owned()),
            replace: false,
        };
        let body = in_chunks(bytes.clone(), 700_001);
        let object = bucket.put(key, body, size, wanted.clone()).await.unwrap();
        assert_eq!(object.size_bytes, bytes.len() as u64);
        assert!(read(&bucket, &object).await == bytes, "{key}: bytes differ");
        assert_eq!(bucket.tags(&object).await.unwrap(), wanted.tags, "{key}");
        let head = bucket.head(key).await.unwrap();
        assert_eq!(head.metadata, wanted.metadata);
        assert_eq!(head.content_type, wanted.content_type);
        let again = bucket.put(key, in_chunks(bytes.clone(), 1 << 20), size, wanted).await;
        assert_eq!(again.unwrap_err().kind, ErrorKind::Collision, "{key}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let prefix = crate::server::fresh_prefix();
    drop(open(PLAIN).await);
    let mut small_parts = options(PLAIN, &prefix);
    small_parts.upload_part_bytes = 5 << 20;
    let bucket = S3Bucket::connect(small_parts).await.unwrap();
    for length in [10, 6 << 20] {
        let broken = Error::new(ErrorKind::Io, "read", "somewhere", "k", "broke off");
        let body = in_chunks(noise(length), 1 << 20)
            .chain(futures_util::stream::iter([Err(broken)]))
            .boxed();
        let error = bucket.put("k", body, None, PutOptions::default()).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Io, "broke off"));
        let short = bucket
            .put("k", in_chunks(noise(length), 1 << 20), Some(9 << 20), PutOptions::default())
            .await;
        assert_eq!(short.unwrap_err().kind, ErrorKind::VerificationFailed);
        assert_eq!(bucket.head("k").await.unwrap_err().kind, ErrorKind::NotFound);
    }
    let uploads = crate::server::raw().await;
    let uploads = uploads.list_multipart_uploads().bucket(PLAIN).prefix(&prefix).send().await;
    assert!(uploads.unwrap().uploads().is_empty(), "unfinished uploads were left");
}

#[tokio::test]
async fn empty_objects_are_objects() {
    let bucket = open(PLAIN).await;
    let object = bucket
        .put("empty", Box::pin(futures_util::stream::empty()), Some(0), PutOptions::default())
        .await
        .unwrap();
    assert_eq!(object.size_bytes, 0);
    assert_eq!(read(&bucket, &object).await, b"");
    bucket.delete(&object).await.unwrap();
    assert_eq!(bucket.head("empty").await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn encryption_is_asked_for_with_what_is_written() {
    drop(open(PLAIN).await);
    let prefix = crate::server::fresh_prefix();
    let mut encrypted = options(PLAIN, &prefix);
    encrypted.encryption = Encryption::Aes256;
    encrypted.multipart_copy_threshold_bytes = 5 << 20;
    encrypted.copy_part_bytes = 5 << 20;
    let bucket = S3Bucket::connect(encrypted).await.unwrap();
    let small = match bucket.put("small", body("secret"), Some(6), PutOptions::default()).await {
        Ok(small) => small,
        // A server that can not encrypt must say so rather than store plain bytes.
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Unsupported, "{error}");
            return;
        }
    };
    let large = put_with(&bucket, "large", &noise(6 << 20), PutOptions::default()).await;
    let run = crate::server::run_tags("run-e");
    for (object, key) in [(&small, "small-copy"), (&large, "large-copy")] {
        bucket.transfer(object, &bucket, key, &run).await.unwrap();
    }
    let client = crate::server::raw().await;
    for key in ["small", "large", "small-copy", "large-copy"] {
        let head = client.head_object().bucket(PLAIN).key(format!("{prefix}/{key}")).send().await;
        let encryption = head.unwrap().server_side_encryption().cloned();
        assert_eq!(
            encryption,
            Some(aws_sdk_s3::types::ServerSideEncryption::Aes256),
            "{key} is not encrypted"
        );
    }
    assert_eq!(read(&bucket, &small).await, b"secret");
}

#[tokio::test]
async fn more_tags_than_s3_takes_keep_ours() {
    let bucket = open(PLAIN).await;
    if bucket.capabilities().await.unwrap().tags == Support::No {
        return;
    }
    let source = put(&bucket, "k", "x").await;
    let mut many = crate::server::run_tags("run-t");
    many.extend((0..10).map(|n| (format!("A{n}"), "v".to_owned())));
    let done = bucket.transfer(&source, &bucket, "copy", &many).await.unwrap();
    assert_eq!(done.notes.len(), 2, "{:?}", done.notes);
    let kept = bucket.tags(&done.object).await.unwrap();
    assert_eq!(kept.len(), 10);
    assert_eq!(kept.get("WorkflowId").map(String::as_str), Some("run-t"));
}
