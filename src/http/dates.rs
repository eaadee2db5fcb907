//! Dates and waits in HTTP headers (RFC 9110 sections 5.6.7 and 10.2.3).

use std::time::Duration;

use chrono::NaiveDateTime;

use crate::model::Time;

/// Reads an HTTP date in any of its three forms.
pub fn parse_http_date(text: &str) -> Option<Time> {
    const FORMS: [&str; 3] =
        ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let text = text.trim();
    // No form is longer; a longer text is no date and not worth a parser's time.
    if text.len() > 40 {
        return None;
    }
    let naive = FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Time::from_unix(naive.and_utc().timestamp())
}

/// Reads a `Retry-After`: seconds, or a date after `now`. Anything else, a past date included, says nothing.
pub fn parse_retry_after(text: &str, now: Time, cap: Duration) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that overflow are a very long wait, which the cap shortens.
        let seconds = text.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(cap));
    }
    let until = parse_http_date(text)?;
    (until > now).then(|| until.since(now).min(cap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_of_date() {
        let expected = Time::from_unix(784_111_777);
        assert_eq!(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
        assert_eq!(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
        assert_eq!(parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
        assert_eq!(parse_http_date("yesterday-ish"), None);
        assert_eq!(parse_http_date(&"(".repeat(100_000)), None);
    }

    #[test]
    fn a_wait_is_seconds_or_a_coming_date() {
        let now: Time = "1994-11-06T08:49:00Z".parse().unwrap();
        let wait = |text| parse_retry_after(text, now, Duration::from_hours(24)).map(|wait| wait.as_secs());
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("0"), Some(0));
        assert_eq!(wait(" Sun, 06 Nov 1994 08:49:37 GMT"), Some(37));
        assert_eq!(wait("999999999"), Some(86_400));
        assert_eq!(wait("99999999999999999999999999"), Some(86_400));
        assert_eq!(wait("Fri, 06 Nov 2093 08:49:37 GMT"), Some(86_400));
        for nothing in ["", "soon", "-5", "1.5", "Mon, 01 Jan 1990 00:00:00 GMT"] {
            assert_eq!(wait(nothing), None, "{nothing}");
        }
    }
}
