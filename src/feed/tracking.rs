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

/// What tells an enclosure's audio from another's: its address without scheme, redirectors, query and fragment,
/// the host in lower case. A script's query says which file it serves, so it stays, less signatures.
pub fn key(url: &str) -> String {
    let url = url.trim();
    let url = url.split('#').next().unwrap_or("");
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let mut rest = without_scheme(address);
    for _ in 0..MOST_REDIRECTORS {
        let Some(target) = behind_redirector(rest) else { break };
        rest = target;
    }
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or(host).to_ascii_lowercase();
    let mut key = format!("{}{path}", host.strip_prefix("www.").unwrap_or(&host));
    if let Some(query) = query.filter(|_| is_script(path)) {
        let kept: Vec<&str> = query.split('&').filter(|parameter| !is_volatile(parameter)).collect();
        key.push('?');
        key.push_str(&kept.join("&"));
    }
    key
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
    let Some((_, end)) = part.rsplit_once('.') else { return false };
    let name = end.split(':').next().unwrap_or("");
    let media = ["mp3", "m4a", "mp4", "ogg", "aac", "opus", "wav", "php", "m4v"];
    name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_alphabetic()) && !media.contains(&name)
}

/// A path that a program answers: its query is the name of the file.
fn is_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    name.is_empty()
        || [".php", ".asp", ".aspx", ".cgi", ".jsp", ".pl", ".cfm", ".ashx"]
            .iter()
            .any(|end| name.ends_with(end))
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
        }
        assert_eq!(key("https://x.example/get.php?file=1&token=9"), "x.example/get.php?file=1");
        assert_ne!(key("https://x.example/get.php?file=1"), key("https://x.example/get.php?file=2"));
        assert_eq!(key("https://content.blubrry.com/show/b.mp3"), "content.blubrry.com/show/b.mp3");
        assert_ne!(key("https://x.example/A.mp3"), key("https://x.example/a.mp3"));
        assert_eq!(key(""), "");
    }
}
