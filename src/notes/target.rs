//! Where an address leads, without what counts people on the way.

use url::Url;

use super::tracking::{COPIES, PARAMETERS, PREFIXES, REDIRECTS};

/// Redirects inside redirects end somewhere.
const MOST_HOPS: usize = 4;

/// The address behind known redirects, without tracking parameters; itself if it has neither.
pub(super) fn of(mut url: Url) -> Url {
    for _ in 0..MOST_HOPS {
        match behind_prefix(&url).or_else(|| behind_redirect(&url)).or_else(|| behind_copy(&url)) {
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
    let leads = |at: &str, path: &str| is_host(host, at) && (path == "*" || path == url.path());
    let next = REDIRECTS.iter().filter(|(at, path, _)| leads(at, path)).find_map(|(_, _, key)| {
        if key.is_empty() { url.query().map(str::to_owned) } else { parameter(key) }
    })?;
    Url::parse(&next).ok().filter(|next| matches!(next.scheme(), "http" | "https"))
}

/// `*example.org` is any host that ends so.
fn is_host(host: &str, known: &str) -> bool {
    known.strip_prefix('*').map_or(host == known, |end| host.ends_with(end))
}

/// The page behind its copy for telephones.
fn behind_copy(url: &Url) -> Option<Url> {
    let host = url.host_str()?.trim_start_matches("www.");
    let (_, path) = COPIES.iter().find(|(at, path)| is_host(host, at) && url.path().starts_with(path))?;
    let rest = url.path().strip_prefix(path)?;
    let named = rest.split('/').next().is_some_and(|host| host.contains('.'));
    let scheme = if path.ends_with("/s/") { "https" } else { "http" };
    Url::parse(&format!("{scheme}://{rest}")).ok().filter(|_| named)
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
        assert_eq!(target("https://www.google.com/amp/s/a.example/x/amp/"), "https://a.example/x/amp/");
        assert_eq!(target("https://a-example.cdn.ampproject.org/c/s/a.example/x"), "https://a.example/x");
        assert_eq!(
            target("https://out.reddit.com/t3_x?url=https%3A%2F%2Fa.example%2F&token=1"),
            "https://a.example/"
        );
        assert_eq!(
            target("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2F&data=1"),
            "https://a.example/"
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
