//! The limits of the client, with the values that suit a cron job on a home line.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::HostPattern;

/// Looks a name up; tests put their own in place of the system's.
pub type Lookup =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> + Send + Sync>;

/// What a [`super::Client`] may do and how long it waits.
#[derive(Clone)]
pub struct Options {
    /// The `User-Agent`, such as `castkeep/0.1.0 (+https://…)`.
    pub user_agent: String,
    /// If not empty, only these hosts are spoken to; anything else is refused before its name is looked up.
    pub only_hosts: Vec<HostPattern>,
    /// Hosts that may be private or loopback addresses, whatever feed leads there.
    pub allow_hosts: Vec<HostPattern>,
    /// For a connection to stand, name look-up and TLS included.
    pub connect_timeout: Duration,
    /// From sending a request to having the whole header, the connection included.
    pub header_timeout: Duration,
    /// Between two pieces of a body.
    pub read_timeout: Duration,
    /// Fewer bytes a second than this over a whole `rate_window`, and the transfer is given up.
    pub least_rate: u64,
    /// What `least_rate` is measured over.
    pub rate_window: Duration,
    /// Bytes a second that all media together keep to; 0: as fast as they come.
    pub media_rate: u64,
    /// How many requests for media may be under way at one host; feeds count among them, one at a time.
    pub media_per_host: usize,
    /// How many redirects are followed.
    pub redirect_limit: usize,
    /// How often a request is sent before a passing failure (reset, empty reply, 5xx) is believed.
    pub tries: u32,
    /// The pause before the second try, doubled before the third, shortened by up to a half at random.
    pub retry_pause: Duration,
    /// A `Retry-After` up to this is waited out; a longer one ends the request.
    pub patience: Duration,
    /// No `Retry-After` holds a host back for longer than this.
    pub retry_after_cap: Duration,
    /// Replaces the system's name look-up.
    pub lookup: Option<Lookup>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            user_agent: concat!("castkeep/", env!("CARGO_PKG_VERSION")).to_owned(),
            only_hosts: Vec::new(),
            allow_hosts: Vec::new(),
            connect_timeout: Duration::from_secs(15),
            header_timeout: Duration::from_secs(30),
            read_timeout: Duration::from_secs(30),
            least_rate: 1024,
            rate_window: Duration::from_mins(1),
            media_rate: 0,
            media_per_host: 2,
            redirect_limit: 10,
            tries: 3,
            retry_pause: Duration::from_secs(1),
            patience: Duration::from_secs(10),
            retry_after_cap: Duration::from_hours(24),
            lookup: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("user_agent", &self.user_agent)
            .field("only_hosts", &self.only_hosts)
            .field("allow_hosts", &self.allow_hosts)
            .finish_non_exhaustive()
    }
}
