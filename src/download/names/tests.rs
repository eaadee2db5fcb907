//! Names as templates make them: of good words, of hostile ones, and of words put together at random.

use super::*;

fn stem(naming: &Naming<'_>) -> String {
    Template::default().stem(naming)
}

fn titled(title: &str) -> String {
    let published = "2019-04-19T08:00:00Z".parse().ok();
    stem(&Naming { show: "show", title: Some(title), published, id: 7, ..Naming::default() })
}

#[test]
fn a_name_is_a_date_and_a_title() {
    assert_eq!(titled("#126: WebAssembly? Yes/No"), "show/2019-04-19 #126 - WebAssembly Yes-No");
    let naming = Naming { show: "show", id: 7, ..Naming::default() };
    assert_eq!(stem(&naming), "show/episode id 7");
    assert_eq!(
        stem(&Naming { number: Some(3), title: Some(" \u{200b}!"), ..naming.clone() }),
        "show/episode 3"
    );
    assert_eq!(stem(&Naming { title: Some("CON"), ..naming.clone() }), "show/_CON");
    assert_eq!(stem(&Naming { title: Some("lpt1.mp3"), ..naming.clone() }), "show/_lpt1.mp3");
    assert_eq!(stem(&Naming { show: "../..", title: Some("-rf ~"), ..naming }), "rf ~");
}

#[test]
fn hostile_titles_become_plain_names() {
    for title in [
        "../../etc/passwd",
        "..",
        ".",
        ".bashrc",
        "-rf",
        "a\0b",
        "\u{1b}[31mred",
        "a\u{202e}3pm",
        "nul",
        "x. . .",
        &"ä".repeat(300),
        &"👩‍👩‍👧".repeat(90),
        "C:\\x|<y>\"*?",
        "\u{feff}",
        "a\nb",
        "COM¹.txt",
    ] {
        let stem = titled(title);
        let (show, name) = stem.split_once('/').unwrap();
        assert_eq!(show, "show");
        assert!(name.len() + ".opus".len() + " (9999)".len() <= LONGEST_NAME, "{name}");
        assert!(!name.contains(['/', '\\', ':', '<', '>', '"', '|', '?', '*', '\u{202e}']), "{name}");
        assert!(!name.chars().any(char::is_control), "{name}");
        assert!(!name.starts_with(['.', '-']) && !name.ends_with(['.', ' ']), "{name}");
    }
    assert_eq!(titled("Cafe\u{301}"), titled("Café"));
}

fn made(template: &str, naming: &Naming<'_>) -> String {
    template.parse::<Template>().unwrap().stem(naming)
}

#[test]
fn fields_formats_and_filters() {
    let all = Naming::example();
    for (template, want) in [
        ("{show}/{published:%Y-%m-%d} {title}.{ext}", "the-quiet-shelf/2024-03-09 Maps - where to"),
        ("{show_title}/{year}/{number:04} {title}", "The Quiet Shelf/2024/0042 Maps - where to"),
        ("{show}/S{season:02}E{number} {title|slug}.{ext}", "the-quiet-shelf/S03E42 maps-where-to"),
        ("{published:%Y/%m}/{title:.4|upper}", "2024/03/MAPS"),
        ("{published:%D} {title|lower}", "03-09-24 maps - where to"),
        ("{author} - {original} ({type}) {guid} {id:06}", "Ada Moss - shelf042-final (full) shelf-42 001042"),
        ("{title} [[{id}]] {{x}}", "Maps - where to [1042] {x}"),
        ("{number:04}", "0042"),
    ] {
        assert_eq!(made(template, &all), want, "{template}");
    }
    let bare = Naming { show: "s", id: 7, ..Naming::default() };
    for (template, want) in [
        ("{show}/{season}/{number:04} {title}", "s/episode id 7"),
        ("{show}/[S{season:02}E{number:02} ]{title}", "s/episode id 7"),
        ("{show}/[Season {season}/]{published} - {title}", "s/episode id 7"),
        ("{show}/{number:04}", "s/episode id 7"),
        ("{show}/[{guid}]", "s/episode id 7"),
        ("{show_title}/{published:%Y/%m}/{id}", "s/7"),
    ] {
        assert_eq!(made(template, &bare), want, "{template}");
    }
    let foreign = Naming { title: Some("日本"), number: Some(3), ..bare };
    assert_eq!(made("{title|ascii}", &foreign), "episode 3");
    assert_eq!(made("[{number:03}. ]{title}", &foreign), "003. 日本");
}

