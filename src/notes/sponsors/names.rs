//! The name in words that say who paid.

use crate::notes::text::trimmed;

/// What ends a name.
const ENDS: &[&str] = &[
    "](",
    ": ",
    ":",
    "! ",
    "!",
    ". ",
    " - ",
    " -- ",
    " – ",
    " — ",
    " (",
    " http",
    ", ",
    "; ",
    " at ",
    " | ",
    " www.",
    " for ",
    " and get",
    " they ",
    " who ",
    " use code ",
    " with code ",
    " this week",
    " today",
    " and is ",
    " gesponsert",
    " sponsorluğunda",
    " unterstützt",
    " präsentiert",
    " et ",
    "。",
    "，",
    "：",
    " is the ",
    " is a ",
    " is an ",
    " - the ",
    " to get ",
    " use promo",
    " use the code",
];
const LONGEST: usize = 60;
/// A name of more words is a sentence.
const MOST_WORDS: usize = 4;
/// A sentence that a name stands inside of: the words before it, and those after.
const FRAMES: &[(&str, &str)] = &[
    ("wird von ", " gesponsert"),
    ("wird von ", " unterstützt"),
    ("wird von ", " präsentiert"),
    ("wird dir von ", " präsentiert"),
    ("wird euch von ", " präsentiert"),
    ("bölüm ", " sponsorluğunda"),
    ("节目由", "赞助"),
    ("节目由", "特约"),
    ("节目由", "支持"),
    ("番組は", "の提供"),
    ("番組は、", "の提供"),
    ("에피소드는 ", "의 협찬"),
    ("에피소드는 ", "의 후원"),
];

/// After the name of who pays, at the beginning of a sentence.
const VERBS: &[&str] = &[
    " is sponsoring",
    " has also returned as a sponsor",
    " has returned as a sponsor",
    " is back as a sponsor",
    " is our sponsor",
    " is the sponsor",
    " sponsors this",
    " sponsored this",
];

/// What is promised where `Check out Acme` is paid for.
const OFFERS: &[&str] = &[
    "credit",
    "% off",
    "promo code",
    "offer code",
    "discount",
    "coupon",
    "free trial",
    "months free",
    "month free",
];

/// Before a name, and no part of it.
const BEFORE: &[&str] = &[
    "our friends at ",
    "our friends over at ",
    "our partners at ",
    "our sponsor ",
    "the folks at ",
    "the good people at ",
    "courtesy of ",
    "try ",
    "visit ",
    "go to ",
    "head to ",
    "check out ",
    "die firma ",
    "der ",
    "dem ",
    "компания ",
    "компании ",
    "شركة ",
];

/// The names in what follows `sponsored by`: one, or a list of several.
pub(super) fn listed(text: &str) -> Vec<String> {
    let end =
        [". ", "! ", " http", " (", ": ", " - ", " – ", " — "].iter().filter_map(|end| text.find(end)).min();
    let sentence =
        text[..end.unwrap_or(text.len())].trim_start_matches([':', ' ']).trim_end_matches(['.', '!', ' ']);
    let several: Vec<&str> = sentence
        .split(", ")
        .flat_map(|piece| piece.split(" and "))
        .flat_map(|piece| piece.split(" und "))
        .flat_map(|piece| piece.split(" y "))
        .flat_map(|piece| piece.split(" et "))
        .flat_map(|piece| piece.split(" и "))
        .map(|piece| piece.trim().trim_start_matches("and ").trim_start_matches("por ").trim())
        .collect();
    if several.len() > 1 && several.iter().all(|piece| is_brand(piece)) {
        return several.into_iter().map(str::to_owned).collect();
    }
    named(text).into_iter().collect()
}

/// The names that are links: `brought to you by <Acme> web hosting, <Bolt>, and <Coil>`.
pub(super) fn linked(after: &str, links: &[&str]) -> Option<Vec<String>> {
    let after = after.trim_start_matches([':', ' ']);
    let short = |link: &&&str| link.split(' ').count() <= MOST_WORDS && !link.is_empty();
    let first = links.iter().find(short)?;
    if !after.starts_with(*first) {
        return None;
    }
    let end = [". ", "! "].iter().filter_map(|end| after.find(end)).min().unwrap_or(after.len());
    let mut names = vec![(*first).to_owned()];
    let mut from = first.len();
    for link in links.iter().filter(short).skip(1) {
        let Some(at) = after.get(from..end).and_then(|rest| rest.find(*link)) else { break };
        let before = after[from..from + at].trim_end();
        if before.ends_with([',', '&']) || before.ends_with(" and") || before == "and" {
            names.push((*link).to_owned());
        }
        from += at + link.len();
    }
    Some(names)
}

