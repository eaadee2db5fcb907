//! For how long a publisher asks not to be asked again.

use std::time::Duration;

use crate::http::header::{CACHE_CONTROL, DATE, EXPIRES};
use crate::http::{Response, parse_http_date};

/// `Cache-Control: max-age`, else `Expires` less `Date` (both by the server's clock, so that ours does not matter).
pub(super) fn max_age(response: &Response) -> Option<Duration> {
    let lines = response.headers.get_all(CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
    let said = directives(&lines.collect::<Vec<_>>().join(","));
    if said.is_some() {
        return said.filter(|age| !age.is_zero());
    }
    let date = parse_http_date(response.header(&DATE)?)?;
    let expires = parse_http_date(response.header(&EXPIRES)?)?;
    Some(expires.since(date)).filter(|age| !age.is_zero())
}

/// `max-age` of a Cache-Control header; zero where it forbids keeping; `None` where it says neither.
fn directives(control: &str) -> Option<Duration> {
    let mut age = None;
    for directive in control.split(',').map(|directive| directive.trim().to_ascii_lowercase()) {
        match directive.split_once('=') {
            None if matches!(directive.as_str(), "no-cache" | "no-store") => return Some(Duration::ZERO),
            Some((name, seconds)) if name.trim_end() == "max-age" => {
                age = age.or_else(|| whole_seconds(seconds));
            }
            _ => {}
        }
    }
    age
}

fn whole_seconds(text: &str) -> Option<Duration> {
    let digits = text.trim().trim_matches('"');
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| Duration::from_secs(digits.parse().unwrap_or(u64::from(u32::MAX))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_control_is_read_leniently() {
        let said = |text| directives(text).map(|age| age.as_secs());
        assert_eq!(said("public, Max-Age=300"), Some(300));
        assert_eq!(said("max-age=\"60\", must-revalidate"), Some(60));
        assert_eq!(said("public,max-age = 36000"), Some(36_000));
        assert_eq!(said("no-cache, max-age=300"), Some(0));
        assert_eq!(said("public"), None);
        assert_eq!(said("max-age=soon"), None);
    }
}
