//! A whole run on a local S3 server, beside bare loops with the same client.
//!
//! Needs `AWS_ENDPOINT_URL` and credentials, as `scripts/servers/seaweedfs.sh start` prints them, and a
//! bucket named by `LAKEGATE_BENCH_BUCKET`.

use crate::Outcome;
use crate::objects::{OBJECTS, object};
use crate::world::{self, flow_name, peak_memory_mib};
use aws_config::BehaviorVersion;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{Tag, Tagging};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use bytes::Bytes;
use futures_util::StreamExt;
use lakegate_gate::{Until, Zones};
use lakegate_store::s3::{S3Bucket, S3Options};
use lakegate_store::{Bucket, PutOptions};
use std::sync::Arc;
use std::time::Instant;

/// Fewer than on folders: a server on the same two cores is the slower part.
const SHARE: usize = 5;

const AT_ONCE: usize = 16;

pub(crate) async fn run() -> Outcome {
    let bucket = std::env::var("LAKEGATE_BENCH_BUCKET").map_err(|_| "set LAKEGATE_BENCH_BUCKET")?;
    let base = format!("bench-{}", std::process::id());
    let open = async |zone: &str| -> Result<Arc<S3Bucket>, lakegate_store::Error> {
        let mut options = S3Options::new(&bucket, format!("{base}/{zone}/"));
        options.force_path_style = Some(true);
        Ok(Arc::new(S3Bucket::connect(options).await?))
    };
    fill(open("loop-raw").await?.as_ref()).await?;
    let (from, to) = (format!("{base}/loop-raw/"), format!("{base}/loop-to/"));
    let bare = bare_loop(&bucket, &from, &to).await?;

    let zones = Zones {
        raw: open("raw").await?,
        scan_stage: open("scan-stage").await?,
        manual_review: open("manual-review").await?,
        scanned_data: open("scanned-data").await?,
    };
    fill(zones.raw.as_ref()).await?;
    let dir = tempfile::tempdir_in(".")?;
    let gate = world::gate(dir.path(), zones, 0).await?;
    gate.check_zones(&flow_name()).await?;
    let started = Instant::now();
    let run = gate.begin_run(&flow_name(), "bench", "bench").await?;
    gate.drive(&run, Until::Routed).await?;
    let seconds = started.elapsed().as_secs_f64();
    let count = OBJECTS / SHARE;
    println!(
        "{count} objects on S3: {:.0} objects/s ({seconds:.1} s), peak memory {:.0} MiB",
        count as f64 / seconds,
        peak_memory_mib()
    );
    println!(
        "  bare list-copy-delete-tag loop, one hop: {:.0} objects/s; the gate makes two hops and reads: ratio {:.2} to one hop, {:.2} to two",
        count as f64 / bare,
        bare / seconds,
        2.0 * bare / seconds
    );
    Ok(())
}

async fn fill(bucket: &dyn Bucket) -> Outcome {
    let puts = (0..OBJECTS / SHARE).map(|number| async move {
        let (key, bytes) = object(number);
        let size = bytes.len() as u64;
        let body = futures_util::stream::once(async move { Ok(Bytes::from(bytes)) }).boxed();
        bucket.put(&key, body, Some(size), PutOptions::default()).await
    });
    let puts: Vec<_> = puts.collect();
    let done: Vec<_> = futures_util::stream::iter(puts).buffer_unordered(AT_ONCE).collect().await;
    for put in done {
        put?;
    }
    Ok(())
}

/// What a script would do: list, copy, delete, tag. No verification, no ledger. Answers its seconds.
async fn bare_loop(bucket: &str, from: &str, to: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let client = client().await;
    let started = Instant::now();
    let mut pages = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix(from)
        .into_paginator()
        .page_size(1_000)
        .send();
    while let Some(page) = pages.next().await {
        let page = page?;
        let keys = page.contents().iter().filter_map(|object| object.key());
        let moves: Vec<_> = keys.map(|key| bare_move(&client, bucket, from, to, key)).collect();
        let done: Vec<_> =
            futures_util::stream::iter(moves).buffer_unordered(AT_ONCE).collect().await;
        for moved in done {
            moved?;
        }
    }
    Ok(started.elapsed().as_secs_f64())
}

async fn bare_move(
    client: &Client,
    bucket: &str,
    from: &str,
    to: &str,
    key: &str,
) -> Result<(), aws_sdk_s3::Error> {
    let target = key.replacen(from, to, 1);
    let source = format!("{bucket}/{key}");
    client.copy_object().bucket(bucket).key(&target).copy_source(source).send().await?;
    client.delete_object().bucket(bucket).key(key).send().await?;
    let tag = Tag::builder().key("WorkflowId").value("bench").build()?;
    let tags = Tagging::builder().tag_set(tag).build()?;
    client.put_object_tagging().bucket(bucket).key(&target).tagging(tags).send().await?;
    Ok(())
}

/// The client that the gate uses, from the same environment.
async fn client() -> Client {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let shared = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    Client::from_conf(aws_sdk_s3::config::Builder::from(&shared).force_path_style(true).build())
}
