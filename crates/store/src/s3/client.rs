//! The S3 client: endpoint, region, credentials, time-outs, and TLS by rustls with ring.

use super::options::{Checksums, S3Options};
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    Builder, RequestChecksumCalculation, ResponseChecksumValidation, SharedHttpClient,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_types::service_config::ServiceConfigKey;
use std::time::Duration;

/// Bodies below this size need no time beyond the ordinary bound.
const SMALL_BODY_BYTES: u64 = 8 << 20;

/// The region that a store with an endpoint of its own is signed for when none is configured.
const REGION_OF_ENDPOINTS: &str = "us-east-1";

/// The variables that name an endpoint.
const ENDPOINT_VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) client_once: Client,
    pub(super) endpoint: Option<String>,
}

/// Builds the clients; an error is a message for a person.
pub(super) async fn connect(options: &S3Options) -> Result<Connection, String> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .region(region_provider(options));
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(endpoint) = &options.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    let shared = loader.load().await;
    if shared.region().is_none() {
        return Err("no region: set one in the configuration or in AWS_REGION".to_owned());
    }
    let endpoint = options.endpoint.clone().or_else(|| configured_endpoint(&shared));
    let mut config = Builder::from(&shared);
    config.set_endpoint_url(endpoint.clone());
    let config = config
        .force_path_style(options.force_path_style.unwrap_or(endpoint.is_some()))
        .timeout_config(timeouts(options, 0))
        .request_checksum_calculation(match options.checksums {
            Checksums::WhenSupported => RequestChecksumCalculation::WhenSupported,
            Checksums::WhenRequired => RequestChecksumCalculation::WhenRequired,
        })
        .response_checksum_validation(match options.checksums {
            Checksums::WhenSupported => ResponseChecksumValidation::WhenSupported,
            Checksums::WhenRequired => ResponseChecksumValidation::WhenRequired,
        });
    let retries = RetryConfig::standard()
        .with_max_attempts(options.attempts_max)
        .with_initial_backoff(options.backoff)
        .with_max_backoff(options.backoff_max);
    Ok(Connection {
        client: Client::from_conf(config.clone().retry_config(retries).build()),
        client_once: Client::from_conf(config.retry_config(RetryConfig::disabled()).build()),
        endpoint,
    })
}

/// The configured region, else that of the environment or the profile. Only where no endpoint is named
/// is the machine asked (instance metadata), because off AWS that question takes seconds to fail.
fn region_provider(options: &S3Options) -> RegionProviderChain {
    let configured = options.region.clone().map(Region::new);
    let names_endpoint = options.endpoint.is_some()
        || ENDPOINT_VARIABLES.iter().any(|name| std::env::var_os(name).is_some());
    let chain = RegionProviderChain::first_try(configured);
    if !names_endpoint {
        return chain.or_default_provider();
    }
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &options.profile {
        profile = profile.profile_name(name);
    }
    chain
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .or_else(Region::from_static(REGION_OF_ENDPOINTS))
}

/// The endpoint that environment or profile name for S3, or for every service.
fn configured_endpoint(shared: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let for_s3 = shared.service_config().and_then(|config| config.load_config(key));
    for_s3.or_else(|| shared.endpoint_url().map(str::to_owned))
}

fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// The bounds of an operation that moves `body_bytes`.
pub(super) fn timeouts(options: &S3Options, body_bytes: u64) -> TimeoutConfig {
    let allowance = Duration::from_secs(body_bytes / options.bytes_per_timeout_second.max(1));
    TimeoutConfig::builder()
        .connect_timeout(options.connect_timeout)
        .operation_attempt_timeout(options.operation_timeout + allowance)
        .build()
}

/// The override that gives an operation on `body_bytes` its time; it changes nothing for small ones.
pub(super) fn patience(options: &S3Options, body_bytes: u64) -> Builder {
    let builder = aws_sdk_s3::Config::builder();
    if body_bytes < SMALL_BODY_BYTES {
        return builder;
    }
    builder.timeout_config(timeouts(options, body_bytes))
}
