//! The words of dates: months and weekdays.

use std::sync::LazyLock;

use chrono::Weekday;

/// Every name with its month, by the alphabet.
static NAMES: LazyLock<Vec<(&str, u32)>> = LazyLock::new(|| {
    let of_month = |(names, month): (&'static &str, u32)| names.split(' ').map(move |name| (name, month));
    let mut names: Vec<_> = MONTHS.iter().zip(1..).flat_map(of_month).collect();
    names.sort_unstable();
    names
});

/// The number of a month, 1 to 12, from its name in lower case without accents: a name in one of the languages
/// that feeds are met in, or at least three letters that no other month begins with.
pub(super) fn month(name: &str) -> Option<u32> {
    if name.len() < 3 {
        return None;
    }
    let first = NAMES.partition_point(|(known, _)| *known < name);
    let mut begun = NAMES.get(first..)?.iter().take_while(|(known, _)| known.starts_with(name));
    let (known, month) = begun.next()?;
    let is_told = *known == name || name.chars().count() >= 3 && begun.all(|(_, other)| other == month);
    is_told.then_some(*month)
}

/// Names and the short forms that are no beginnings of them. English, German, French, Spanish, Italian,
/// Portuguese, Catalan, Romanian, Dutch, Danish, Norwegian, Swedish, Finnish, Hungarian, Turkish, Indonesian;
/// Polish, Czech, Russian, Ukrainian (and their genitives), Greek. Accents are off: `й` is `и`.
const MONTHS: [&str; 12] = [
    "jan january januar janner janvier enero gennaio janeiro gener ianuarie januari tammikuu tammikuuta ocak \
     styczen stycznia leden ledna январь января січень січня ιανουαριος ιανουαριου",
    "feb february februar feber febuary fevrier febrero febbraio fevereiro febrer februarie februari helmikuu \
     helmikuuta subat luty lutego unor unora февраль февраля лютии лютого φεβρουαριος φεβρουαριου",
    "mar mrz mrt march marz mars marzo marco marc martie maart marts maaliskuu maaliskuuta marcius mart maret \
     marzec marca brezen brezna март марта березень березня μαρτιος μαρτιου",
    "apr april avril abril aprile aprilie huhtikuu huhtikuuta aprilis nisan kwiecien kwietnia duben dubna \
     апрель апреля квітень квітня απριλιος απριλιου",
    "may mai mei maj mayo maggio maio maig toukokuu toukokuuta majus mayis mayıs maja kveten kvetna маи мая \
     травень травня μαιος μαιου",
    "jun june juni juin junio giugno junho juny iunie kesakuu kesakuuta junius haziran czerwiec czerwca cvn \
     cerven cervna июнь июня червень червня ιουνιος ιουνιου ιον",
    "jul july juli juillet julio luglio julho juliol iulie heinakuu heinakuuta julius temmuz lipiec lipca cvc \
     cervenec cervence июль июля липень липня ιουλιος ιουλιου ιολ",
    "aug august aout agosto agost augustus augusti elokuu elokuuta augusztus agustos agustus agt ags sierpien \
     sierpnia srpen srpna август августа серпень серпня αυγουστος αυγουστου",
    "sep sept september septembre septiembre setiembre settembre setembro setembre septembrie syyskuu syyskuuta \
     szeptember eylul wrzesien wrzesnia zari сентябрь сентября вересень вересня σεπτεμβριος σεπτεμβριου",
    "oct okt october oktober octobre octubre ottobre outubro octombrie lokakuu lokakuuta ekim pazdziernik \
     pazdziernika rijen rijna октябрь октября жовтень жовтня οκτωβριος οκτωβριου",
    "nov november novembre noviembre novembro noiembrie marraskuu marraskuuta kasim kasım listopad listopada \
     listopadu ноябрь ноября листопада листопад νοεμβριος νοεμβριου",
    "dec december dezember decembre diciembre dicembre dezembro desembre decembrie desember joulukuu \
     joulukuuta aralik aralık grudzien grudnia prosinec prosince декабрь декабря грудень грудня δεκεμβριος \
     δεκεμβριου",
];

/// An English weekday, whole or cut short.
pub(super) fn weekday(name: &str) -> Option<Weekday> {
    let all = [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];
    let found = all.iter().find(|(whole, _)| name.len() >= 3 && whole.starts_with(name));
    found.map(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_of_two_months() {
        let all = MONTHS.iter().flat_map(|names| names.split_whitespace());
        for name in all.clone() {
            assert_eq!(all.clone().filter(|other| *other == name).count(), 1, "{name}");
        }
    }
}
