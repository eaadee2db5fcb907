//! Enclosure addresses, less what changes while the audio stays the same.

/// Hosts that count a download and send on to the address written in their path, by the end of their name.
const REDIRECTORS: [&str; 30] = [
    "podtrac.com",
    "chtbl.com",
    "chrt.fm",
    "pdst.fm",
    "pdcn.co",
    "podsights.com",
    "op3.dev",
    "blubrry.com",
    "mgln.ai",
    "arttrk.com",
    "claritaspod.com",
    "clrtpod.com",
    "pscrb.fm",
    "podscribe.com",
    "adbarker.com",
    "adbarker.net",
    "prfx.byspotify.com",
    "swap.fm",
    "feedpress.it",
    "feedpress.me",
    "gum.fm",
    "vpixl.com",
    "veritonicmetrics.com",
    "pdrl.fm",
    "podkite.com",
    "podderapp.com",
    "podcorn.com",
    "podspike.com",
    "tracking.podbean.com",
    "backtracks.fm",
];

/// More redirectors in a row than any feed stacks.
const MOST_REDIRECTORS: usize = 12;

/// An enclosure's address, compared at three strengths. All of them are without scheme, redirectors and fragment,
/// the host in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Without query, unless a script answers: then it stays, less signatures. One program may serve every
    /// episode, so equal keys name the same audio only where more than the address speaks for it.
    pub key: String,
    /// With its query, less what changes from request to request: equal ones are the same audio.
    pub stable: String,
    /// With all of its query.
    pub whole: String,
}

impl Address {
    /// The address at this URL; all empty if it is.
    pub fn of(url: &str) -> Self {
        let url = url.trim();
        let url = url.split('#').next().unwrap_or("");
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut rest = without_scheme(address);
        for _ in 0..MOST_REDIRECTORS {
            let Some(target) = behind_redirector(rest) else { break };
            rest = target;
        }
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.rsplit('@').next().unwrap_or(host).to_ascii_lowercase();
        let bare = format!("{}{path}", host.strip_prefix("www.").unwrap_or(&host));
        let key = if is_script(path) && url.contains('?') {
            format!("{bare}?{}", kept(query, |parameter| !is_volatile(parameter)))
        } else {
            bare.clone()
        };
        let is_file = is_file(path);
        let lasts = |parameter: &str| !is_volatile(parameter) || !is_file && may_name_a_file(parameter);
        Self { key, stable: with_query(&bare, &kept(query, lasts)), whole: with_query(&bare, query) }
    }

    /// The last part of the path, with what names a file in the query.
    pub fn file(&self) -> &str {
        let path = self.stable.find('?').unwrap_or(self.stable.len());
        let start = self.stable.get(..path).and_then(|path| path.rfind('/')).map_or(0, |slash| slash + 1);
        self.stable.get(start..).unwrap_or("")
    }
}

/// What tells the audio at this URL from another's: two addresses of one episode that have it in common are one address.
pub fn key(url: &str) -> String {
    Address::of(url).key
}

fn kept(query: &str, keep: impl Fn(&str) -> bool) -> String {
    query.split('&').filter(|parameter| keep(parameter)).collect::<Vec<_>>().join("&")
}

fn with_query(bare: &str, query: &str) -> String {
    if query.is_empty() { bare.to_owned() } else { format!("{bare}?{query}") }
}

fn without_scheme(address: &str) -> &str {
    match address.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => rest,
        _ => address.trim_start_matches("//"),
    }
}

/// The address within the path of a redirector: from the first part that may be a host.
fn behind_redirector(address: &str) -> Option<&str> {
    let (host, path) = address.split_once('/')?;
    let host = host.to_ascii_lowercase();
    let known = REDIRECTORS
        .iter()
        .any(|end| host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    if !known {
        return None;
    }
    let mut from = 0;
    for part in path.split('/') {
        if from > 0 && part.ends_with(':') || is_host(part) && path.len() > from + part.len() {
            return Some(path[from..].split_once("://").map_or(&path[from..], |(_, rest)| rest));
        }
        from += part.len() + 1;
    }
    None
}

fn is_host(part: &str) -> bool {
    let name = match part.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => part,
    };
    if name.eq_ignore_ascii_case("localhost") || is_ip(name) {
        return true;
    }
    let Some((_, end)) = name.rsplit_once('.') else { return false };
    let media = ["mp3", "m4a", "mp4", "ogg", "aac", "opus", "wav", "php", "m4v"];
    end.len() >= 2 && end.bytes().all(|byte| byte.is_ascii_alphabetic()) && !media.contains(&end)
}

