//! The words of dates: months and weekdays.

use chrono::Weekday;

/// The number of a month, 1 to 12, from its name in lower case without accents: a name in one of the languages
/// that feeds are met in, or at least three letters that no other month begins with.
pub(super) fn month(name: &str) -> Option<u32> {
    let number = |at: usize| u32::try_from(at + 1).ok();
    let is_name = |names: &&str| names.split(' ').any(|known| known == name);
    if let Some(at) = MONTHS.iter().position(|names| is_name(names)) {
        return number(at);
    }
    if name.chars().count() < 3 {
        return None;
    }
    let begins = |names: &&str| names.split(' ').any(|known| known.starts_with(name));
    let mut found = MONTHS.iter().enumerate().filter(|(_, names)| begins(names));
    let (at, _) = found.next()?;
    if found.next().is_some() { None } else { number(at) }
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
