//! How often a show says that it publishes: `podcast:updateFrequency`
//! (<https://podcasting2.org/docs/podcast-namespace/tags/update-frequency>).

use std::time::Duration;

use serde_json::Value;

const DAY: Duration = Duration::from_hours(24);

/// What a show says of its rhythm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::jobs) struct Frequency {
    /// Between two episodes, if it says.
    pub(in crate::jobs) gap: Option<Duration>,
    /// No episode will follow.
    pub(in crate::jobs) is_complete: bool,
}

impl Frequency {
    /// As in `shows.extra`.
    pub(in crate::jobs) fn of(extra: &Value) -> Self {
        let element = match extra.get("podcast:updateFrequency") {
            Some(Value::Array(several)) => several.first(),
            other => other,
        };
        let attribute = |name: &str| element.and_then(|element| element.get(name)?.as_str());
        Self {
            gap: attribute("@rrule").and_then(gap),
            is_complete: attribute("@complete").is_some_and(|text| text.trim().eq_ignore_ascii_case("true")),
        }
    }
}

/// Between two times of a recurrence rule (RFC 5545, 3.3.10), on average.
fn gap(rule: &str) -> Option<Duration> {
    let rule = rule.trim().trim_start_matches("RRULE:").to_ascii_uppercase();
    let part = |name: &str| {
        rule.split(';')
            .find_map(|part| part.split_once('=').filter(|(key, _)| key.trim() == name))
            .map(|(_, value)| value)
    };
    let (base, days) = match part("FREQ")?.trim() {
        "HOURLY" => (Duration::from_hours(1), None),
        "DAILY" => (DAY, None),
        "WEEKLY" => (DAY * 7, part("BYDAY")),
        "MONTHLY" => (DAY * 30, part("BYMONTHDAY").or(part("BYDAY"))),
        "YEARLY" => (DAY * 365, part("BYMONTH")),
        _ => return None,
    };
    let every: u32 = part("INTERVAL").map_or(Some(1), |text| text.trim().parse().ok())?;
    let times = days.map_or(1, |days| days.split(',').count() as u32);
    base.checked_mul(every.max(1)).map(|gap| gap / times.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_real_shows_are_read() {
        for (rule, hours) in [
            ("FREQ=DAILY", Some(24)),
            ("FREQ=WEEKLY", Some(168)),
            ("freq=weekly;byday=MO,TH", Some(84)),
            ("RRULE:FREQ=WEEKLY;INTERVAL=2", Some(336)),
            ("FREQ=MONTHLY;BYDAY=1MO,3MO", Some(360)),
            ("FREQ=YEARLY;BYMONTH=3", Some(365 * 24)),
            ("FREQ=WEEKLY;INTERVAL=x", None),
            ("FREQ=WEEKLY;INTERVAL=4294967295", Some(168 * 4_294_967_295)),
            ("every week", None),
            ("", None),
        ] {
            assert_eq!(gap(rule), hours.map(Duration::from_hours), "{rule}");
        }
    }

    #[test]
    fn the_element_is_read_where_extra_keeps_it() {
        let of = |json: &str| Frequency::of(&serde_json::from_str(json).unwrap());
        assert_eq!(of("{}"), Frequency::default());
        assert_eq!(of(r#"{"podcast:updateFrequency": "weekly"}"#), Frequency::default());
        let weekly = Frequency { gap: Some(DAY * 7), is_complete: false };
        assert_eq!(
            of(r##"{"podcast:updateFrequency": {"@rrule": "FREQ=WEEKLY", "#text": "weekly"}}"##),
            weekly
        );
        assert_eq!(
            of(r#"{"podcast:updateFrequency": [{"@rrule": "FREQ=WEEKLY"}, {"@rrule": "FREQ=DAILY"}]}"#),
            weekly
        );
        let done = Frequency { gap: None, is_complete: true };
        assert_eq!(of(r#"{"podcast:updateFrequency": {"@complete": "true"}}"#), done);
    }
}
