//! Style, script and icon of the pages, embedded in the binary under names that change with their
//! content, so that they can be kept forever.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// One embedded file.
pub(crate) struct Asset {
    /// Its path on the server.
    pub(crate) path: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

const HASH_CHARACTERS: usize = 12;

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let hash = blake3::hash(bytes).to_hex();
        let path = format!("/assets/{stem}.{}.{ending}", &hash[..HASH_CHARACTERS]);
        Self { path, content_type, bytes }
    }
}

/// The style of all pages.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../web/style.css");
    Asset::new("style", "css", "text/css; charset=utf-8", bytes)
});

/// The script of the review page. The page works without it.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../web/review.js");
    Asset::new("review", "js", "text/javascript; charset=utf-8", bytes)
});

/// The icon.
pub(crate) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../../web/icon.svg"))
});

/// Answers with an embedded file.
pub(crate) async fn get(Path(name): Path<String>) -> Response {
    let wanted = format!("/assets/{name}");
    let all = [&*STYLE, &*SCRIPT, &*ICON];
    let Some(asset) = all.into_iter().find(|asset| asset.path == wanted) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, asset.bytes).into_response()
}
