//! The reqwest clients, built when first needed: reading the system's certificates takes longer than a whole quiet
//! run over plain HTTP, and connections to vouched-for private hosts must not be shared with strangers' requests.

use std::sync::{Arc, OnceLock};

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use url::Url;

use super::guard::Way;
use super::resolver::Resolver;
use super::{Error, Kind, Options};

/// More response header lines than this are an attack; 200 cookies are merely rude.
const MOST_HEADERS: usize = 512;

#[derive(Default)]
pub(super) struct Transport {
    plain: [OnceLock<Result<reqwest::Client, String>>; 2],
    secure: [OnceLock<Result<reqwest::Client, String>>; 2],
}

impl Transport {
    /// The client for this address on this way.
    pub(super) fn client(&self, url: &Url, way: Way, options: &Options) -> Result<&reqwest::Client, Error> {
        let secure = url.scheme() == "https";
        let cells = if secure { &self.secure } else { &self.plain };
        let cell = &cells[usize::from(way == Way::Vouched)];
        let built = cell.get_or_init(|| build(secure, way, options));
        built.as_ref().map_err(|error| Error::new(url, Kind::Setup).detail(error.as_str()))
    }
}

fn build(secure: bool, way: Way, options: &Options) -> Result<reqwest::Client, String> {
    let tls =
        if secure { with_system_roots(ClientBuilder::new()) } else { without_roots(ClientBuilder::new())? };
    tls.user_agent(&options.user_agent)
        .http1_only()
        .http1_max_headers(MOST_HEADERS)
        .no_proxy()
        .referer(false)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(options.connect_timeout)
        .pool_max_idle_per_host(options.media_per_host + 1)
        .dns_resolver(Arc::new(Resolver::new(way, options.lookup.clone())))
        .build()
        .map_err(|error| super::error::chain(&error))
}

/// TLS by rustls with ring; trust by the system's certificates.
fn with_system_roots(builder: ClientBuilder) -> ClientBuilder {
    // An error means that a provider is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.tls_backend_rustls()
}

/// For a client that is only given `http:` addresses: TLS that trusts nobody costs nothing to set up.
fn without_roots(builder: ClientBuilder) -> Result<ClientBuilder, String> {
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}