#[test]
fn what_lies_beside_keeps_its_ending_and_a_cover_is_one() {
    let words = "long ".repeat(60);
    let beside = Naming { title: Some(&words), beside: Some("pt-BR"), ..Naming::example() };
    for template in ["{title}", "{title} {number}", "{number}"] {
        let stem = made(template, &beside);
        assert!(stem.ends_with(" [pt-BR]") && stem.len() + ROOM <= LONGEST_NAME, "{stem}");
    }
    let cover = Naming { show: "s", title: Some("cover"), is_of_show: true, id: 3, ..Naming::default() };
    for template in ["{show}/{published} {title}", "{show}/{number}", "{show}/[{season}/]{id}"] {
        assert_eq!(made(template, &cover), "s/cover", "{template}");
    }
}

#[test]
fn a_cover_lies_where_its_show_is_and_is_told_from_those_of_others() {
    let cover = Naming { show: "s", title: Some("cover"), is_of_show: true, id: 3, ..Naming::default() };
    for (template, want) in [
        ("{show}/Season {season}/{number:04} - {title}.{ext}", "s/cover"),
        ("Season {season}/{show}/{title}", "s/cover"),
        ("casts/{year}/{show_title}/{published:%Y/%m}/{title}", "casts/s/cover"),
        ("casts/My {show} - {season}/{title|upper}", "casts/COVER s"),
        ("{year}/{show} - {title}", "s - cover"),
        ("{show} {number}", "cover s"),
        ("all/{title}", "all/cover s"),
        ("{guid}", "cover s"),
    ] {
        assert_eq!(made(template, &cover), want, "{template}");
    }
    let long = "é".repeat(300);
    let path = made("{show}/{id}/{title:.9}", &Naming { show: &long, ..cover.clone() });
    assert!(path.ends_with("/cover") && path.len() < LONGEST_PATH, "{path}");
    assert!(made("{guid}", &Naming { show: &long, ..cover }).len() + ROOM <= LONGEST_NAME);
}

#[test]
fn a_path_is_bounded_as_a_whole() {
    let long = "é".repeat(300);
    let naming = Naming {
        show: "short",
        show_title: Some(&long),
        author: Some(&long),
        title: Some(&long),
        guid: Some(&long),
        id: 7,
        ..Naming::default()
    };
    for template in ["{title}", "{show_title}/{title}", "{show}/{show_title}/{author}/{guid}/a/b/c/d/{title}"]
    {
        let path = format!("audio/{} (9999).opus4", made(template, &naming));
        assert!(path.len() <= LONGEST_PATH, "{} {path}", path.len());
    }
    assert!(made("{show}/{show_title}/{author}/{id}", &naming).starts_with("short/é"));
}

