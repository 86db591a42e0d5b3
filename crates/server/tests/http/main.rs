//! The server as its users meet it: over a socket, before a real gate on folders and a SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]

mod api;
mod decisions;
mod lab;
mod pages;
mod routes;
