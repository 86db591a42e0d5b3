//! The four zones as they are, without the faults that the gate meets in them.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use lakegate_core::object::{ObjectRef, Tags, Zone};
use lakegate_store::folder::StepHook;
use lakegate_store::{Bucket, ErrorKind, FolderBucket, FolderOptions, MemoryBucket, PutOptions};
use std::path::Path;
use std::sync::Arc;

/// Objects asked for in one listing.
const PAGE: usize = 500;

/// Four buckets.
#[derive(Clone)]
pub struct Lake {
    buckets: [Arc<dyn Bucket>; 4],
    memory: Option<[MemoryBucket; 4]>,
}

/// An object as it stands in a zone.
#[derive(Clone, Debug)]
pub struct Standing {
    pub zone: Zone,
    pub key: String,
    pub object: ObjectRef,
    pub bytes: Bytes,
    pub tags: Tags,
    pub metadata: Tags,
}

impl Lake {
    pub fn memory() -> Self {
        let memory = Zone::ALL.map(|zone| MemoryBucket::new(zone.as_str()));
        let buckets = memory.clone().map(|bucket| Arc::new(bucket) as Arc<dyn Bucket>);
        Self { buckets, memory: Some(memory) }
    }

    /// Folders below `root`, opened anew: what a killed process left is tidied.
    pub fn folders(root: &Path) -> Self {
        Self::folders_with(root, || None)
    }

    /// The same, with a hook between the effects of each operation.
    pub fn folders_with(root: &Path, hook: impl Fn() -> Option<StepHook>) -> Self {
        let open = |zone: Zone| {
            let options = FolderOptions {
                create: true,
                remove_emptied_directories: zone == Zone::ScanStage || zone == Zone::ManualReview,
                ..FolderOptions::default()
            };
            let bucket = FolderBucket::open(&root.join(zone.as_str()), options).unwrap();
            if let Some(hook) = hook() {
                bucket.set_step_hook(hook);
            }
            Arc::new(bucket) as Arc<dyn Bucket>
        };
        Self { buckets: Zone::ALL.map(open), memory: None }
    }

    pub fn of(buckets: [Arc<dyn Bucket>; 4]) -> Self {
        Self { buckets, memory: None }
    }

    pub fn bucket(&self, zone: Zone) -> &Arc<dyn Bucket> {
        &self.buckets[index(zone)]
    }

    /// A zone in memory, for what must happen in the midst of another operation.
    pub fn in_memory(&self, zone: Zone) -> &MemoryBucket {
        &self.memory.as_ref().expect("this lake is not in memory")[index(zone)]
    }

    /// Writes an object over whatever the key holds.
    pub async fn put(
        &self,
        zone: Zone,
        key: &str,
        bytes: Bytes,
        tags: &Tags,
        metadata: &Tags,
    ) -> ObjectRef {
        let options = PutOptions {
            tags: tags.clone(),
            metadata: metadata.clone(),
            content_type: None,
            replace: true,
        };
        let size_bytes = bytes.len() as u64;
        let body = futures_util::stream::iter([Ok(bytes)]).boxed();
        self.bucket(zone).put(key, body, Some(size_bytes), options).await.unwrap()
    }

    pub async fn keys(&self, zone: Zone) -> Vec<String> {
        self.objects(zone).await.into_iter().map(|object| object.key).collect()
    }

    async fn objects(&self, zone: Zone) -> Vec<ObjectRef> {
        let (mut after, mut objects) = (None, Vec::new());
        loop {
            let page = self.bucket(zone).list("", after.as_deref(), PAGE).await.unwrap();
            objects.extend(page.objects);
            after = page.next;
            if after.is_none() {
                return objects;
            }
        }
    }

    pub async fn get(&self, zone: Zone, key: &str) -> Option<Standing> {
        match self.bucket(zone).head(key).await {
            Ok(head) => Some(self.look(zone, head.object, head.metadata).await),
            Err(error) if error.kind == ErrorKind::NotFound => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Everything in all zones.
    pub async fn contents(&self) -> Vec<Standing> {
        let mut standing = Vec::new();
        for zone in Zone::ALL {
            for object in self.objects(zone).await {
                let head = self.bucket(zone).head(&object.key).await.unwrap();
                standing.push(self.look(zone, object, head.metadata).await);
            }
        }
        standing
    }

    async fn look(&self, zone: Zone, object: ObjectRef, metadata: Tags) -> Standing {
        let bucket = self.bucket(zone);
        let mut body = bucket.read(&object).await.unwrap();
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        let tags = bucket.tags(&object).await.unwrap();
        let key = object.key.clone();
        Standing { zone, key, object, bytes: bytes.freeze(), tags, metadata }
    }
}

fn index(zone: Zone) -> usize {
    Zone::ALL.iter().position(|other| *other == zone).unwrap()
}
