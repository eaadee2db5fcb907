//! Why something failed, as far as it bears on what a person can do about it.

use crate::archive::Failed;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jobs) enum Subject {
    Feed,
    File,
}

/// The kinds of causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The host, or the way to it, is in trouble; so it says, or does not answer.
    Passing,
    /// The name of the host has no address.
    Name,
    /// 404: it is not there.
    Absent,
    /// 410: it will not be there again.
    Gone,
    /// 401, 403 and their like.
    Denied,
    /// No trust in the host's certificate.
    Tls,
    /// A web page in place of what was asked for.
    Page,
    /// What came is no feed, or no audio.
    Unread,
    /// More than the configuration allows.
    Large,
    /// The configuration or the address guard forbids it.
    Refused,
    /// Anything else.
    Other,
}

/// Words of an error that tell its cause, in the order in which they are looked for.
const WORDS: &[(&str, Cause)] = &[
    ("refused by only_hosts", Cause::Refused),
    ("address not allowed", Cause::Refused),
    ("allow_hosts", Cause::Refused),
    ("name not found", Cause::Name),
    ("no secure connection", Cause::Tls),
    ("HTML", Cause::Page),
    ("too large", Cause::Large),
    ("larger than", Cause::Large),
    ("not a feed", Cause::Unread),
    ("breaks off", Cause::Passing),
    ("empty", Cause::Unread),
    ("connection failed", Cause::Passing),
    ("no answer", Cause::Passing),
    ("stalled", Cause::Passing),
    ("too slow", Cause::Passing),
    ("short body", Cause::Passing),
    ("bad framing", Cause::Passing),
    ("held back", Cause::Passing),
];

impl Cause {
    /// By the status, else by the words that castkeep itself wrote down.
    pub(super) fn of(failed: &Failed) -> Self {
        match failed.status {
            Some(404) => Self::Absent,
            Some(410) => Self::Gone,
            Some(401 | 402 | 403 | 407 | 451) => Self::Denied,
            Some(408 | 425 | 429 | 500..=599) => Self::Passing,
            _ => Self::by_words(failed.error.as_deref().unwrap_or_default()),
        }
    }

    fn by_words(error: &str) -> Self {
        WORDS.iter().find(|(words, _)| error.contains(words)).map_or(Self::Other, |(_, cause)| *cause)
    }

    /// Most often it is over by itself.
    pub(super) fn passes(self) -> bool {
        matches!(self, Self::Passing | Self::Name)
    }

    /// What a person can do about it; of what passes by itself, only where it goes on, and of what one file lacks.
    pub(super) fn hint(self, subject: Subject, goes_on: bool) -> Option<&'static str> {
        match self {
            Self::Passing if goes_on => Some(
                "a host in trouble, or no network: nothing to do, it is tried again; if it lasts, look at the show's page",
            ),
            Self::Name if goes_on => Some(
                "a name without an address: if this machine is online, the host may be gone; look at the show's page",
            ),
            Self::Absent | Self::Gone if subject == Subject::File => goes_on.then_some(
                "404, 410: the publisher has taken a file away; it is tried again, ever more seldom, \
                 until castkeep catch-up SHOW --episode EPISODE gives it up",
            ),
            Self::Passing | Self::Name | Self::Gone | Self::Other => None,
            Self::Absent => Some(
                "404: it may have moved; look at the show's page for its address of today and put that into config.toml, \
                 or stop with castkeep remove SHOW",
            ),
            Self::Denied => Some(
                "401, 403: it may be private, and the token or password in its address has run out; get the address anew",
            ),
            Self::Tls => Some(
                "no trust in the certificate: wait for the host to mend it, or see whether the clock here is right (castkeep doctor)",
            ),
            Self::Page => Some(
                "a web page came instead: open the address in a browser; it may want a login, or the show has moved",
            ),
            Self::Unread => {
                Some("no feed and no audio came: it is tried again; if it lasts, tell the publisher")
            }
            Self::Large => {
                Some("too large: max_feed_mb and max_audio_mb of [http] in config.toml set the limit")
            }
            Self::Refused => Some(
                "forbidden here: only_hosts and allow_hosts of [http] in config.toml say what may be asked",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;

    fn of(status: Option<u16>, error: &str) -> Cause {
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        Cause::of(&Failed { at, status, error: Some(error.to_owned()) })
    }

    #[test]
    fn what_castkeep_writes_down_tells_the_cause() {
        for (status, error, cause) in [
            (Some(503), "status 503, retry after 3600 s", Cause::Passing),
            (Some(404), "status 404", Cause::Absent),
            (Some(403), "status 403", Cause::Denied),
            (Some(200), "not a feed: the document is an HTML page", Cause::Page),
            (Some(200), "not a feed: the document is empty", Cause::Unread),
            (Some(200), "too large: more than 1000000 bytes", Cause::Large),
            (None, "refused by only_hosts", Cause::Refused),
            (Some(418), "status 418", Cause::Other),
        ] {
            assert_eq!(of(status, error), cause, "{error}");
        }
    }

    #[test]
    fn every_failure_on_the_way_that_passes_is_known_as_one() {
        use http::Kind;
        for kind in [
            Kind::Connection,
            Kind::HeaderTimeout,
            Kind::Stalled,
            Kind::TooSlow,
            Kind::ShortBody,
            Kind::Framing,
            Kind::HeldBack,
        ] {
            assert_eq!(of(None, &format!("{}: why", kind.words())), Cause::Passing, "{kind:?}");
        }
        assert_eq!(of(None, &Kind::Resolve.words()), Cause::Name);
        assert_eq!(of(None, &Kind::Tls.words()), Cause::Tls);
    }
}
