//! Verified copies within one store.

use crate::server::{
    PLAIN, noise, open, options, overwrite, put, put_with, raw, read, read_key, run_tags, tags,
};
use aws_sdk_s3::primitives::ByteStream;
use lakegate_core::object::TAG_WORKFLOW_ID;
use lakegate_store::{Bucket, ErrorKind, MemoryBucket, PutOptions, S3Bucket, SourceAfter};

/// A pair of zones in one bucket; copies above 5 MiB go by parts.
async fn zones() -> (S3Bucket, S3Bucket) {
    drop(open(PLAIN).await);
    let zone = async || {
        let mut small = options(PLAIN, &crate::server::fresh_prefix());
        small.multipart_copy_threshold_bytes = 5 << 20;
        small.copy_part_bytes = 5 << 20;
        S3Bucket::connect(small).await.unwrap()
    };
    (zone().await, zone().await)
}

#[tokio::test]
async fn a_copy_has_bytes_metadata_and_exactly_the_given_tags() {
    let (from, to) = zones().await;
    for (key, size) in [("small", 10), ("large", (12 << 20) + 1)] {
        let wanted = PutOptions {
            tags: tags(&[("producer", "old"), ("gone", "after")]),
            metadata: tags(&[("owner", "somebody")]),
            content_type: Some("text/plain".to_owned()),
            replace: false,
        };
        let bytes = noise(size);
        let source = put_with(&from, key, &bytes, wanted.clone()).await;
        let run = run_tags("run-1");
        let done = from.transfer(&source, &to, &format!("run-1/{key}"), &run).await.unwrap();
        assert_eq!(done.source, SourceAfter::Remains);
        assert_eq!(done.object.size_bytes, size as u64);
        assert!(read(&to, &done.object).await == bytes, "{key}: bytes differ");
        assert_eq!(to.tags(&done.object).await.unwrap(), run, "{key}");
        let head = to.head(&format!("run-1/{key}")).await.unwrap();
        assert_eq!(head.metadata, wanted.metadata, "{key}");
        assert_eq!(head.content_type, wanted.content_type, "{key}");
        assert_eq!(head.object, done.object);
        assert!(read(&from, &source).await == bytes, "the source changed");
    }
}

#[tokio::test]
async fn every_header_of_the_producer_survives() {
    let (from, to) = zones().await;
    let client = raw().await;
    for (key, size) in [("small", 10), ("large", 6 << 20)] {
        client
            .put_object()
            .bucket(PLAIN)
            .key(full(&from, key))
            .body(ByteStream::from(noise(size)))
            .content_type("text/x")
            .cache_control("max-age=60")
            .content_disposition("attachment; filename=\"a.txt\"")
            .content_encoding("identity")
            .content_language("de")
            .metadata("owner", "somebody")
            .send()
            .await
            .unwrap();
        let source = from.head(key).await.unwrap().object;
        from.transfer(&source, &to, key, &run_tags("run-h")).await.unwrap();
        let head = client.head_object().bucket(PLAIN).key(full(&to, key)).send().await.unwrap();
        assert_eq!(head.content_type(), Some("text/x"), "{key}");
        assert_eq!(head.cache_control(), Some("max-age=60"), "{key}");
        assert_eq!(head.content_disposition(), Some("attachment; filename=\"a.txt\""), "{key}");
        assert_eq!(head.content_encoding(), Some("identity"), "{key}");
        assert_eq!(head.content_language(), Some("de"), "{key}");
        assert_eq!(
            head.metadata().and_then(|all| all.get("owner")).map(String::as_str),
            Some("somebody")
        );
    }
}

fn full(bucket: &S3Bucket, key: &str) -> String {
    let prefix = bucket.location().trim_start_matches("s3://").split_once('/').unwrap().1;
    format!("{prefix}/{key}")
}

#[tokio::test]
async fn a_transfer_repeated_is_done_and_a_foreign_object_is_a_collision() {
    let (from, to) = zones().await;
    for (key, size) in [("small", 100), ("large", 6 << 20)] {
        let bytes = noise(size);
        let source = put_with(&from, key, &bytes, PutOptions::default()).await;
        let run = run_tags("run-2");
        let first = from.transfer(&source, &to, key, &run).await.unwrap();
        let second = from.transfer(&source, &to, key, &run).await.unwrap();
        assert_eq!(second.object, first.object, "{key}");
        assert_eq!(second.source, SourceAfter::Remains, "{key}");

        let other_run = from.transfer(&source, &to, key, &run_tags("run-3")).await;
        assert_eq!(other_run.unwrap_err().kind, ErrorKind::Collision, "{key}");

        from.delete(&source).await.unwrap();
        let third = from.transfer(&source, &to, key, &run).await.unwrap();
        assert_eq!((third.object, third.source), (first.object, SourceAfter::Gone), "{key}");
    }
    let source = put(&from, "k", "mine").await;
    put(&to, "k", "them").await;
    let error = from.transfer(&source, &to, "k", &run_tags("run-2")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Collision);
    assert_eq!(read_key(&to, "k").await, b"them");
}

