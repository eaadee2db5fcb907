//! The clock that dates in names go by: programs write the day of UTC, or that of the place where they ran. What files of titles of
//! their own show of it tells which of two daily episodes of one title is meant.

use super::Judged;
use super::fold::Day;
use crate::model::Time;

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
/// So many files show what clock it is.
const LEAST: usize = 3;

/// How far ahead of UTC it may be, in seconds; both ends are of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    from: i64,
    to: i64,
}

/// Whether a day is that of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Surely,
    Perhaps,
    Never,
}

/// The clocks of a folder's names: of `20190419`, and of dates with signs in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clocks {
    compact: Clock,
    parted: Clock,
}

/// A file whose name or title says which episode it is, and the date in its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    pub(super) day: Day,
    pub(super) at: Time,
    pub(super) is_compact: bool,
}

impl Clock {
    /// From the Aleutians to Kiribati.
    const ANY: Self = Self { from: -12 * HOUR, to: 14 * HOUR };
    const UTC: Self = Self { from: 0, to: 0 };

    pub(super) fn fit(self, at: Time, day: Day) -> Fit {
        let [first, last] = [self.from, self.to].map(|ahead| (at.unix() + ahead).div_euclid(DAY));
        match (first <= day && day <= last, first == last) {
            (true, true) => Fit::Surely,
            (true, false) => Fit::Perhaps,
            (false, _) => Fit::Never,
        }
    }

    /// What all of them leave; any clock if they are few, or of several places.
    fn seen(sightings: &[Sighting]) -> Self {
        let all = Self::left(sightings.iter());
        let is_one = all.from - all.to <= HOUR && sightings.len() >= LEAST;
        if is_one { all.with_summer(sightings).of_places() } else { Self::ANY }
    }

    fn left<'a>(sightings: impl Iterator<Item = &'a Sighting>) -> Self {
        sightings.fold(Self::ANY, |left, seen| {
            let begin = seen.day * DAY - seen.at.unix();
            Self { from: left.from.max(begin), to: left.to.min(begin + DAY - 1) }
        })
    }

    /// Summer time makes two clocks of one, an hour apart, and what is left may be so by sightings of one of them. What both January
    /// and July leave holds for both: either is winter.
    fn with_summer(self, sightings: &[Sighting]) -> Self {
        let [january, july] = [JANUARY, JULY]
            .map(|is_in: fn(Day) -> bool| Self::left(sightings.iter().filter(|at| is_in(at.day))));
        // No place that is an hour behind UTC in winter has a summer time, but for the Azores: such a clock is UTC's or ahead of it.
        let is_not_behind = -HOUR < self.from && self.from <= 0;
        let from = if is_not_behind { 0 } else { self.from - HOUR };
        Self {
            from: from.max(january.from.min(july.from)),
            to: (self.to + HOUR).min(january.to.max(july.to)),
        }
    }

    /// From the first clock that some place has to the last.
    fn of_places(self) -> Self {
        let has = |ahead: &i64| (self.from..=self.to).contains(ahead);
        let mut places =
            (-48..=56).filter(|quarter| is_of_a_place(*quarter)).map(|quarter| quarter * HOUR / 4);
        let Some(from) = places.find(has) else { return self };
        Self { from, to: places.rfind(has).unwrap_or(from) }
    }
}

/// Whether a clock so many quarters of an hour ahead of UTC is some place's: west of it only the Marquesas and Newfoundland have no
/// whole hours.
fn is_of_a_place(quarter: i64) -> bool {
    quarter >= 0 || quarter % 4 == 0 || [-38, -14, -10].contains(&quarter)
}

/// Whether on that day it is winter time north of the equator, and summer time south of it; about.
const JANUARY: fn(Day) -> bool = |day| !(40..=315).contains(&of_year(day));
/// The other way round.
const JULY: fn(Day) -> bool = |day| (150..=220).contains(&of_year(day));

/// The day of its year, give or take one.
fn of_year(day: Day) -> i64 {
    day.rem_euclid(1461) % 365
}

impl Clocks {
    /// Nothing is known of them.
    pub(super) const ANY: Self = Self { compact: Clock::ANY, parted: Clock::ANY };
    /// Those of a program that goes by UTC.
    pub(super) const UTC: Self = Self { compact: Clock::UTC, parted: Clock::UTC };

