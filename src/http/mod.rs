//! The only HTTP client: what may be asked, of whom, how often, and when to stop listening.
//!
//! One [`Client`] serves a run. It follows redirects itself, so that each hop passes the same [`Guard`] as the
//! first address, and it speaks HTTP/1 without cookies, proxies, Referer or hidden decompression: the bytes handed
//! out are the bytes served.

mod address;
mod budget;
mod client;
mod dates;
mod error;
mod guard;
mod host;
mod options;
mod resolver;
mod response;
mod throttle;
mod transport;

pub use crate::model::{printable, redact, redact_text};
pub use client::{Client, Lane, Request};
pub use dates::{parse_http_date, parse_retry_after};
pub use error::{Error, Kind};
pub use guard::{Guard, Refusal, Scope};
pub use host::{BadHostPattern, HostPattern};
pub use options::{Lookup, Options};
pub use reqwest::header;
pub use response::{Framing, Hop, Response};
pub use url::Url;
