//! Words that say what a part of the notes is for. Data: general words of the trade in a few languages, no names.

use std::sync::LazyLock;

use super::phrases::Phrases;
use crate::model::SegmentKind::{self, Boilerplate, Extras, Intro, Joke, Links, People, Sponsor};

/// A heading is of the first kind one of whose phrases it contains as whole words.
const HEADINGS: &[(SegmentKind, &[&str])] = &[
    // Before the people: these name hosts and guests, but tell where to find them.
    (
        Boilerplate,
        &["connect with", "connect with the hosts", "connect with us", "about the show", "about the podcast"],
    ),
    (Joke, &["joke", "jokes", "witz", "blague", "chiste"]),
    (
        Sponsor,
        &[
            "sponsor",
            "sponsors",
            "sponsored",
            "sponsored by",
            "sponsorship",
            "brought to you by",
            "sponsoren",
            "sponsoring",
            "werbung",
            "anzeige",
            "werbepartner",
            "commanditaires",
            "patrocinadores",
            "patrocinado por",
            "sponsorizzato",
            "спонсор",
            "спонсоры",
            "advertisement",
            "promo codes",
            "赞助",
            "广告",
            "スポンサー",
            "partenaires",
        ],
    ),
    (
        Extras,
        &[
            "extra",
            "extras",
            "our news",
            "other news",
            "personal news",
            "follow up",
            "follow-up",
            "followup",
            "follow ups",
            "bonus",
            "members only",
            "picks",
            "pick of the week",
            "announcement",
            "announcements",
            "corrections",
            "errata",
            "listener feedback",
            "listener comment",
            "listener comments",
            "shout outs",
            "shoutouts",
            "推荐",
            "好物推荐",
            "nachtrag",
            "nachträge",
            "coups de coeur",
            "recommendations",
            "final thoughts",
            "анонсы",
        ],
    ),
    (
        People,
        &[
            "guest",
            "guests",
            "co-host",
            "cohost",
            "special co-host",
            "guest co-host",
            "guest host",
            "special guest",
            "special guests",
            "host",
            "hosts",
            "co-hosts",
            "featuring",
            "panel",
            "panelists",
            "cast",
            "guest starring",
            "in order of appearance",
            "features",
            "cast and crew",
            "guest bio",
            "about the guest",
            "meet the guest",
            "speakers",
            "presenters",
            "contributors",
            "participants",
            "starring",
            "gast",
            "gäste",
            "moderation",
            "mitwirkende",
            "teilnehmer",
            "invité",
            "invités",
            "invitée",
            "les animateurs",
            "animateurs",
            "invitado",
            "invitados",
            "ospite",
            "ospiti",
            "гость",
            "гости",
            "ведущий",
            "ведущие",
            "участники",
            "嘉宾",
            "主持",
            "主播",
            "主创",
            "本期嘉宾",
            "ゲスト",
            "出演",
            "about the hosts",
            "with",
        ],
    ),
    (
        Boilerplate,
        &[
            "about the show",
            "about the podcast",
            "about us",
            "connect with the hosts",
            "connect with us",
            "contact",
            "contact us",
            "subscribe",
            "follow us",
            "follow the show",
            "support the show",
            "support us",
            "support",
            "donate",
            "credits",
            "get in touch",
            "stay in touch",
            "patreon",
            "privacy",
            "privacy policy",
            "disclaimer",
            "legal",
            "feedback",
            "community",
            "newsletter",
            "merch",
            "impressum",
            "kontakt",
            "unterstützen",
            "abonnieren",
            "nous soutenir",
            "nous suivre",
            "suivez-nous",
            "contacto",
            "síguenos",
            "contatti",
            "контакты",
            "поддержать",
            "联系我们",
            "join us",
            "social media",
            "socials",
            "transcript",
            "music",
            "download",
            "how to listen",
            "rate and review",
        ],
    ),
    (
        Links,
        &[
            "link",
            "links",
            "show links",
            "links from the show",
            "references",
            "resources",
            "mentioned",
            "mentions",
            "further reading",
            "further listening",
            "sources",
            "related",
            "recommended reading",
            "books mentioned",
            "show notes",
            "shownotes",
            "keep in touch",
            "see also",
            "quellen",
            "weblinks",
            "erwähnte",
            "liens",
            "ressources",
            "références",
            "enlaces",
            "recursos",
            "collegamenti",
            "ссылки",
            "链接",
            "相关链接",
            "资料",
            "リンク",
            "bibliography",
            "learn more",
        ],
    ),
    (
        Intro,
        &[
            "summary",
            "introduction",
            "intro",
            "show intro",
            "preface",
            "overview",
            "description",
            "about this episode",
            "episode summary",
            "in this episode",
            "this episode",
            "zusammenfassung",
            "beschreibung",
            "résumé",
            "resumen",
            "описание",
            "简介",
            "本期简介",
        ],
    ),
];

