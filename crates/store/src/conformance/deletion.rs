//! Cases of deleting.

use super::*;

pub(super) async fn a_deleted_object_is_gone(pair: Arc<Pair>) {
    let options = PutOptions { tags: tags_of_run("r1"), ..Default::default() };
    let object = put_with(&*pair.source, "dir/key", "bytes", options).await.unwrap();
    let other = put(&*pair.source, "dir/other", "bytes").await;
    pair.source.delete(&object).await.unwrap();
    assert_absent(&*pair.source, "dir/key").await;
    assert_eq!(keys_of(&*pair.source, "").await, ["dir/other"]);
    assert_eq!(read(&*pair.source, &other).await.unwrap(), "bytes");
    let again = put(&*pair.source, "dir/key", "again").await;
    assert_eq!(pair.source.tags(&again).await.unwrap(), Tags::new());
}

pub(super) async fn deleting_twice_is_deleting_once(pair: Arc<Pair>) {
    let object = put(&*pair.source, "dir/key", "bytes").await;
    for _ in 0..2 {
        pair.source.delete(&object).await.unwrap();
        pair.source.sync().await.unwrap();
    }
    assert!(keys_of(&*pair.source, "").await.is_empty());
}

pub(super) async fn another_instance_is_spared(pair: Arc<Pair>) {
    let old = put(&*pair.source, "key", "first").await;
    let options = PutOptions { tags: tags_of_run("r2"), replace: true, ..Default::default() };
    let new = put_with(&*pair.source, "key", "other", options).await.unwrap();
    assert_kind(pair.source.delete(&old).await, ErrorKind::Changed);
    assert_eq!(read(&*pair.source, &new).await.unwrap(), "other");
    assert_eq!(pair.source.tags(&new).await.unwrap(), tags_of_run("r2"));
}