/// `This episode was sponsored by` the other way round: who stands between or before the words that say so.
pub(super) fn framed(line: &str) -> Option<String> {
    // One of these stands in every frame and verb, but for those in other scripts.
    let may = |sign: &str| memchr::memmem::find(line.as_bytes(), sign.as_bytes()).is_some();
    if !may("ponsor") && !may("wird ") && !holds_wide(line) {
        return None;
    }
    let lower = line.to_lowercase();
    if lower.len() != line.len() {
        return None;
    }
    let between = FRAMES.iter().find_map(|(before, after)| {
        let start = lower.find(before)? + before.len();
        let length = lower[start..].find(after).filter(|length| (1..=LONGEST).contains(length))?;
        Some(line[start..start + length].trim().to_owned())
    });
    between.or_else(|| {
        let end = VERBS.iter().find_map(|verb| lower.find(verb))?;
        Some(line[..end].trim().to_owned()).filter(|name| is_brand(name))
    })
}

/// Letters beyond Latin with its quotes and dashes.
fn holds_wide(line: &str) -> bool {
    line.bytes().any(|byte| (0xe3..0xf0).contains(&byte))
}

/// `Check out Acme at acme.example and get a $20 credit`.
pub(super) fn recommended(line: &str) -> Option<String> {
    let at = memchr::memmem::find(line.as_bytes(), b"heck out ")? + "heck out ".len();
    let lower = line[at..].to_lowercase();
    OFFERS.iter().any(|offer| lower.contains(offer)).then_some(())?;
    named(&line[at..]).filter(|name| is_brand(name))
}

/// `Many thanks to our partners: <Acme>, <Bolt> and <Coil>`.
pub(super) fn thanks_links(line: &str, links: &[&str]) -> bool {
    let first = links.first().and_then(|link| line.find(*link)).unwrap_or_default();
    let before = line[..first].to_lowercase();
    (before.contains("thank") || before.contains("partner") || before.contains("sponsor"))
        && links.iter().all(|link| is_brand(link))
}

/// A few words that begin with a capital or a digit.
fn is_brand(text: &str) -> bool {
    let words = text.split(' ').count();
    let begins = text.starts_with(|c: char| c.is_uppercase() || c.is_numeric());
    begins && words < MOST_WORDS && text.len() <= LONGEST && !text.contains(['(', ':', '?'])
}

pub(super) fn named(text: &str) -> Option<String> {
    let mut text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    if let Some(before) = BEFORE
        .iter()
        .find(|before| text.get(..before.len()).is_some_and(|start| start.to_lowercase() == **before))
    {
        text = &text[before.len()..];
    }
    let word = text.split(' ').next().unwrap_or_default();
    if text.starts_with("http")
        || text.starts_with("www.")
        || word.contains('.') && word.contains('/') && !word.contains(']')
    {
        return of_host(text);
    }
    let end = ENDS.iter().filter_map(|end| text.find(end)).filter(|at| *at > 0).min().unwrap_or(text.len());
    let name = trimmed(&text[..end]).trim_end_matches(['!', ',']).trim();
    let own = matches!(
        name.to_lowercase().as_str(),
        "us" | "you"
            | "listeners like you"
            | "our listeners"
            | "our sponsors"
            | "our sponsor"
            | "our partners"
            | ""
    );
    (!own && name.len() <= LONGEST).then(|| name.to_owned())
}

/// Who has an address: `acme` of `https://www.acme.com/show`.
fn of_host(address: &str) -> Option<String> {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    let host =
        host.split(|c: char| c == '/' || c.is_whitespace() || c == '?').next()?.trim_start_matches("www.");
    let name = host.strip_suffix(".com").unwrap_or(host).trim_end_matches(['.', ',']);
    (!name.is_empty() && host.contains('.')).then(|| name.to_owned())
}

/// The name in a line of a list of sponsors: the link that begins it, or the few words that do, or any link.
pub(super) fn entry(line: &str, linked: Option<&str>) -> Option<String> {
    let first = linked.filter(|text| !text.is_empty() && line.starts_with(text));
    let whole = first.filter(|text| text.split(' ').count() < MOST_WORDS).map(str::to_owned);
    let said = whole.or_else(|| first.and_then(named)).or_else(|| named(line));
    let short = |name: &String| name.split_whitespace().count() <= MOST_WORDS && !name.starts_with("http");
    said.filter(short)
        .or_else(|| linked.and_then(named))
        .or_else(|| named(line))
        .filter(|name| name != "http")
}