/// Headings over a run of topics.
const GROUPS: &[&str] = &[
    "topics",
    "chapters",
    "timestamps",
    "time stamps",
    "timecodes",
    "timeline",
    "outline",
    "news items",
    "news",
    "agenda",
    "interview",
    "kapitel",
    "kapitelmarken",
    "sprungmarken",
    "themen",
    "sujets",
    "chapitres",
    "au sommaire",
    "sommaire",
    "temas",
    "capítulos",
    "argomenti",
    "capitoli",
    "темы",
    "темы выпуска",
    "таймкоды",
    "содержание",
    "главы",
    "main topics",
    "topics covered",
    "topics discussed",
    "questions",
    "内容提要",
    "时间轴",
    "目录",
    "目次",
    "内容",
    "key points",
    "in this episode",
    "highlights",
    "key takeaways",
    "episode chapters",
    "главные новости",
];

/// A paragraph is of the first kind with one of whose phrases it begins.
const OPENINGS: &[(SegmentKind, &[&str])] = &[
    (
        Sponsor,
        &[
            "sponsored by",
            "sponsored:",
            "sponsor:",
            "sponsors:",
            "our sponsor",
            "our sponsors",
            "today's sponsor",
            "this episode is sponsored",
            "this episode was sponsored",
            "this episode has been sponsored",
            "this episode is brought",
            "this episode was brought",
            "this episode has been brought",
            "this episode of",
            "this show is sponsored",
            "this podcast is sponsored",
            "brought to you by",
            "support for this",
            "support for the show comes",
            "thanks to our sponsor",
            "thank you to our sponsor",
            "thanks to this week's sponsor",
            "diese folge wird",
            "diese episode wird",
            "cet épisode est sponsorisé",
            "cet épisode vous est présenté",
            "este episodio está patrocinado",
            "выпуск спонсирует",
            "спонсор выпуска",
            "the show is sponsored",
            "this week's sponsor",
            "episode sponsored by",
            "presented by",
        ],
    ),
    (
        People,
        &[
            "special guest",
            "special guests",
            "guest:",
            "guests:",
            "our guest",
            "guest host",
            "with guest",
            "hosts:",
            "host:",
            "hosted by:",
            "featuring:",
            "invité :",
            "invitée :",
            "invités :",
            "gast:",
            "gäste:",
            "гость:",
            "гости:",
            "嘉宾:",
            "嘉宾：",
            "主持:",
            "主持：",
            "guest starring",
        ],
    ),
];

/// Before who paid, where the sentence says that they did.
const THANKS: &[&str] = &["thanks to ", "thank you to ", "many thanks to ", "big thanks to "];

/// Sentences that every episode repeats: subscribe, support, follow, legal.
const STANDING: &[&str] = &[
    "subscribe",
    "support us",
    "support the show",
    "support this podcast",
    "support our work",
    "patreon.com",
    "become a patron",
    "become a member",
    "follow us",
    "follow the show",
    "follow me on",
    "join us on",
    "join our",
    "watch on youtube",
    "watch this episode",
    "write to us",
    "po box",
    "p.o box",
    "p.o. box",
    "leave a review",
    "leave us a review",
    "rate and review",
    "rate us",
    "write a review",
    "our newsletter",
    "the newsletter",
    "mailing list",
    "omnystudio.com/listener",
    "acast.com/privacy",
    "megaphone.fm/adchoices",
    "adchoices",
    "privacy policy",
    "privacy information",
    "terms of use",
    "our website",
    "visit our",
    "find us on",
    "contact us",
    "get in touch",
    "send us",
    "email us",
    "drop us",
    "learn more about your ad choices",
    "hosted on acast",
    "hosted by simplecast",
    "all rights reserved",
    "creative commons",
    "theme music",
    "music by",
    "produced by",
    "edited by",
    "mixed by",
    "sound design",
    "art by",
    "written by",
    "written, directed",
    "directed by",
    "engineered by",
    "hosted and produced",
    "hosted, produced",
    "werbepartner",
    "outro music",
    "cover art",
    "intro music",
    "full transcript",
    "more information about your ad",
    "listen on apple podcasts",
    "buy us a coffee",
    "ko-fi",
    "buymeacoffee",
    "appeared first on",
    "for more episodes",
    "download the episode",
    "see the full show notes",
    "see acast.com",
    "support this show",
    "abonnier",
    "unterstütz",
    "folgt uns",
    "schreibt uns",
    "suivez-nous",
    "abonnez-vous",
    "soutenez",
    "suscríbete",
    "síguenos",
    "подписывайтесь",
    "подписаться",
    "поддержать",
    "订阅",
];

/// A heading of more words announces nothing.
const MOST_WORDS: usize = 10;
/// A longer line is none of the labels.
const LONGEST: usize = 80;

static OF_HEADINGS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(flat(HEADINGS).map(|(_, phrase)| phrase)));
static OF_OPENINGS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(flat(OPENINGS).map(|(_, phrase)| phrase)));
static OF_GROUPS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(GROUPS.iter().copied()));
static OF_STANDING: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(STANDING.iter().copied()));

