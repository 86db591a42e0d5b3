//! HTTP for one gate: the review pages, the JSON API, health and metrics.
//!
//! [`serve`] listens until it is told to stop. A review's page is reached by its signed link; all
//! else needs the admin token that [`serve`] leaves in [`STATE_FILE`], but for the overview on a
//! loopback address. What the API answers is in [`view`], so that whoever works without a server
//! prints the same.
//!
//! A GET must never change anything, however often, by whomever or by what it is sent. Whatever can
//! change something names its [`Permission`] in one table. Nothing here decides by itself what may
//! be released: that is the gate's.
#![deny(missing_docs)]

mod api;
mod app;
mod assets;
mod cookies;
mod error;
mod form;
mod guard;
mod health;
mod listen;
mod metrics;
mod outcomes;
mod pages;
mod problem;
mod routes;
mod state_file;
pub mod view;

pub use api::openapi;
pub use error::Error;
pub use listen::{Bound, ServerOptions, serve};
pub use problem::Problem;
pub use routes::Permission;
pub use state_file::{STATE_FILE, ServerState};
