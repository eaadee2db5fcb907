//! Hosts as a person writes them in the configuration: `example.org`, `nas.local:8080`, `[::1]:80`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use url::{Host, Url};

/// `host` (any port) or `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPattern {
    host: Host,
    port: Option<u16>,
}

/// The text is no `host` or `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a host or host:port: {text:?}: {reason}")]
pub struct BadHostPattern {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl HostPattern {
    /// Whether the address is on this host (and port, where one is given).
    pub fn matches(&self, url: &Url) -> bool {
        let same_host = super::guard::host_of(url).is_some_and(|host| host == self.host);
        same_host && self.port.is_none_or(|port| url.port_or_known_default() == Some(port))
    }
}

impl FromStr for HostPattern {
    type Err = BadHostPattern;

    fn from_str(text: &str) -> Result<Self, BadHostPattern> {
        let bad = |reason: &str| BadHostPattern { text: text.to_owned(), reason: reason.to_owned() };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(bad("it is empty"));
        }
        if trimmed.contains("://") {
            return Err(bad("leave the scheme out"));
        }
        if trimmed.contains(['/', '@', '?', '#', '*']) {
            return Err(bad("only a name or address and a port may stand here"));
        }
        let (host, port) = split_port(trimmed);
        let port = match port {
            Some(port) => Some(port.parse().map_err(|_| bad("the port is no number from 0 to 65535"))?),
            None => None,
        };
        let host = Host::parse(host).map_err(|error| bad(&error.to_string()))?;
        Ok(Self { host: super::guard::without_final_dot(host), port })
    }
}

/// Splits at the last colon, unless that belongs to a bracketed or bare IPv6 address.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => write!(f, "{}", self.host),
        }
    }
}

impl<'de> Deserialize<'de> for HostPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_a_host_and_maybe_a_port() {
        let matches =
            |pattern: &str, url: &str| pattern.parse::<HostPattern>().unwrap().matches(&url.parse().unwrap());
        assert!(matches("example.org", "https://EXAMPLE.org:8443/x"));
        assert!(matches("example.org", "http://example.org./"));
        assert!(matches("127.0.0.1:8700", "http://0x7f.1:8700/"));
        assert!(matches("[::1]:80", "http://[::1]/"));
        assert!(!matches("127.0.0.1:8700", "http://127.0.0.1:8701/"));
        assert!(!matches("example.org", "http://www.example.org/"));
        for bad in
            ["", "http://a.example", "a.example/x", "a.example:port", "u@a.example", "*.example", "a b"]
        {
            let error = bad.parse::<HostPattern>().unwrap_err();
            assert!(error.to_string().starts_with("not a host or host:port:"), "{error}");
        }
    }
}
