//! Cases of tags.

use super::*;

pub(super) async fn tags_are_replaced_as_a_whole(pair: Arc<Pair>) {
    let options = PutOptions { tags: texts(&[("a", "1"), ("b", "2")]), ..Default::default() };
    let object = put_with(&*pair.source, "dir/key", "bytes", options).await.unwrap();
    for tags in
        [texts(&[("b", "3"), ("c", "")]), texts(&[]), texts(&[("SensitiveDataFound", "true")])]
    {
        pair.source.set_tags(&object, &tags).await.unwrap();
        assert_eq!(pair.source.tags(&object).await.unwrap(), tags);
        pair.source.set_tags(&object, &tags).await.unwrap();
        assert_eq!(pair.source.tags(&object).await.unwrap(), tags);
    }
}

pub(super) async fn tags_of_another_instance_are_refused(pair: Arc<Pair>) {
    let old = put(&*pair.source, "key", "first").await;
    let new = overwrite(&*pair.source, "key", "other").await;
    assert_kind(pair.source.set_tags(&old, &tags_of_run("r1")).await, ErrorKind::Changed);
    assert_eq!(pair.source.tags(&new).await.unwrap(), Tags::new());
    pair.source.delete(&new).await.unwrap();
    assert_kind(pair.source.set_tags(&new, &tags_of_run("r1")).await, ErrorKind::NotFound);
}

pub(super) async fn setting_tags_keeps_metadata_and_bytes(pair: Arc<Pair>) {
    let metadata = texts(&[("origin", "branch 7")]);
    let options = PutOptions { metadata: metadata.clone(), ..Default::default() };
    let object = put_with(&*pair.source, "key", "bytes", options).await.unwrap();
    pair.source.set_tags(&object, &tags_of_run("r1")).await.unwrap();
    let head = pair.source.head("key").await.unwrap();
    assert_eq!(head.object.etag, object.etag);
    assert_eq!(head.metadata, metadata);
    assert_eq!(content(&*pair.source, "key").await, "bytes");
}