    pub(super) fn of(self, is_compact: bool) -> Clock {
        if is_compact { self.compact } else { self.parted }
    }

    /// Those that the files show, with what earlier runs took in.
    pub(super) fn seen(judged: &[Judged], earlier: Vec<Sighting>) -> Self {
        let sightings = judged.iter().filter_map(|file| file.sighting).chain(earlier);
        let (compact, parted): (Vec<Sighting>, Vec<Sighting>) = sightings.partition(|seen| seen.is_compact);
        Self { compact: Clock::seen(&compact), parted: Clock::seen(&parted) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At `hour` of day 100, with the day of a clock that is so many hours ahead.
    fn seen(hour: i64, ahead: i64) -> Sighting {
        let at = 100 * DAY + hour * HOUR;
        let day = (at + ahead * HOUR).div_euclid(DAY);
        Sighting { day, at: Time::from_unix(at).unwrap(), is_compact: true }
    }

    fn fits(clock: Clock, hour: i64) -> [Fit; 3] {
        [99, 100, 101].map(|day| clock.fit(seen(hour, 0).at, day))
    }

    #[test]
    fn files_show_the_clock_that_named_them() {
        use Fit::{Never, Perhaps, Surely};
        let west = Clock::seen(&[seen(7, -8), seen(9, -8), seen(12, -8)]);
        assert_eq!(fits(west, 5), [Surely, Never, Never]);
        assert_eq!(fits(west, 8), [Perhaps, Perhaps, Never]);
        assert_eq!(fits(west, 12), [Never, Surely, Never]);
        let utc = Clock::seen(&[seen(3, 0), seen(21, 0), seen(12, 0)]);
        assert_eq!(fits(utc, 5), [Never, Surely, Never]);
        // An hour or two ahead fit as well.
        assert_eq!(fits(utc, 23), [Never, Perhaps, Perhaps]);
    }

    #[test]
    fn few_files_and_those_of_several_places_show_nothing() {
        assert_eq!(Clock::seen(&[seen(7, -8), seen(9, -8)]), Clock::ANY);
        assert_eq!(Clock::seen(&[seen(5, -8), seen(2, 0), seen(12, 0)]), Clock::ANY);
        assert_eq!(fits(Clock::ANY, 5), [Fit::Perhaps, Fit::Perhaps, Fit::Never]);
    }

    #[test]
    fn summer_time_is_one_place() {
        let summer = [seen(8, -8), seen(7, -7), seen(6, -7), seen(7, -8)];
        assert_ne!(Clock::seen(&summer), Clock::ANY);
    }

    #[test]
    fn an_hour_ahead_is_not_utc() {
        use Fit::{Never, Perhaps, Surely};
        let berlin = Clock::seen(&[seen(23, 1); 3]);
        assert_eq!(fits(berlin, 23), [Never, Perhaps, Perhaps]);
        let utc = Clock::seen(&[seen(23, 0), seen(0, 0), seen(12, 0)]);
        assert_eq!(fits(utc, 0), [Never, Surely, Never]);
        // That of London would be another in summer.
        assert_eq!(fits(utc, 23), [Never, Perhaps, Perhaps]);
    }

    #[test]
    fn what_january_and_july_show_is_no_hour_off() {
        use Fit::{Never, Perhaps, Surely};
        let on = |day: Day, hour: i64| {
            let at = Time::from_unix(day * DAY + hour * HOUR + 1800).unwrap();
            Sighting { day, at, is_compact: false }
        };
        let winter = [on(5, 5), on(9, 21), on(12, 12)];
        let year = [winter.as_slice(), &[on(185, 5), on(190, 21)]].concat();
        // In Chicago 5:30 is of the day before in winter, and of the very day in summer.
        assert_eq!(fits(Clock::seen(&winter), 5), [Perhaps, Perhaps, Never]);
        assert_eq!(fits(Clock::seen(&year), 5), [Never, Surely, Never]);
        assert_eq!(fits(Clock::seen(&year), 4), [Perhaps, Perhaps, Never]);
    }
}