#[test]
fn bad_templates_are_refused_and_point_at_what_is_wrong() {
    let pointed = |text: &str| text.parse::<Template>().unwrap_err().pointed();
    let fields = "expected one of `show`, `show_title`, `title`, `published`, `year`, `number`, `season`, `type`, `author`, `guid`, `original`, `id`";
    for (text, at, what) in [
        (
            "",
            "^",
            "it needs a field that tells episodes apart: {title}, {number}, {guid}, {original} or {id}",
        ),
        ("{show}/{titel}", "       ^^^^^^^", &format!("unknown field `titel`, {fields}")),
        ("{show/{title}", "^^^^^^^^^^^^^", &format!("unknown field `show/{{title`, {fields}")),
        ("{title", "^", "a { without }; write {{ for a brace"),
        ("a} {title}", " ^", "a } without {; write }} for a brace"),
        (
            "{title|snake}",
            "^^^^^^^^^^^^^",
            "unknown filter `snake`, expected one of `lower`, `upper`, `slug`, `ascii`",
        ),
        (
            "{title:04}",
            "^^^^^^^^^^",
            "\"04\" is no format for {title}: it takes the most characters, after a dot, such as .60",
        ),
        (
            "é{number:4}",
            " ^^^^^^^^^^",
            "\"4\" is no format for {number}: it takes the least digits, after a 0, such as 04",
        ),
        (
            "{published:%Q} {id}",
            "^^^^^^^^^^^^^^",
            "\"%Q\" is no format for {published}: it takes a date by strftime, such as %Y-%m-%d",
        ),
        (
            "{published:} {id}",
            "^^^^^^^^^^^^",
            "\"\" is no format for {published}: it takes a date by strftime, such as %Y-%m-%d",
        ),
        ("[{title}", "^", "a [ without ]; write [[ for a bracket"),
        ("{title}]", "       ^", "a ] without [; write ]] for a bracket"),
        ("[[[x] {title}", "  ^^^", "a group without a field is always there; write [[ and ]] for brackets"),
        ("[{id}[{id}]]", "     ^", "a group in a group; write [[ for a bracket"),
        ("/{title}", "^^^^^^^^", "a path begins below audio/, without a slash"),
        ("../{title}", "^^^^^^^^^^", "a path leads down alone: no \"..\" and no \".\""),
        (
            "a/{published:%Y/../%m}/{title}",
            "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            "a path leads down alone: no \"..\" and no \".\"",
        ),
        ("{show}//{title}", "^^^^^^^^^^^^^^^", "a folder has no name: \"//\""),
        ("{title}/", "^^^^^^^^", "a name for the file is missing after the last \"/\""),
        ("a\\{title}", "^^^^^^^^^", "folders are told apart by \"/\"; no \"\\\" and no control characters"),
        (
            "{show}/{number} - {title}.MP3",
            "                         ^^^^",
            "the ending is what the bytes of the file are: write .{ext}",
        ),
        ("{title}.opus.{ext}", "       ^^^^^", "the ending is what the bytes of the file are: write .{ext}"),
        ("{title}.{ext}.mp3", "        ^^^^^", "{ext} stands at the end, after a dot, or not at all"),
        (
            "{show}/{published}",
            "^^^^^^^^^^^^^^^^^^",
            "it needs a field that tells episodes apart: {title}, {number}, {guid}, {original} or {id}",
        ),
    ] {
        assert_eq!(pointed(text), format!("{text}\n{at}\n{what}"));
    }
    let hint = |text: &str| text.parse::<Template>().unwrap_err().hint();
    assert_eq!(hint("{titel}").as_deref(), Some("did you mean \"title\"?"));
    assert_eq!(hint("{title|lowr}").as_deref(), Some("did you mean \"lower\"?"));
    assert_eq!(Template::default().to_string().parse(), Ok(Template::default()));
}

/// Words put together at random never make a name that a file system refuses, and never a panic.
#[test]
fn whatever_the_words_are_names_are_safe() {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        "/",
        "..",
        ".",
        "%",
        ":",
        "|",
        "{show}",
        "{title:.9}",
        "{number:03}",
        "{published:%Y/%m}",
        "{published:%c %+ %n}",
        "{guid|ascii}",
        "{original|slug}",
        "{title|upper}",
        " ",
        "é",
        "\u{202e}",
        "[{season} ]",
        "{id}",
    ];
    let words = [
        "../x",
        "con",
        "",
        " ",
        "a/b\\c",
        "\0",
        "é\u{301}\u{feff}",
        "x.",
        "-",
        &"ß".repeat(400),
        "日本",
        ".git",
    ];
    let mut dice = fastrand::Rng::with_seed(7);
    let mut good = 0;
    for _ in 0..20_000 {
        let text: String = (0..dice.usize(1..6)).map(|_| pieces[dice.usize(..pieces.len())]).collect();
        let Ok(template) = text.parse::<Template>() else { continue };
        good += 1;
        let word = |dice: &mut fastrand::Rng| words[dice.usize(..words.len())];
        let naming = Naming {
            show: word(&mut dice),
            title: Some(word(&mut dice)),
            guid: Some(word(&mut dice)),
            original: dice.bool().then_some(word(&mut dice)),
            published: Time::from_unix(dice.i64(-62_000_000_000..250_000_000_000)),
            number: dice.bool().then(|| dice.i64(..)),
            beside: dice.bool().then_some(word(&mut dice)),
            is_of_show: dice.bool(),
            id: dice.i64(..),
            ..Naming::default()
        };
        let stem = template.stem(&naming);
        assert!(stem.len() + "audio/ (9999).opus4".len() <= LONGEST_PATH, "{text}: {stem}");
        for name in stem.split('/') {
            let is_bounded = !name.is_empty() && name.len() + ROOM <= LONGEST_NAME + ROOM;
            let is_plain = !name.contains(['\\', ':', '<', '>', '"', '|', '?', '*', '\u{202e}'])
                && !name.chars().any(char::is_control)
                && !name.starts_with(['.', '-', ' ', '~'])
                && !name.ends_with(['.', ' ']);
            assert!(is_bounded && is_plain, "{text}: {stem:?}");
        }
    }
    assert!(good > 1000, "{good}");
}