#[tokio::test]
async fn the_same_run_with_other_bytes_is_a_collision() {
    let (from, to) = zones().await;
    let run = run_tags("run-c");
    let first = put(&from, "one", "AAAA").await;
    let second = put(&from, "two", "BBBB").await;
    from.transfer(&first, &to, "k", &run).await.unwrap();
    let error = from.transfer(&second, &to, "k", &run).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Collision);
    assert_eq!(read_key(&to, "k").await, b"AAAA");
}

#[tokio::test]
async fn tags_lost_after_the_copy_are_written_again() {
    let (from, to) = zones().await;
    let source = put(&from, "k", "bytes").await;
    let run = run_tags("run-5");
    let done = from.transfer(&source, &to, "k", &run).await.unwrap();
    to.set_tags(&done.object, &tags(&[("WorkflowId", "run-5")])).await.unwrap();
    let again = from.transfer(&source, &to, "k", &run).await.unwrap();
    assert_eq!(to.tags(&again.object).await.unwrap(), run);
}

#[tokio::test]
async fn changed_and_missing_sources_are_told_apart() {
    let (from, to) = zones().await;
    for size in [4, 6 << 20] {
        let source = put_with(&from, "k", &noise(size), PutOptions::default()).await;
        overwrite(&from, "k", "newer").await;
        let error = from.transfer(&source, &to, "k", &run_tags("r")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Changed, "{error}");
        assert_eq!(to.head("k").await.unwrap_err().kind, ErrorKind::NotFound);
        let error = from.delete(&source).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Changed);
        let newer = from.head("k").await.unwrap().object;
        assert_eq!(read(&from, &newer).await, b"newer");

        from.delete(&newer).await.unwrap();
        from.delete(&newer).await.unwrap();
        let error = from.transfer(&newer, &to, "k", &run_tags("r")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
        let error = from.read(&newer).await.map(|_| ()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    }
}

#[tokio::test]
async fn a_source_uploaded_in_parts_is_verified_by_reading() {
    let (from, to) = zones().await;
    let mut parts = options(PLAIN, from.location().rsplit_once('/').unwrap().1);
    parts.upload_part_bytes = 5 << 20;
    let writer = S3Bucket::connect(parts).await.unwrap();
    // Above one upload part, and copied in one request: the ETags of the two can not be compared.
    let bytes = noise((5 << 20) + 1);
    let source = put_with(&writer, "k", &bytes, PutOptions::default()).await;
    let mut whole = options(PLAIN, to.location().rsplit_once('/').unwrap().1);
    whole.multipart_copy_threshold_bytes = 1 << 30;
    let to = S3Bucket::connect(whole).await.unwrap();
    let run = run_tags("run-p");
    let done = from.transfer(&source, &to, "k", &run).await.unwrap();
    assert!(read(&to, &done.object).await == bytes);
    from.delete(&source).await.unwrap();
    let again = from.transfer(&source, &to, "k", &run).await.unwrap();
    assert_eq!((again.object, again.source), (done.object, SourceAfter::Gone));
}

#[tokio::test]
async fn tags_that_do_not_fit_are_dropped_with_a_note_from_any_store() {
    let bucket = open(PLAIN).await;
    let memory = MemoryBucket::new("memory");
    let source = memory.insert("k", "bytes");
    let mut many = tags(&[(TAG_WORKFLOW_ID, "r"), ("!odd", "1")]);
    many.extend((0..10).map(|n| (format!("Zone{n}"), "x".to_owned())));
    let (fitting, notes) = bucket.fitting_tags(&many);
    assert_eq!((fitting.len(), notes.len()), (10, 2));

    let there = memory.transfer(&source, &bucket, "k", &many).await.unwrap();
    assert_eq!(there.notes, notes);
    assert_eq!(bucket.tags(&there.object).await.unwrap(), fitting);
    // A second try finds the first one's result, and sets its tags right.
    bucket.set_tags(&there.object, &tags(&[(TAG_WORKFLOW_ID, "r")])).await.unwrap();
    let again = memory.transfer(&source, &bucket, "k", &many).await.unwrap();
    assert_eq!((again.object.etag, again.notes), (there.object.etag.clone(), notes));
    assert_eq!(bucket.tags(&there.object).await.unwrap(), fitting);

    let back = bucket.transfer(&there.object, &memory, "back", &many).await.unwrap();
    assert_eq!(memory.tags(&back.object).await.unwrap(), many);
    assert!(back.notes.is_empty());

    // A run's id that the store can not hold would leave a copy that nobody recognises.
    let odd = tags(&[(TAG_WORKFLOW_ID, "r!")]);
    let refused = memory.transfer(&source, &bucket, "odd", &odd).await;
    assert_eq!(refused.unwrap_err().kind, ErrorKind::Unsupported);
}
