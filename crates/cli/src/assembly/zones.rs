//! A zone's place as a bucket.

use crate::config::{Flow, Location};
use lakegate_core::object::Zone;
use lakegate_store::{Bucket, Error, FolderBucket, FolderOptions, S3Bucket, S3Options};
use std::sync::Arc;

/// Opens the bucket of a zone. A folder must be there: one that is missing is more likely a slip, or a
/// file system that is not mounted, than a wish.
///
/// # Errors
/// The store's. An S3 store is not asked anything yet, so a missing bucket or wrong credentials show at
/// the first operation.
pub async fn open_zone(flow: &Flow, zone: Zone) -> Result<Arc<dyn Bucket>, Error> {
    match flow.zones.get(zone) {
        Location::Folder(folder) => {
            let options = FolderOptions {
                create: false,
                copy_always: zone == Zone::Raw && flow.copy_always,
                // Only Lakegate fills these two.
                remove_emptied_directories: matches!(zone, Zone::ScanStage | Zone::ManualReview),
            };
            Ok(Arc::new(FolderBucket::open(folder, options)?))
        }
        Location::S3 { bucket, prefix } => {
            let (bucket, prefix) = (bucket.clone(), prefix.clone());
            let options = S3Options { bucket, prefix, ..flow.s3.clone() };
            Ok(Arc::new(S3Bucket::connect(options).await?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, TEMPLATE};
    use lakegate_store::ErrorKind;

    #[tokio::test]
    async fn folders_are_opened_and_never_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lakegate.toml");
        let config = Config::parse(&file, TEMPLATE, Vec::new(), []).unwrap();
        let flow = &config.flows[0];
        for zone in Zone::ALL {
            let error = open_zone(flow, zone).await.err().unwrap();
            assert_eq!(error.kind, ErrorKind::NotFound);
            let path = folder.path().join("zones").join(zone.as_str());
            assert!(!path.exists());
            std::fs::create_dir_all(&path).unwrap();
            let bucket = open_zone(flow, zone).await.unwrap();
            assert_eq!(bucket.location(), path.to_str().unwrap());
        }
    }

    #[tokio::test]
    async fn s3_prefixes_get_the_flow_s_options() {
        let text = TEMPLATE
            .replace("raw = \"zones/raw\"", "raw = \"s3://lake/landing/\"")
            .replace("#endpoint = \"https://s3.example.org\"", "endpoint = \"http://127.0.0.1:1\"");
        let config = Config::parse("lakegate.toml".as_ref(), &text, Vec::new(), []).unwrap();
        let bucket = open_zone(&config.flows[0], Zone::Raw).await.unwrap();
        assert_eq!(bucket.location(), "s3://lake/landing");
    }
}
