//! castkeep keeps podcasts.

pub mod archive;
pub mod cli;
pub mod config;
pub mod demo;
pub mod download;
pub mod feed;
pub mod fetch;
pub mod http;
pub mod jobs;
pub mod model;
pub mod notes;
pub mod report;
