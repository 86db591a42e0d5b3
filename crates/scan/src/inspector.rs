//! The inspector: what all inspections of one flow share.

use crate::error::Error;
use crate::fingerprint::FingerprintKey;
use crate::inspection::{Inspected, Inspection};
use bytes::Bytes;
use futures_util::StreamExt;
use lakegate_detect::Detector;
use lakegate_extract::{Extractor, Limits};
use lakegate_store::Body;
use std::sync::Arc;

/// Objects up to this size are read whole before they are inspected; larger ones stream.
const READ_WHOLE_BYTES_MAX: usize = 256 * 1024;

/// Chunks of a streaming object that may wait for the inspection.
const CHUNKS_WAITING_MAX: usize = 4;

/// Inspects objects under one set of rules.
pub struct Inspector {
    detector: Detector,
    key: FingerprintKey,
    limits: Limits,
    ruleset: String,
}

impl Inspector {
    /// An inspector with these identifiers, this key for fingerprints and these limits.
    pub fn new(detector: Detector, key: FingerprintKey, limits: Limits) -> Self {
        let ruleset = detector.ruleset_digest().to_owned();
        Self { detector, key, limits, ruleset }
    }

    /// A digest of the rules, recorded with each verdict: other rules, other digest.
    pub fn ruleset(&self) -> &str {
        &self.ruleset
    }

    /// Begins the inspection of an object whose bytes the caller pushes.
    pub fn begin(&self) -> Inspection<'_> {
        Inspection::new(&self.detector, &self.key, Extractor::new(self.limits.clone()))
    }

    /// Inspects an object as its bytes come in. The work is done on a thread for blocking work; the
    /// bytes in memory are bounded.
    ///
    /// # Errors
    /// When the bytes can not be read to the end, or the inspection breaks off.
    pub async fn inspect(self: &Arc<Self>, mut body: Body) -> Result<Inspected, Error> {
        let mut whole: Vec<Bytes> = Vec::new();
        let mut size_bytes = 0;
        while size_bytes <= READ_WHOLE_BYTES_MAX {
            match body.next().await {
                Some(chunk) => {
                    let chunk = chunk.map_err(Error::Read)?;
                    size_bytes += chunk.len();
                    whole.push(chunk);
                }
                None => return self.inspect_whole(whole).await,
            }
        }
        self.inspect_stream(whole, body).await
    }

    async fn inspect_whole(self: &Arc<Self>, chunks: Vec<Bytes>) -> Result<Inspected, Error> {
        let inspector = self.clone();
        let work = move || {
            let mut inspection = inspector.begin();
            chunks.iter().for_each(|chunk| inspection.push(chunk));
            inspection.finish()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Broken)
    }

    async fn inspect_stream(
        self: &Arc<Self>,
        first: Vec<Bytes>,
        mut body: Body,
    ) -> Result<Inspected, Error> {
        let (sender, mut receiver) = tokio::sync::mpsc::channel::<Bytes>(CHUNKS_WAITING_MAX);
        let inspector = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let mut inspection = inspector.begin();
            first.iter().for_each(|chunk| inspection.push(chunk));
            while let Some(chunk) = receiver.blocking_recv() {
                inspection.push(&chunk);
            }
            inspection.finish()
        });
        let mut read = Ok(());
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(chunk) => {
                    if sender.send(chunk).await.is_err() {
                        break;
                    }
                }
                Err(error) => {
                    read = Err(Error::Read(error));
                    break;
                }
            }
        }
        drop(sender);
        let inspected = work.await.map_err(|_| Error::Broken)?;
        read.map(|()| inspected)
    }
}
