//! Cases of transfers.

use super::*;
use crate::bucket::{SourceAfter, Transferred};

async fn transfer(
    pair: &Pair,
    source: &ObjectRef,
    key: &str,
    run: &str,
) -> Result<Transferred, Error> {
    pair.source.transfer(source, &*pair.destination, key, &tags_of_run(run)).await
}

/// The source stands or not, as the transfer said.
async fn assert_source(pair: &Pair, source: &ObjectRef, after: SourceAfter) {
    match after {
        SourceAfter::Gone => assert_absent(&*pair.source, &source.key).await,
        SourceAfter::Remains => {
            assert_eq!(pair.source.head(&source.key).await.unwrap().object.etag, source.etag);
        }
    }
}

pub(super) async fn a_transfer_keeps_bytes_and_metadata_and_sets_tags(pair: Arc<Pair>) {
    let metadata = texts(&[("origin", "branch 7"), ("checked", "yes")]);
    let options = PutOptions {
        tags: texts(&[("of", "the producer"), ("dropped", "yes")]),
        metadata: metadata.clone(),
        content_type: Some("text/csv".to_owned()),
        replace: false,
    };
    let source = put_with(&*pair.source, "in/a b.csv", "a,b\n", options).await.unwrap();
    let tags =
        texts(&[(TAG_WORKFLOW_ID, "r1"), ("of", "the producer"), ("LakegateVerdict", "CLEAN")]);
    let moved =
        pair.source.transfer(&source, &*pair.destination, "r1/in/a b.csv", &tags).await.unwrap();
    assert_eq!((moved.object.key.as_str(), moved.object.size_bytes), ("r1/in/a b.csv", 4));
    assert_eq!(read(&*pair.destination, &moved.object).await.unwrap(), "a,b\n");
    assert_eq!(pair.destination.tags(&moved.object).await.unwrap(), tags);
    let head = pair.destination.head("r1/in/a b.csv").await.unwrap();
    assert_eq!(head.object.etag, moved.object.etag);
    assert_eq!(head.metadata, metadata);
    assert_eq!(head.content_type.as_deref(), Some("text/csv"));
    assert_source(&pair, &source, moved.source).await;
    pair.destination.sync().await.unwrap();
}

pub(super) async fn an_object_without_bytes_is_transferred(pair: Arc<Pair>) {
    let source = put(&*pair.source, "empty", "").await;
    let moved = transfer(&pair, &source, "r1/empty", "r1").await.unwrap();
    assert_eq!(read(&*pair.destination, &moved.object).await.unwrap(), "");
    assert_eq!(pair.destination.tags(&moved.object).await.unwrap(), tags_of_run("r1"));
}

pub(super) async fn a_large_object_is_transferred(pair: Arc<Pair>) {
    let bytes = noise(9 * 1024 * 1024 + 7, 5);
    let source = put(&*pair.source, "large", bytes.clone()).await;
    let moved = transfer(&pair, &source, "r1/large", "r1").await.unwrap();
    assert!(read(&*pair.destination, &moved.object).await.unwrap() == bytes, "other bytes");
    assert_eq!(pair.destination.tags(&moved.object).await.unwrap(), tags_of_run("r1"));
}

pub(super) async fn a_repeated_transfer_is_done_already(pair: Arc<Pair>) {
    let source = put(&*pair.source, "key", "bytes").await;
    let first = transfer(&pair, &source, "r1/key", "r1").await.unwrap();
    let again = transfer(&pair, &source, "r1/key", "r1").await.unwrap();
    assert_eq!(again.object.etag, first.object.etag);
    assert_source(&pair, &source, again.source).await;
    assert_eq!(pair.destination.tags(&again.object).await.unwrap(), tags_of_run("r1"));
    assert_eq!(keys_of(&*pair.destination, "").await, ["r1/key"]);
}

pub(super) async fn a_transfer_is_done_though_the_source_is_deleted(pair: Arc<Pair>) {
    let source = put(&*pair.source, "key", "bytes").await;
    let first = transfer(&pair, &source, "r1/key", "r1").await.unwrap();
    pair.source.delete(&source).await.unwrap();
    let again = transfer(&pair, &source, "r1/key", "r1").await.unwrap();
    assert_eq!(again.source, SourceAfter::Gone);
    assert_eq!(again.object.etag, first.object.etag);
    assert_eq!(content(&*pair.destination, "r1/key").await, "bytes");
}

pub(super) async fn a_transfer_is_done_though_the_source_key_holds_another(pair: Arc<Pair>) {
    let source = put(&*pair.source, "key", "first").await;
    let first = transfer(&pair, &source, "r1/key", "r1").await.unwrap();
    let landed = overwrite(&*pair.source, "key", "other").await;
    let again = transfer(&pair, &source, "r1/key", "r1").await.unwrap();
    assert_eq!(again.source, SourceAfter::Gone);
    assert_eq!(again.object.etag, first.object.etag);
    assert_eq!(read(&*pair.source, &landed).await.unwrap(), "other");
    assert_eq!(content(&*pair.destination, "r1/key").await, "first");
}

pub(super) async fn a_taken_destination_is_a_collision(pair: Arc<Pair>) {
    let standing: [(&str, Tags); 4] = [
        ("other size", tags_of_run("r1")),
        ("bytes", tags_of_run("r0")),
        ("bytes", Tags::new()),
        ("BYTES", texts(&[("of", "somebody")])),
    ];
    for (index, (body, tags)) in standing.into_iter().enumerate() {
        let (from, to) = (format!("from/{index}"), format!("to/{index}"));
        let options = PutOptions { tags: tags.clone(), ..Default::default() };
        let there = put_with(&*pair.destination, &to, body, options).await.unwrap();
        let source = put(&*pair.source, &from, "bytes").await;
        for _ in 0..2 {
            assert_kind(transfer(&pair, &source, &to, "r1").await, ErrorKind::Collision);
        }
        assert_eq!(read(&*pair.destination, &there).await.unwrap(), body);
        assert_eq!(pair.destination.tags(&there).await.unwrap(), tags);
        assert_eq!(read(&*pair.source, &source).await.unwrap(), "bytes");
    }
}

