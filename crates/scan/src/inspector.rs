//! The inspector: what all inspections of one flow share.

use crate::error::Error;
use crate::fingerprint::FingerprintKey;
use crate::inspection::{Inspected, inspect};
use crate::sources::{SourcePasswords, Sources};
use bytes::Bytes;
use futures_util::StreamExt;
use lakegate_detect::Ruleset;
use lakegate_extract::process::Pool;
use lakegate_extract::{Limits, PasswordsError};
use lakegate_store::Body;
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

/// Objects up to this size are read whole before they are inspected; larger ones stream.
const READ_WHOLE_BYTES_MAX: usize = 256 * 1024;

/// Chunks of a streaming object that may wait for the inspection.
const CHUNKS_WAITING_MAX: usize = 4;

/// Inspects objects under one set of rules.
pub struct Inspector {
    rules: Ruleset,
    key: FingerprintKey,
    limits: Limits,
    pool: Option<Arc<Pool>>,
    sources: Sources,
}

impl Inspector {
    /// An inspector with these rules, this key for fingerprints and these limits.
    pub fn new(rules: impl Into<Ruleset>, key: FingerprintKey, limits: Limits) -> Self {
        Self { rules: rules.into(), key, limits, pool: None, sources: Sources::default() }
    }

    /// Lets processes of `pool` read what is not text. Without it, complex formats are read on the thread
    /// that inspects: good for tests, and never for objects of unknown origin.
    #[must_use]
    pub fn with_processes(self, pool: Arc<Pool>) -> Self {
        Self { pool: Some(pool), ..self }
    }

    /// Tries these passwords at what is encrypted, at each object those of its source alone.
    ///
    /// # Errors
    /// When there are too many for one object.
    pub fn with_passwords(self, sources: Vec<SourcePasswords>) -> Result<Self, PasswordsError> {
        Ok(Self { sources: Sources::new(sources)?, ..self })
    }

    /// A digest of the rules, recorded with each verdict: other rules, other digest.
    pub fn ruleset(&self) -> &str {
        self.rules.digest()
    }

    /// Inspects an object without a key on this thread, reading its bytes to their end.
    ///
    /// # Errors
    /// When the input can not be read to its end, or no process can be started: then nothing is
    /// concluded.
    pub fn inspect_from(&self, input: &mut (dyn Read + Send)) -> Result<Inspected, Error> {
        self.inspect_keyed_from("", input)
    }

    /// As [`Inspector::inspect_from`], for the object with this key.
    ///
    /// # Errors
    /// As of [`Inspector::inspect_from`].
    pub fn inspect_keyed_from(
        &self,
        key: &str,
        input: &mut (dyn Read + Send),
    ) -> Result<Inspected, Error> {
        // That all of them are not too many was seen when they were given.
        let passwords = self.sources.of(key).unwrap_or_default();
        let Self { rules, limits, .. } = self;
        inspect(input, rules, &self.key, (limits, &passwords), self.pool.as_deref())
    }

    /// Inspects the object with this key as its bytes come in. The work is done on a thread for blocking
    /// work; the bytes in memory are bounded.
    ///
    /// # Errors
    /// When the bytes can not be read to the end, or the inspection breaks off.
    pub async fn inspect(self: &Arc<Self>, key: &str, mut body: Body) -> Result<Inspected, Error> {
        let mut whole: Vec<Bytes> = Vec::new();
        let mut size_bytes = 0;
        while size_bytes <= READ_WHOLE_BYTES_MAX {
            match body.next().await {
                Some(chunk) => {
                    let chunk = chunk.map_err(Error::Read)?;
                    size_bytes += chunk.len();
                    whole.push(chunk);
                }
                None => return self.inspect_whole(key, whole).await,
            }
        }
        self.inspect_stream(key, whole, body).await
    }

    async fn inspect_whole(
        self: &Arc<Self>,
        key: &str,
        chunks: Vec<Bytes>,
    ) -> Result<Inspected, Error> {
        let (inspector, key) = (self.clone(), key.to_owned());
        let mut chunks = Chunks { waiting: chunks.into(), more: None };
        let work = move || inspector.inspect_keyed_from(&key, &mut chunks);
        concluded(tokio::task::spawn_blocking(work).await)
    }

    async fn inspect_stream(
        self: &Arc<Self>,
        key: &str,
        first: Vec<Bytes>,
        mut body: Body,
    ) -> Result<Inspected, Error> {
        let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(CHUNKS_WAITING_MAX);
        let (inspector, key) = (self.clone(), key.to_owned());
        let mut chunks = Chunks { waiting: first.into(), more: Some(receiver) };
        let work =
            tokio::task::spawn_blocking(move || inspector.inspect_keyed_from(&key, &mut chunks));
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
        let inspected = concluded(work.await);
        read.and(inspected)
    }
}