fn is_ip(name: &str) -> bool {
    let v6 = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    v6.is_some_and(|name| name.contains(':'))
        || name.split('.').count() == 4 && name.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// A path that a program answers: its query is the name of the file.
fn is_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    name.is_empty()
        || [".php", ".asp", ".aspx", ".cgi", ".jsp", ".pl", ".cfm", ".ashx"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// A path that ends in the name of a file: what its query says is not which file it is.
fn is_file(path: &str) -> bool {
    !is_script(path) && path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

/// A parameter that is a signature at one host, and the name of the file at another: `dl.php?key=a1`.
fn may_name_a_file(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or("").to_ascii_lowercase();
    ["key", "hash", "session", "t", "time", "from"].contains(&name.as_str())
}

/// A parameter that changes from request to request.
fn is_volatile(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or("").to_ascii_lowercase();
    [
        "token",
        "sig",
        "signature",
        "expires",
        "key",
        "hash",
        "session",
        "sid",
        "t",
        "ts",
        "time",
        "updated",
        "_",
        "from",
    ]
    .contains(&name.as_str())
        || ["utm_", "x-amz-", "x-goog-"].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_left_out() {
        let plain = "host.example/a/b.mp3";
        for url in [
            "https://host.example/a/b.mp3",
            "HTTP://www.Host.example/a/b.mp3?token=1#t=2",
            "https://dts.podtrac.com/redirect.mp3/host.example/a/b.mp3",
            "https://www.podtrac.com/pts/redirect.mp3/pdst.fm/e/chrt.fm/track/38DGD/host.example/a/b.mp3?updated=1",
            "https://op3.dev/e,pg=1234/host.example/a/b.mp3",
            "https://chtbl.com/track/XYZ/https://host.example/a/b.mp3",
            "https://media.blubrry.com/show/p/host.example/a/b.mp3",
            "//host.example/a/b.mp3",
        ] {
            assert_eq!(key(url), plain, "{url}");
            assert_eq!(Address::of(url).stable, plain, "{url}");
        }
        assert_eq!(key("https://x.example/get.php?file=1&token=9"), "x.example/get.php?file=1");
        assert_ne!(key("https://x.example/get.php?file=1"), key("https://x.example/get.php?file=2"));
        assert_eq!(key("https://content.blubrry.com/show/b.mp3"), "content.blubrry.com/show/b.mp3");
        assert_ne!(key("https://x.example/A.mp3"), key("https://x.example/a.mp3"));
        assert_eq!(key(""), "");
    }

    #[test]
    fn a_query_that_tells_files_apart_stays() {
        let stable = |url| Address::of(url).stable;
        assert_eq!(stable("https://x.example/play?ep=1&token=9"), "x.example/play?ep=1");
        assert_eq!(stable("https://x.example/dl.php?key=a1&token=9"), "x.example/dl.php?key=a1");
        assert_eq!(stable("https://x.example/b.mp3?key=a1&token=9"), "x.example/b.mp3");
        assert_eq!(stable("https://x.example/b.mp3?id=2"), "x.example/b.mp3?id=2");
        assert_eq!(key("https://x.example/play?ep=1"), "x.example/play");
        assert_eq!(Address::of("https://x.example/b.mp3?token=1#t").whole, "x.example/b.mp3?token=1");
        assert_eq!(Address::of("https://x.example/a/play?id=a/b").file(), "play?id=a/b");
    }

    #[test]
    fn redirectors_lead_to_ip_addresses_and_localhost_too() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost", "localhost:8080", "[::1]", "[::1]:8080"] {
            let plain = format!("{host}/a/b.mp3");
            assert_eq!(key(&format!("https://pdst.fm/e/{host}/a/b.mp3")), plain);
            assert_eq!(key(&format!("https://chtbl.com/track/X/http://{host}/a/b.mp3")), plain);
        }
        assert_eq!(key("https://op3.dev/e/1.2.3/b.mp3"), "op3.dev/e/1.2.3/b.mp3");
    }
}
