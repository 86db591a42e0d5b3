//! Cases of writing and reading.

use super::*;

const RACERS: u64 = 16;
/// Larger than one part of a multipart upload may be small, and no multiple of anything.
const LARGE_BYTES: usize = 11 * 1024 * 1024 + 13;

pub(super) async fn what_was_put_is_read(pair: Arc<Pair>) {
    let tags = texts(&[("team", "data lake"), ("sym", "a+b-c=d.e_f:g/h@i")]);
    let metadata = texts(&[("origin", "branch 7"), ("checked", "yes")]);
    let options = PutOptions {
        tags: tags.clone(),
        metadata: metadata.clone(),
        content_type: Some("text/csv".to_owned()),
        replace: false,
    };
    let object = put_with(&*pair.source, "in/file.csv", "a,b\n1,2\n", options).await.unwrap();
    assert_eq!((object.key.as_str(), object.size_bytes), ("in/file.csv", 8));
    let head = pair.source.head("in/file.csv").await.unwrap();
    assert_eq!(head.object.etag, object.etag);
    assert_eq!(head.metadata, metadata);
    assert_eq!(head.content_type.as_deref(), Some("text/csv"));
    assert_eq!(pair.source.tags(&object).await.unwrap(), tags);
    assert_eq!(read(&*pair.source, &object).await.unwrap(), "a,b\n1,2\n");
}

pub(super) async fn an_object_without_bytes_is_an_object(pair: Arc<Pair>) {
    let object = put(&*pair.source, "empty", "").await;
    let none = pair.source.put("none", stream::empty().boxed(), Some(0), PutOptions::default());
    assert_eq!(none.await.unwrap().size_bytes, 0);
    assert_eq!(object.size_bytes, 0);
    assert_eq!(read(&*pair.source, &object).await.unwrap(), "");
    assert_eq!(keys_of(&*pair.source, "").await, ["empty", "none"]);
}

pub(super) async fn a_body_of_many_chunks_comes_back_whole(pair: Arc<Pair>) {
    let bytes = noise(LARGE_BYTES, 1);
    for (key, announced) in [("announced", Some(LARGE_BYTES as u64)), ("unannounced", None)] {
        let body = in_chunks(bytes.clone(), 100_003);
        let object = pair.source.put(key, body, announced, PutOptions::default()).await.unwrap();
        assert_eq!(object.size_bytes, LARGE_BYTES as u64, "{key}");
        assert!(read(&*pair.source, &object).await.unwrap() == bytes, "{key}: other bytes");
    }
}

pub(super) async fn a_body_that_breaks_off_leaves_nothing(pair: Arc<Pair>) {
    for length in [10, LARGE_BYTES / 2] {
        let broken = Error::new(ErrorKind::Io, "read", "elsewhere", "", "it broke off");
        let body = stream::iter([Ok(noise(length, 2)), Err(broken)]).boxed();
        let answer = pair.source.put("broken", body, None, PutOptions::default()).await;
        assert!(answer.is_err(), "{length} bytes: {answer:?}");
        assert_absent(&*pair.source, "broken").await;
    }
    assert!(keys_of(&*pair.source, "").await.is_empty());
}

pub(super) async fn a_body_of_another_size_leaves_nothing(pair: Arc<Pair>) {
    for announced in [3, 9] {
        let body = whole("seven b");
        let answer = pair.source.put("odd", body, Some(announced), PutOptions::default()).await;
        assert!(answer.is_err(), "{announced} bytes announced: {answer:?}");
        assert_absent(&*pair.source, "odd").await;
    }
}

pub(super) async fn a_taken_key_is_a_collision(pair: Arc<Pair>) {
    let options = PutOptions { tags: texts(&[("of", "first")]), ..Default::default() };
    let first = put_with(&*pair.source, "key", "first", options).await.unwrap();
    let options = PutOptions { tags: texts(&[("of", "second")]), ..Default::default() };
    let second = put_with(&*pair.source, "key", "second", options).await;
    assert_kind(second, ErrorKind::Collision);
    assert_eq!(read(&*pair.source, &first).await.unwrap(), "first");
    assert_eq!(pair.source.tags(&first).await.unwrap(), texts(&[("of", "first")]));
}