/// What the thread that inspected says.
fn concluded(
    work: Result<Result<Inspected, Error>, tokio::task::JoinError>,
) -> Result<Inspected, Error> {
    work.map_err(|_| Error::Broken)?
}

/// An object's bytes as they come in: those that wait, then more.
struct Chunks {
    waiting: VecDeque<Bytes>,
    more: Option<Receiver<Bytes>>,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match self.waiting.front_mut() {
                Some(chunk) if chunk.is_empty() => {
                    self.waiting.pop_front();
                }
                Some(chunk) => {
                    let count = chunk.len().min(buffer.len());
                    buffer[..count].copy_from_slice(&chunk.split_to(count));
                    return Ok(count);
                }
                None => match self.more.as_mut().and_then(Receiver::blocking_recv) {
                    Some(chunk) => self.waiting.push_back(chunk),
                    None => return Ok(0),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;
    use lakegate_core::verdict::Verdict;
    use lakegate_detect::custom::{CUSTOM_AFTER_BYTES, CUSTOM_BEFORE_BYTES};
    use lakegate_detect::{AFTER_BYTES, BEFORE_BYTES, Detector, Selection};
    use lakegate_store::{Error as StoreError, ErrorKind};

    fn inspector() -> Arc<Inspector> {
        let detector = Detector::new(&Selection::all()).unwrap();
        let key = FingerprintKey::derive(b"test");
        Arc::new(Inspector::new(detector, key, Limits::default()))
    }

    fn body(chunks: Vec<Result<Vec<u8>, StoreError>>) -> Body {
        futures_util::stream::iter(chunks).map(|chunk| chunk.map(Bytes::from)).boxed()
    }

    #[test]
    fn blocks_overlap_as_far_as_detection_looks() {
        let each_side = Limits::default().overlap_bytes / 2;
        let needed = [AFTER_BYTES, BEFORE_BYTES, CUSTOM_AFTER_BYTES, CUSTOM_BEFORE_BYTES];
        assert!(needed.iter().all(|bytes| each_side >= *bytes));
    }

    #[tokio::test]
    async fn large_and_small_objects_are_inspected_alike() {
        let line = b"card 4539726167513615 belongs to nobody\n".to_vec();
        for lines in [1, 20_000] {
            let chunks = (0..lines).map(|_| Ok(line.clone())).collect();
            let inspected = inspector().inspect("k", body(chunks)).await.unwrap();
            assert_eq!(inspected.verdict, Verdict::Findings);
            assert_eq!(inspected.detections[0].count, lines);
            let mut hasher = blake3::Hasher::new();
            (0..lines).for_each(|_| {
                hasher.update(&line);
            });
            let hash = hasher.finalize();
            assert_eq!(inspected.content_hash.as_str(), hash.to_hex().as_str());
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_gives_no_verdict() {
        for clean_chunks in [1, 1_000] {
            let mut chunks: Vec<_> = (0..clean_chunks).map(|_| Ok(vec![b'a'; 1_000])).collect();
            chunks.push(Err(StoreError {
                kind: ErrorKind::Unavailable,
                operation: "read",
                location: "memory".into(),
                key: "k".into(),
                message: "broken off".into(),
                source: None,
            }));
            let result = inspector().inspect("k", body(chunks)).await;
            assert!(matches!(result, Err(Error::Read(_))));
        }
    }

    /// A tar archive of one member.
    fn tar(name: &str, content: &[u8]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content).unwrap();
        builder.into_inner().unwrap()
    }

    #[test]
    fn occurrences_name_their_member_unless_its_name_is_sensitive() {
        for (name, shown) in
            [("people/a.csv", "people/a.csv"), ("mira@larkspur.example.csv", "(name withheld)")]
        {
            let object = tar(name, b"ssn\n318-49-3004\n");
            let inspected = inspector().inspect_from(&mut &object[..]).unwrap();
            let occurrence = &inspected.detections[0].occurrences[0];
            assert_eq!(occurrence.member.as_deref(), Some(shown));
            let members = inspected.coverage.members.unwrap();
            assert_eq!((members.inspected, members.total), (1, 1));
        }
    }

    #[test]
    fn sensitive_names_stay_out_of_locations() {
        let inspector = inspector();
        let mut object = &b"{\"mira@larkspur.example\": {\"ssn\": \"318-49-3004\"}}"[..];
        let inspected = inspector.inspect_from(&mut object).unwrap();
        let found = serde_json::to_string(&inspected.detections).unwrap();
        assert_eq!(inspected.verdict, Verdict::Findings);
        assert!(!found.contains("larkspur") && !found.contains("318-49"), "{}", found.len());
    }
}
