//! A store that ends every body early and says nothing of it.

use futures_util::StreamExt;
use lakegate_core::object::{ObjectRef, Tags};
use lakegate_store::{Body, Bucket, Capabilities, Error, Head, ListPage, PutOptions, Transferred};
use std::sync::Arc;

/// A bucket of whose bodies only the first chunk arrives.
pub struct CutShort(pub Arc<dyn Bucket>);

#[async_trait::async_trait]
impl Bucket for CutShort {
    async fn read(&self, object: &ObjectRef) -> Result<Body, Error> {
        Ok(self.0.read(object).await?.take(1).boxed())
    }

    fn location(&self) -> &str {
        self.0.location()
    }

    async fn capabilities(&self) -> Result<Capabilities, Error> {
        self.0.capabilities().await
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        self.0.list(prefix, after, limit).await
    }

    async fn head(&self, key: &str) -> Result<Head, Error> {
        self.0.head(key).await
    }

    async fn tags(&self, object: &ObjectRef) -> Result<Tags, Error> {
        self.0.tags(object).await
    }

    fn fitting_tags(&self, tags: &Tags) -> (Tags, Vec<String>) {
        self.0.fitting_tags(tags)
    }

    async fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
        self.0.set_tags(object, tags).await
    }

    async fn put(
        &self,
        key: &str,
        body: Body,
        size_bytes: Option<u64>,
        options: PutOptions,
    ) -> Result<ObjectRef, Error> {
        self.0.put(key, body, size_bytes, options).await
    }

    async fn transfer(
        &self,
        source: &ObjectRef,
        destination: &dyn Bucket,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error> {
        self.0.transfer(source, destination, key, tags).await
    }

    async fn delete(&self, object: &ObjectRef) -> Result<(), Error> {
        self.0.delete(object).await
    }

    async fn sync(&self) -> Result<(), Error> {
        self.0.sync().await
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self.0.as_any()
    }
}