pub(super) async fn same_run_and_size_with_other_bytes_is_a_collision(pair: Arc<Pair>) {
    let options = PutOptions { tags: tags_of_run("r1"), ..Default::default() };
    let there = put_with(&*pair.destination, "key", "BYTES", options).await.unwrap();
    let source = put(&*pair.source, "key", "bytes").await;
    assert_kind(transfer(&pair, &source, "key", "r1").await, ErrorKind::Collision);
    assert_eq!(read(&*pair.destination, &there).await.unwrap(), "BYTES");
    assert_eq!(read(&*pair.source, &source).await.unwrap(), "bytes");
}

pub(super) async fn a_changed_source_stays(pair: Arc<Pair>) {
    let old = put(&*pair.source, "key", "first").await;
    let new = overwrite(&*pair.source, "key", "other").await;
    assert_kind(transfer(&pair, &old, "r1/key", "r1").await, ErrorKind::Changed);
    assert_absent(&*pair.destination, "r1/key").await;
    assert_eq!(read(&*pair.source, &new).await.unwrap(), "other");
}

pub(super) async fn an_absent_source_is_not_found(pair: Arc<Pair>) {
    let source = put(&*pair.source, "key", "bytes").await;
    pair.source.delete(&source).await.unwrap();
    assert_kind(transfer(&pair, &source, "r1/key", "r1").await, ErrorKind::NotFound);
    assert!(keys_of(&*pair.destination, "").await.is_empty());
}

pub(super) async fn tags_without_a_run_are_refused(pair: Arc<Pair>) {
    let source = put(&*pair.source, "key", "bytes").await;
    let tags = texts(&[("of", "nobody")]);
    let answer = pair.source.transfer(&source, &*pair.destination, "key", &tags).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(read(&*pair.source, &source).await.unwrap(), "bytes");
    assert_absent(&*pair.destination, "key").await;
}

pub(super) async fn two_transfers_of_one_object_end_as_one(pair: Arc<Pair>) {
    for round in 0..8 {
        let (from, to) = (format!("key-{round}"), format!("r1/dir-{round}/key"));
        let source = put(&*pair.source, &from, noise(1000, round + 1)).await;
        let racers = (0..2).map(|_| {
            let (pair, source, to) = (Arc::clone(&pair), source.clone(), to.clone());
            tokio::spawn(async move { transfer(&pair, &source, &to, "r1").await })
        });
        let answers = futures_util::future::join_all(racers).await;
        let etags: Vec<String> =
            answers.into_iter().map(|answer| answer.unwrap().unwrap().object.etag).collect();
        assert_eq!(etags[0], etags[1]);
        let head = pair.destination.head(&to).await.unwrap();
        assert_eq!(pair.destination.tags(&head.object).await.unwrap(), tags_of_run("r1"));
        assert!(content(&*pair.destination, &to).await == noise(1000, round + 1));
    }
}

pub(super) async fn two_objects_race_to_one_key(pair: Arc<Pair>) {
    for round in 0..8 {
        let to = format!("dir-{round}/key");
        let mut sources = Vec::new();
        for racer in 0..2 {
            let key = format!("{round}-{racer}");
            sources.push(put(&*pair.source, &key, noise(1000, round * 2 + racer + 1)).await);
        }
        let racers = sources.iter().map(|source| {
            let (pair, source, to) = (Arc::clone(&pair), source.clone(), to.clone());
            tokio::spawn(async move { transfer(&pair, &source, &to, "r1").await })
        });
        let answers = futures_util::future::join_all(racers).await;
        let won: Vec<bool> =
            answers.iter().map(|answer| answer.as_ref().unwrap().is_ok()).collect();
        assert_eq!(won.iter().filter(|&&won| won).count(), 1, "{answers:?}");
        let winner = u64::from(won[1]);
        assert!(content(&*pair.destination, &to).await == noise(1000, round * 2 + winner + 1));
        let (loser, lost) = (1 - winner, &sources[usize::from(won[0])]);
        assert!(read(&*pair.source, lost).await.unwrap() == noise(1000, round * 2 + loser + 1));
        let head = pair.destination.head(&to).await.unwrap();
        assert_eq!(pair.destination.tags(&head.object).await.unwrap(), tags_of_run("r1"));
    }
}

pub(super) async fn an_object_goes_through_and_comes_back(pair: Arc<Pair>) {
    let metadata = texts(&[("origin", "branch 7")]);
    let options = PutOptions { metadata: metadata.clone(), ..Default::default() };
    let source = put_with(&*pair.source, "key", "bytes", options).await.unwrap();
    let there = transfer(&pair, &source, "r1/key", "r1").await.unwrap();
    if there.source == SourceAfter::Remains {
        pair.source.delete(&source).await.unwrap();
    }
    let back = pair
        .destination
        .transfer(&there.object, &*pair.source, "key", &tags_of_run("r2"))
        .await
        .unwrap();
    assert_eq!(read(&*pair.source, &back.object).await.unwrap(), "bytes");
    assert_eq!(pair.source.tags(&back.object).await.unwrap(), tags_of_run("r2"));
    assert_eq!(pair.source.head("key").await.unwrap().metadata, metadata);
}