pub(super) async fn a_replacement_inherits_nothing(pair: Arc<Pair>) {
    let options = PutOptions {
        tags: texts(&[("of", "first")]),
        metadata: texts(&[("of", "first")]),
        content_type: Some("text/plain".to_owned()),
        replace: false,
    };
    let first = put_with(&*pair.source, "key", "first", options).await.unwrap();
    let second = overwrite(&*pair.source, "key", "other").await;
    assert_ne!(second.etag, first.etag);
    assert_eq!(content(&*pair.source, "key").await, "other");
    assert_eq!(pair.source.tags(&second).await.unwrap(), Tags::new());
    assert_eq!(pair.source.head("key").await.unwrap().metadata, Tags::new());
}

pub(super) async fn one_of_many_concurrent_puts_wins(pair: Arc<Pair>) {
    let racers = (0..RACERS).map(|racer| {
        let pair = Arc::clone(&pair);
        tokio::spawn(async move {
            let body = noise(2000, racer + 1);
            put_with(&*pair.source, "deep/er/key", body, PutOptions::default()).await
        })
    });
    let mut winners = Vec::new();
    for (racer, answer) in futures_util::future::join_all(racers).await.into_iter().enumerate() {
        match answer.unwrap() {
            Ok(object) => winners.push((racer as u64, object)),
            Err(error) => assert_eq!(error.kind, ErrorKind::Collision, "{error}"),
        }
    }
    assert_eq!(winners.len(), 1, "winners: {winners:?}");
    let (winner, object) = winners.remove(0);
    assert!(read(&*pair.source, &object).await.unwrap() == noise(2000, winner + 1));
}

pub(super) async fn an_absent_object_is_not_found(pair: Arc<Pair>) {
    let object = put(&*pair.source, "dir/key", "bytes").await;
    pair.source.delete(&object).await.unwrap();
    assert_kind(pair.source.head("dir/key").await, ErrorKind::NotFound);
    assert_kind(pair.source.head("dir").await, ErrorKind::NotFound);
    assert_kind(pair.source.head("dir/key/below").await, ErrorKind::NotFound);
    assert_kind(read(&*pair.source, &object).await, ErrorKind::NotFound);
    assert_kind(pair.source.tags(&object).await, ErrorKind::NotFound);
}

pub(super) async fn an_overwritten_object_is_not_read(pair: Arc<Pair>) {
    let old = put(&*pair.source, "key", "first").await;
    let new = overwrite(&*pair.source, "key", "other").await;
    assert_kind(read(&*pair.source, &old).await, ErrorKind::Changed);
    assert_eq!(read(&*pair.source, &new).await.unwrap(), "other");
}

pub(super) async fn a_read_never_mixes_two_objects(pair: Arc<Pair>) {
    let bytes = noise(LARGE_BYTES, 3);
    let old = put(&*pair.source, "key", bytes.clone()).await;
    let mut body = pair.source.read(&old).await.unwrap();
    let begun = body.next().await.unwrap().unwrap();
    overwrite(&*pair.source, "key", noise(LARGE_BYTES, 4)).await;
    match collect(body).await {
        Ok(rest) => assert!([begun, rest].concat() == bytes, "the bytes are of two objects"),
        Err(error) => assert_eq!(error.kind, ErrorKind::Changed, "{error}"),
    }
}

pub(super) async fn the_probe_leaves_nothing_and_repeats_itself(pair: Arc<Pair>) {
    let first = pair.source.capabilities().await.unwrap();
    let second = pair.source.capabilities().await.unwrap();
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    assert!(keys_of(&*pair.source, "").await.is_empty());
    pair.source.sync().await.unwrap();
}
