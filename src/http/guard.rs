//! Who may be spoken to. Three checks in a row: the name by `only_hosts`, the literal address in the URL, every
//! address that a name resolves to (the last in [`super::resolver`], on the very addresses that are connected to).

use std::net::IpAddr;

use url::{Host, Url};

use super::address::{is_private, is_public};
use super::{HostPattern, Options};

/// Why an address is not spoken to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `only_hosts` does not list the host.
    #[error("refused by only_hosts")]
    OnlyHosts,
    /// A private, loopback, link-local or otherwise special address; the text names it, and says what can be done.
    #[error("address not allowed: {0}")]
    Address(String),
    /// A scheme other than http and https.
    #[error("scheme not allowed: {0}")]
    Scheme(String),
    /// The address names no host.
    #[error("no host")]
    NoHost,
}

/// Which special addresses a feed may lead to: the origins that the user configured for it, and no others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    configured: Vec<Url>,
}

impl Scope {
    /// What was found on the public internet may lead to public addresses only.
    pub fn public() -> Self {
        Self::default()
    }

    /// The scope of a feed that the user configured under this address.
    pub fn of_feed(url: &Url) -> Self {
        Self { configured: vec![url.clone()] }
    }

    /// The same, with a second address that the user configured (such as `history_url`).
    #[must_use]
    pub fn and(mut self, url: &Url) -> Self {
        self.configured.push(url.clone());
        self
    }

    /// Whether the user configured this very `file:` address.
    pub fn allows_file(&self, url: &Url) -> bool {
        url.scheme() == "file" && self.configured.contains(url)
    }

    /// The address without the name and password in it, if they are the configured ones of its origin: those are sent there
    /// anyway, and need not be written down.
    pub fn without_own_credentials(&self, url: &str) -> Option<String> {
        let whole =
            Url::parse(url).ok().filter(|url| !url.username().is_empty() || url.password().is_some())?;
        let is_own = |own: &Url| {
            own.origin() == whole.origin()
                && own.username() == whole.username()
                && own.password() == whole.password()
        };
        self.configured.iter().any(is_own).then(|| without_userinfo(&whole).to_string())
    }

    /// The addresses that the user configured.
    pub(super) fn configured(&self) -> &[Url] {
        &self.configured
    }

    /// Whether the address is on an origin (host and port) that the user put on a special address. A public name
    /// that happens to resolve to a private address is none: a stranger could make it so; `allow_hosts` can list it.
    fn opens(&self, url: &Url) -> bool {
        self.configured.iter().any(|own| {
            host_of(own).is_some_and(|host| is_special(&host))
                && host_of(own) == host_of(url)
                && own.port_or_known_default() == url.port_or_known_default()
        })
    }
}

/// Said of what may be the user's own.
pub(super) const PRIVATE: &str = "(private; allow_hosts can list it)";
/// Said of what is nobody's.
pub(super) const SPECIAL: &str = "(not on the public internet)";

/// Which way to an address is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Only to public addresses.
    Strict,
    /// To whatever address the name has: the user vouched for this host and port.
    Vouched,
}

/// Decides by `only_hosts`, `allow_hosts` and a [`Scope`].
#[derive(Debug, Clone)]
pub struct Guard {
    only: Vec<HostPattern>,
    allow: Vec<HostPattern>,
}

impl Guard {
    /// A guard with the lists of the options.
    pub fn new(options: &Options) -> Self {
        Self { only: options.only_hosts.clone(), allow: options.allow_hosts.clone() }
    }

    /// Checks what can be told without a look-up.
    pub fn check(&self, url: &Url, scope: &Scope) -> Result<(), Refusal> {
        self.way(url, scope).map(|_| ())
    }

    pub(super) fn way(&self, url: &Url, scope: &Scope) -> Result<Way, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(super::printable(url.scheme())));
        }
        let host = host_of(url).ok_or(Refusal::NoHost)?;
        if !self.only.is_empty() && !self.only.iter().any(|pattern| pattern.matches(url)) {
            return Err(Refusal::OnlyHosts);
        }
        if scope.opens(url) || self.allow.iter().any(|pattern| pattern.matches(url)) {
            return Ok(Way::Vouched);
        }
        if is_special(&host) {
            let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
            let why = if is_private_host(&host) { PRIVATE } else { SPECIAL };
            return Err(Refusal::Address(format!("{host}{port} {why}")));
        }
        Ok(Way::Strict)
    }
}

/// The host, without the final dot that makes `localhost.` another spelling of `localhost`.
pub(super) fn host_of(url: &Url) -> Option<Host> {
    url.host().map(|host| without_final_dot(host.to_owned()))
}

