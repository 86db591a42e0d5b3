//! The gate on a real S3 server: the one that `LAKEGATE_TEST_S3_ENDPOINT` names, else the SeaweedFS
//! that the set-up script of the test run starts. No test is skipped for want of a server.

use crate::every_step::{Mishap, strike_each_point, tell};
use crate::kill::{Place, kill_at_points};
use crate::support::{Content, Lake, Rules, World, block_on, invariants, world};
use aws_sdk_s3::Client;
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_store::{Bucket, ErrorKind, S3Bucket, S3Options};
use std::sync::Arc;
use std::time::Duration;

/// The bucket of all tests; each test has its own prefix.
const BUCKET: &str = "lakegate-gate";

/// Looks for a bucket that another test may be making.
const LOOKS_MAX: usize = 500;

/// Every how-many-th point of a story is struck: a story takes about a second on a server.
const STRIDE: u64 = 9;

fn endpoint() -> String {
    std::env::var("LAKEGATE_TEST_S3_ENDPOINT").expect(
        "LAKEGATE_TEST_S3_ENDPOINT is not set. `cargo nextest run` starts a server and sets it; \
         for another runner: eval \"$(scripts/servers/seaweedfs.sh start DIR | sed 's/^/export /')\"",
    )
}

pub fn fresh_prefix() -> String {
    let random: String = (0..12).map(|_| fastrand::lowercase()).collect();
    format!("gate-{random}")
}

fn options(prefix: &str, zone: Zone) -> S3Options {
    let mut options = S3Options::new(BUCKET, format!("{prefix}/{zone}"));
    options.endpoint = Some(endpoint());
    options.unsafe_delete_without_condition = true;
    options.backoff = Duration::from_millis(20);
    options
}

/// Four prefixes as zones.
pub async fn lake(prefix: &str) -> Lake {
    lake_with(prefix, |_| {}).await
}

async fn lake_with(prefix: &str, change: impl Fn(&mut S3Options)) -> Lake {
    create_bucket().await;
    let mut buckets: Vec<Arc<dyn Bucket>> = Vec::new();
    for zone in Zone::ALL {
        let mut options = options(prefix, zone);
        change(&mut options);
        buckets.push(Arc::new(S3Bucket::connect(options).await.unwrap()));
    }
    Lake::of(buckets.try_into().ok().unwrap())
}

async fn create_bucket() {
    let config =
        aws_sdk_s3::Config::builder()
            .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
            .endpoint_url(endpoint())
            .force_path_style(true)
            .region(aws_sdk_s3::config::Region::new("us-east-1"))
            .credentials_provider(
                aws_config::environment::EnvironmentVariableCredentialsProvider::new(),
            )
            .http_client(aws_smithy_http_client::Builder::new().build_http());
    let client = Client::from_conf(config.build());
    if client.head_bucket().bucket(BUCKET).send().await.is_ok() {
        return;
    }
    let made = client.create_bucket().bucket(BUCKET).send().await;
    for _ in 0..LOOKS_MAX {
        if client.head_bucket().bucket(BUCKET).send().await.is_ok() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the bucket does not come up: {made:?}");
}

async fn world_on_s3() -> World {
    let lake = lake(&fresh_prefix()).await;
    World::make(lake, None, world::settings(), Rules::default(), fastrand::u64(..)).await
}

#[test]
fn the_story_ends_on_s3_as_in_memory() {
    block_on(async {
        let mut on_s3 = world_on_s3().await;
        let mut in_memory = World::memory().await;
        assert_eq!(tell(&mut on_s3).await, tell(&mut in_memory).await);
        invariants::assert_hold(&on_s3).await;
    });
}

#[test]
fn every_step_done_twice_on_s3_ends_as_if_done_once() {
    block_on(async {
        let mut world = world_on_s3().await;
        world.executions = 2;
        assert_eq!(tell(&mut world).await, tell(&mut World::memory().await).await);
        invariants::assert_hold(&world).await;
    });
}

#[test]
fn operations_on_s3_may_fail_once() {
    let mishap = Mishap::Fail(ErrorKind::Unavailable);
    block_on(strike_each_point(world_on_s3, mishap, 1, STRIDE));
}

#[test]
fn the_gate_may_die_at_points_on_s3() {
    block_on(strike_each_point(world_on_s3, Mishap::Crash, 5, STRIDE));
}

#[test]
fn killed_on_s3_another_process_goes_on() {
    let place = || Place::S3 { prefix: fresh_prefix() };
    assert!(kill_at_points(place, 3, STRIDE) > 5);
}

/// Defect 9 of the AWS sample: an object over 5 GiB can not be copied in one request. The size is
/// simulated: copies go by parts above 6 MiB.
#[test]
fn defect_09_an_object_too_large_for_one_copy_request_goes_through_all_zones() {
    const PART_BYTES: u64 = 5 * 1024 * 1024;
    block_on(async {
        let lake = lake_with(&fresh_prefix(), |options| {
            options.multipart_copy_threshold_bytes = PART_BYTES;
            options.copy_part_bytes = PART_BYTES;
            options.upload_part_bytes = PART_BYTES;
        })
        .await;
        let seed = fastrand::u64(..);
        let mut world = World::make(lake, None, world::settings(), Rules::default(), seed).await;
        let line = "a line of a very long and quite harmless text, number 00000000\n";
        let lines = 2 * usize::try_from(PART_BYTES).unwrap() / line.len() + 1_000;
        let text: String = (0..lines)
            .map(|n| format!("a line of a very long and quite harmless text, number {n:08}\n"))
            .collect();
        world.put_bytes("large.txt", text.clone()).await;
        let held = format!("{text}credit card number 4539 5822 5262 7731\n");
        world.put_bytes("large-cards.txt", held).await;
        let run = world.run().await;
        assert_eq!(world.state(&run, "large.txt").await, PassageState::Released);
        assert_eq!(world.state(&run, "large-cards.txt").await, PassageState::Held);
        world.decide(&run, "large-cards.txt", DecisionKind::Approve).await;
        assert_eq!(world.state(&run, "large-cards.txt").await, PassageState::Released);
        invariants::assert_hold(&world).await;
    });
}

#[test]
fn keys_of_all_shapes_come_through_s3_unchanged() {
    block_on(async {
        let mut world = world_on_s3().await;
        // Keys such as `a//b` and `a/` are refused on this server, which would change them: see the store's tests.
        let keys = [" spaces ", "日本語/naïve", "e\u{301}", "a+b&c=d?e#f", "%2F"];
        for key in keys {
            world.put(key, Content::Clean).await;
        }
        world.run().await;
        let mut expected: Vec<String> = keys.map(str::to_owned).into();
        expected.sort();
        let mut released = world.lake.keys(Zone::ScannedData).await;
        released.sort();
        assert_eq!(released, expected);
        invariants::assert_hold(&world).await;
    });
}
