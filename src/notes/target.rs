//! Where an address leads, without what counts people on the way.

use url::Url;

use super::tracking::{PARAMETERS, PREFIXES, REDIRECTS};

/// Redirects inside redirects end somewhere.
const MOST_HOPS: usize = 4;

/// The address behind known redirects, without tracking parameters; itself if it has neither.
pub(super) fn of(mut url: Url) -> Url {
    for _ in 0..MOST_HOPS {
        match behind_prefix(&url).or_else(|| behind_redirect(&url)) {
            Some(next) => url = next,
            None => break,
        }
    }
    without_tracking(url)
}

/// The registrable domain of an address, by the public suffix list.
pub(super) fn domain(url: &Url) -> Option<String> {
    match url.host()? {
        url::Host::Domain(name) => psl::domain_str(name.trim_end_matches('.')).map(str::to_owned),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

fn behind_prefix(url: &Url) -> Option<Url> {
    let whole = url.as_str();
    let address = whole.strip_prefix(url.scheme())?.strip_prefix("://")?;
    let alike = |prefix: &&&str| prefix.get(..4) == address.get(..4);
    let rest = PREFIXES.iter().filter(alike).find_map(|prefix| after_prefix(address, prefix))?;
    let rest = rest.trim_start_matches("https://").trim_start_matches("http://");
    let host = rest.split('/').next().filter(|host| host.contains('.') && !host.contains('@'))?;
    let scheme = if host.is_empty() { return None } else { url.scheme() };
    Url::parse(&format!("{scheme}://{rest}")).ok()
}

/// `*` in a prefix stands for one segment of a path.
fn after_prefix<'a>(address: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = address;
    let mut pieces = prefix.split('*');
    rest = rest.strip_prefix(pieces.next()?)?;
    for piece in pieces {
        rest = &rest[rest.find('/')?..];
        rest = rest.strip_prefix(piece)?;
    }
    (!rest.is_empty()).then_some(rest)
}

fn behind_redirect(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let parameter =
        |wanted: &str| url.query_pairs().find(|(key, _)| key == wanted).map(|(_, value)| value.into_owned());
    let next = REDIRECTS.iter().filter(|(at, path, _)| *at == host && *path == url.path()).find_map(
        |(_, _, key)| if key.is_empty() { url.query().map(str::to_owned) } else { parameter(key) },
    )?;
    Url::parse(&next).ok().filter(|next| matches!(next.scheme(), "http" | "https"))
}

fn without_tracking(mut url: Url) -> Url {
    let Some(query) = url.query() else { return url };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_tracking(pair)).collect();
    if kept.len() == query.split('&').count() {
        return url;
    }
    // The pairs that stay are not spelled anew.
    let kept = kept.join("&");
    url.set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
    url
}

fn is_tracking(pair: &str) -> bool {
    let key = pair.split('=').next().unwrap_or_default();
    PARAMETERS.iter().any(|known| match known.strip_suffix('*') {
        Some(stem) => key.get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem)),
        None => key.eq_ignore_ascii_case(known),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> String {
        Url::parse(url).map(|url| of(url).to_string()).unwrap_or_default()
    }

    #[test]
    fn tracking_parameters_go() {
        assert_eq!(
            target("https://a.example/x?utm_source=b&id=3&fbclid=9#top"),
            "https://a.example/x?id=3#top"
        );
        assert_eq!(target("https://a.example/x?UTM_medium=b"), "https://a.example/x");
        assert_eq!(target("https://a.example/x?q=a+b&r=%20"), "https://a.example/x?q=a+b&r=%20");
    }

    #[test]
    fn redirects_are_looked_behind() {
        assert_eq!(
            target("https://www.google.com/url?q=https%3A%2F%2Fa.example%2F%3Futm_id%3D1&sa=D"),
            "https://a.example/"
        );
        assert_eq!(
            target("https://dts.podtrac.com/redirect.mp3/chtbl.com/track/G1/a.example/x.mp3"),
            "https://a.example/x.mp3"
        );
        assert_eq!(
            target("https://www.google.com/url?q=javascript:x"),
            "https://www.google.com/url?q=javascript:x"
        );
    }

    #[test]
    fn domains() {
        let of = |url: &str| Url::parse(url).ok().and_then(|url| domain(&url));
        assert_eq!(of("https://a.b.example.co.uk/"), Some("example.co.uk".to_owned()));
        assert_eq!(of("http://127.0.0.1/"), None);
    }
}