pub(super) fn without_final_dot(host: Host) -> Host {
    match host {
        Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_owned()),
        address => address,
    }
}

/// An address that is not public, or a name that can't be a public one.
fn is_special(host: &Host) -> bool {
    match host {
        Host::Ipv4(address) => !is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => !is_public(IpAddr::V6(*address)),
        Host::Domain(name) => is_local_name(name),
    }
}

/// Of special hosts: one that may be on the user's own machine or network.
fn is_private_host(host: &Host) -> bool {
    match host {
        Host::Ipv4(address) => is_private(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_private(IpAddr::V6(*address)),
        Host::Domain(name) => !name.ends_with(".internal"),
    }
}

/// Names of one label, and those under the endings kept for private use (RFC 6761, 6762, 8375, ICANN's `.internal`).
fn is_local_name(name: &str) -> bool {
    const ENDINGS: [&str; 11] = [
        "localhost",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "test",
        "home.arpa",
    ];
    let ends_with = |ending: &&str| name.strip_suffix(*ending).is_some_and(|rest| rest.ends_with('.'));
    !name.contains('.') || ENDINGS.iter().any(ends_with)
}

/// The address as it is asked for: its name and password are told otherwise, and not to everybody.
pub(super) fn without_userinfo(url: &Url) -> Url {
    let mut bare = url.clone();
    // These fail only for addresses without a host, which have no userinfo.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(only: &[&str], allow: &[&str]) -> Guard {
        let parse = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        Guard { only: parse(only), allow: parse(allow) }
    }

    fn way(guard: &Guard, url: &str, scope: &Scope) -> Result<Way, Refusal> {
        guard.way(&url.parse().unwrap(), scope)
    }

    fn refused(text: &str) -> Result<Way, Refusal> {
        Err(Refusal::Address(text.to_owned()))
    }

    #[test]
    fn every_spelling_of_a_special_address_is_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://localhost/",
            "http://localhost./",
            "http://LOCALHOST:99/",
            "http://a.localhost/",
            "http://nas/",
            "http://nas.local/",
            "http://example.com@127.0.0.1/",
            "http://169.254.169.254/",
            "http://[fd00:ec2::254]/",
            "http://１２７.０.０.１/",
            "http://①②⑦.0.0.1/",
            "https://10.0.0.1/",
            "http://metadata.google.internal/",
            "http://127.0.0.1./",
        ] {
            let refused = way(&guard(&[], &[]), url, &Scope::public());
            assert!(matches!(refused, Err(Refusal::Address(_))), "{url}: {refused:?}");
        }
    }

    #[test]
    fn a_configured_origin_opens_its_host_and_port_only() {
        let scope = Scope::of_feed(&"http://127.0.0.1:8700/feed".parse().unwrap());
        let guard = guard(&["127.0.0.1"], &[]);
        assert_eq!(way(&guard, "http://127.0.0.1:8700/a.mp3", &scope), Ok(Way::Vouched));
        assert_eq!(
            way(&guard, "http://127.0.0.1:8701/", &scope),
            refused("127.0.0.1:8701 (private; allow_hosts can list it)")
        );
        assert_eq!(way(&guard, "http://10.0.0.1/", &scope), Err(Refusal::OnlyHosts));
        assert_eq!(way(&guard, "http://localhost:8700/", &scope), Err(Refusal::OnlyHosts));
        assert_eq!(way(&guard, "ftp://127.0.0.1:8700/", &scope), Err(Refusal::Scheme("ftp".into())));
    }

    #[test]
    fn a_public_feed_opens_nothing_private() {
        let scope = Scope::of_feed(&"https://feeds.example.org/".parse().unwrap());
        let guard = guard(&[], &["10.0.0.7:8080"]);
        assert_eq!(way(&guard, "https://feeds.example.org/a", &scope), Ok(Way::Strict));
        assert_eq!(way(&guard, "http://10.0.0.7:8080/", &scope), Ok(Way::Vouched));
        assert_eq!(
            way(&guard, "http://10.0.0.7/", &scope),
            refused("10.0.0.7:80 (private; allow_hosts can list it)")
        );
    }

    #[test]
    fn a_file_is_read_only_where_the_user_named_it() {
        let url: Url = "file:///srv/feed.xml".parse().unwrap();
        assert!(Scope::of_feed(&url).allows_file(&url));
        assert!(!Scope::public().allows_file(&url));
        assert!(!Scope::of_feed(&url).allows_file(&"file:///etc/passwd".parse().unwrap()));
    }
}