fn flat(
    table: &'static [(SegmentKind, &'static [&'static str])],
) -> impl Iterator<Item = (SegmentKind, &'static str)> {
    table.iter().flat_map(|(kind, phrases)| phrases.iter().map(|phrase| (*kind, *phrase)))
}

fn kind_of(table: &'static [(SegmentKind, &'static [&'static str])], place: usize) -> Option<SegmentKind> {
    flat(table).nth(place).map(|(kind, _)| kind)
}

/// What kind of part a heading announces.
pub(super) fn heading(text: &str) -> Option<SegmentKind> {
    let text = normal(text);
    let words = text.split(' ').count();
    if words > MOST_WORDS {
        return None;
    }
    let (first, _) = OF_HEADINGS.first_within(&text, |phrase| announces(&text, phrase, words))?;
    kind_of(HEADINGS, first)
}

/// The phrase is the heading, or stands in it among few other words.
fn announces(text: &str, phrase: &str, words: usize) -> bool {
    if text == phrase {
        return true;
    }
    let short = words <= phrase.split(' ').count() + 5;
    // `Host a workshop` tells somebody to.
    let verb =
        text.strip_prefix(phrase).is_some_and(|rest| rest.starts_with(" a ") || rest.starts_with(" the "));
    short && !verb && phrase != "with" && holds_words(text, phrase)
}

/// Whether `text` is nothing but such a label: said without a heading's looks, that is evidence enough.
pub(super) fn exact(text: &str) -> Option<SegmentKind> {
    let bare = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    if text.len() > LONGEST || bare.is_ascii() && OF_HEADINGS.at(bare.as_bytes(), 0).next().is_none() {
        return None;
    }
    let text = normal(text);
    let first = OF_HEADINGS.at(text.as_bytes(), 0).find(|place| OF_HEADINGS.get(*place) == text)?;
    kind_of(HEADINGS, first)
}

/// A heading that only introduces topics.
pub(super) fn is_group(text: &str) -> bool {
    let bare = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    if text.len() > LONGEST || bare.is_ascii() && OF_GROUPS.at(bare.as_bytes(), 0).next().is_none() {
        return false;
    }
    let text = normal(text);
    let words = text.split(' ').count();
    GROUPS.iter().any(|group| *group == text || (words <= 5 && begins(&text, group)))
}

/// What kind of part a paragraph opens.
pub(super) fn opening(text: &str) -> Option<SegmentKind> {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let ascii = text.bytes().next()?.is_ascii();
    // Few lines begin with the first letter of such a phrase and its second.
    if ascii
        && OF_OPENINGS.at(text.as_bytes(), 0).next().is_none()
        && !THANKS.iter().any(|thanks| starts(text, thanks))
    {
        let curly = text.chars().take(12).any(|c| c == '’');
        if !curly {
            return None;
        }
    }
    let head: String = text.chars().take(80).collect::<String>().to_lowercase().replace('’', "'");
    if THANKS.iter().any(|thanks| head.starts_with(thanks)) && head.contains("sponsor") {
        return Some(Sponsor);
    }
    let place = OF_OPENINGS.at(head.as_bytes(), 0).find(|place| begins(&head, OF_OPENINGS.get(*place)))?;
    let thanks = OF_OPENINGS.get(place) != "this episode of"
        || head.contains("sponsored")
        || head.contains("brought to you");
    kind_of(OPENINGS, place).filter(|_| thanks)
}

fn starts(text: &str, phrase: &str) -> bool {
    text.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
}

fn begins(head: &str, phrase: &str) -> bool {
    head.strip_prefix(phrase).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Whether a paragraph is of those every episode repeats.
pub(super) fn is_standing(text: &str) -> bool {
    // Letters that only Unicode makes small begin with these bytes; quotes and dashes do not.
    let other_case = || text.bytes().any(|byte| (0xc3..0xe0).contains(&byte));
    OF_STANDING.any_within(text) || other_case() && OF_STANDING.any_within(&text.to_lowercase())
}

/// Lower case, one space between words, no punctuation around.
fn normal(text: &str) -> String {
    let lower = text.to_lowercase().replace('’', "'");
    let kept: String =
        lower.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '\'') { c } else { ' ' }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `phrase` stands in `text` between word ends. Scripts without spaces have no word ends.
fn holds_words(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        let apart =
            |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic() || !phrase.is_ascii() && c as u32 > 0x2e80);
        apart(before) && apart(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings() {
        for (text, kind) in [
            ("Extras", Some(Extras)),
            ("Extra, extra, extra:", Some(Extras)),
            ("Extra Joke", Some(Joke)),
            ("In other news (as in our news)", Some(Extras)),
            ("Connect with the hosts", Some(Boilerplate)),
            ("Special guests:", Some(People)),
            ("相关链接：", Some(Links)),
            ("A brief tour of data classes", None),
        ] {
            assert_eq!(heading(text), kind, "{text}");
        }
    }

    #[test]
    fn openings() {
        assert_eq!(opening("Sponsored by Example: example.com"), Some(Sponsor));
        assert_eq!(opening("This episode was brought to you by Example"), Some(Sponsor));
        assert_eq!(opening("Special guest: Ada Lovelace"), Some(People));
        assert_eq!(opening("This episode of the show is about dogs"), None);
        assert_eq!(opening("Hello"), None);
    }
}
