//! The elements of HTML that mean something here. Data.

/// What an element does to the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Heading(u8),
    Paragraph,
    Block,
    List { ordered: bool },
    Item,
    Pre,
    Table,
    Row,
    Cell { head: bool },
    Bold,
    Code,
    Anchor,
    Area,
    Break,
    Rule,
    Image,
    Inline,
}

/// Every element with a meaning here, so that `<3` and `<your name>` stay text-like.
pub(super) const ELEMENTS: &[(&str, Role)] = &[
    ("p", Role::Paragraph),
    ("a", Role::Anchor),
    ("li", Role::Item),
    ("ul", Role::List { ordered: false }),
    ("ol", Role::List { ordered: true }),
    ("strong", Role::Bold),
    ("b", Role::Bold),
    ("br", Role::Break),
    ("em", Role::Inline),
    ("i", Role::Inline),
    ("span", Role::Inline),
    ("div", Role::Block),
    ("code", Role::Code),
    ("pre", Role::Pre),
    ("h1", Role::Heading(1)),
    ("h2", Role::Heading(2)),
    ("h3", Role::Heading(3)),
    ("h4", Role::Heading(4)),
    ("h5", Role::Heading(5)),
    ("h6", Role::Heading(6)),
    ("img", Role::Image),
    ("table", Role::Table),
    ("tr", Role::Row),
    ("td", Role::Cell { head: false }),
    ("th", Role::Cell { head: true }),
    ("tbody", Role::Inline),
    ("thead", Role::Inline),
    ("tfoot", Role::Inline),
    ("caption", Role::Block),
    ("hr", Role::Rule),
    ("dl", Role::List { ordered: false }),
    ("dt", Role::Item),
    ("dd", Role::Block),
    ("menu", Role::List { ordered: false }),
    ("blockquote", Role::Block),
    ("section", Role::Block),
    ("article", Role::Block),
    ("header", Role::Block),
    ("footer", Role::Block),
    ("aside", Role::Block),
    ("main", Role::Block),
    ("nav", Role::Block),
    ("figure", Role::Block),
    ("figcaption", Role::Block),
    ("center", Role::Block),
    ("address", Role::Block),
    ("details", Role::Block),
    ("summary", Role::Block),
    ("form", Role::Block),
    ("fieldset", Role::Block),
    ("html", Role::Block),
    ("body", Role::Block),
    ("head", Role::Block),
    ("area", Role::Area),
    ("tt", Role::Code),
    ("kbd", Role::Code),
    ("samp", Role::Code),
    ("u", Role::Inline),
    ("s", Role::Inline),
    ("del", Role::Inline),
    ("ins", Role::Inline),
    ("sub", Role::Inline),
    ("sup", Role::Inline),
    ("small", Role::Inline),
    ("big", Role::Inline),
    ("font", Role::Inline),
    ("cite", Role::Inline),
    ("q", Role::Inline),
    ("mark", Role::Inline),
    ("abbr", Role::Inline),
    ("time", Role::Inline),
    ("audio", Role::Inline),
    ("video", Role::Inline),
    ("source", Role::Inline),
    ("input", Role::Inline),
    ("button", Role::Inline),
    ("wbr", Role::Inline),
];

/// The place of an element in the table, by its name in any case.
pub(super) fn element(name: &str) -> Option<usize> {
    ELEMENTS.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// Whether an element parts lines; nothing for a name HTML does not know.
pub(super) fn makes_lines(name: &str) -> Option<bool> {
    let (_, role) = ELEMENTS[element(name)?];
    Some(!matches!(
        role,
        Role::Bold | Role::Code | Role::Anchor | Role::Area | Role::Image | Role::Inline | Role::Rule
    ))
}
