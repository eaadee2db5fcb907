//! The configuration of podcast-archiver (YAML), as ours would say it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::Setting;
use crate::download::Template;
use crate::model::LONGEST_REST;

/// What a configuration of podcast-archiver comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Translated {
    /// Its feeds, in its order, secrets included.
    pub feeds: Vec<String>,
    /// What has an equivalent, in the order of our own configuration.
    pub settings: Vec<Setting>,
    /// What has none, and why.
    pub remarks: Vec<String>,
    /// Lists of feeds, which come in by a command of their own.
    pub opml: Vec<String>,
    /// Folders with its files.
    pub folders: Vec<String>,
    /// Its databases.
    pub databases: Vec<String>,
}

/// How a key is said here.
type Saying = fn(&Value, &mut Translated);

/// Its keys (version 2.3), and how each is said here.
const KEYS: &[(&str, Saying)] = &[
    ("feeds", |_, _| {}),
    ("opml_files", |value, out| out.opml = texts(value)),
    ("archive_directory", |value, out| out.folders = texts(value)),
    ("write_info_json", write_info_json),
    ("quiet", |value, out| out.flag("quiet", value, "is a flag here: castkeep --quiet sync")),
    ("verbose", |value, out| out.flag("verbose", value, "is a flag here: castkeep --verbose sync")),
    ("slugify_paths", slugify_paths),
    ("filename_template", filename_template),
    ("maximum_episode_count", |value, out| {
        let none = "keeps all episodes, as newest = 0 does";
        out.number(("choose", "newest"), "maximum_episode_count", value, none);
    }),
    ("concurrency", |value, out| {
        let none = "is no number of downloads";
        out.number(("http", "downloads_at_once"), "concurrency", value, none);
    }),
    ("debug_partial", |value, out| {
        out.flag("debug_partial", value, "has no equivalent: what is not whole is not kept");
    }),
    ("database", |value, out| out.databases = texts(value)),
    ("ignore_database", |value, out| {
        out.flag("ignore_database", value, "has no equivalent: the archive always knows what it has");
    }),
    ("sleep_seconds", sleep_seconds),
];

/// Translates a configuration; an error is a line for people.
pub fn translate(yaml: &str) -> Result<Translated, String> {
    let read: Result<Value, _> = serde_saphyr::from_str(yaml);
    let all = match read {
        Ok(Value::Object(all)) => all,
        // An empty file is all defaults.
        Ok(Value::Null) => Map::new(),
        Ok(_) => return Err("no configuration of podcast-archiver: it is not made of keys".to_owned()),
        Err(error) => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default().to_owned();
            return Err(format!("not readable as YAML: {first}"));
        }
    };
    if !all.is_empty() && !all.keys().any(|key| KEYS.iter().any(|(known, _)| key == known)) {
        return Err("no configuration of podcast-archiver: it has none of its keys".to_owned());
    }
    let mut out = Translated::default();
    for (key, value) in &all {
        match KEYS.iter().find(|(known, _)| known == key) {
            Some((_, say)) => say(value, &mut out),
            None => out.remark(&format!("{key}: is no key of podcast-archiver 2.3, and was left out")),
        }
    }
    out.settings.sort_by_key(|setting| ORDER.iter().position(|section| *section == setting.section));
    out.feeds = match all.get("feeds") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(feeds)) if feeds.iter().all(Value::is_string) => {
            feeds.iter().filter_map(Value::as_str).map(|feed| feed.trim().to_owned()).collect()
        }
        Some(_) => return Err("feeds: is no list of addresses".to_owned()),
    };
    Ok(out)
}

/// Sections in the order of our own configuration.
const ORDER: &[&str] = &["archive", "http", "sync", "choose", "naming"];

impl Translated {
    /// All but the feeds, as the text of a `config.toml`: remarks as comments, then the sections.
    pub fn text(&self) -> String {
        let has_steps = [&self.opml, &self.folders, &self.databases].iter().any(|list| !list.is_empty());
        let steps = if has_steps { self.steps() } else { Vec::new() };
        let steps = steps.into_iter().map(|step| format!("next, run: {step}"));
        let remarks = steps.chain(self.remarks.iter().cloned());
        let mut text: String = remarks.map(|remark| format!("# {}\n", bare(&remark))).collect();
        let mut section = "";
        for setting in &self.settings {
            if section != setting.section {
                section = setting.section;
                let space = if text.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{space}[{section}]");
            }
            let _ = writeln!(text, "{} = {}  # {}", setting.key, setting.value, setting.theirs);
        }
        text
    }

    /// What is to be run once the feeds are followed, for a shell, in this order.
    pub fn steps(&self) -> Vec<String> {
        let mut steps: Vec<String> =
            self.opml.iter().map(|file| format!("castkeep import opml {}", quoted(file))).collect();
        steps.push("castkeep sync --feeds-only".to_owned());
        let database = self.databases.first();
        let database = database.map(|file| format!(" --database {}", quoted(file))).unwrap_or_default();
        let folders = self.folders.iter().map(|folder| quoted(folder));
        let folders: Vec<String> =
            if self.folders.is_empty() { vec!["DIR".to_owned()] } else { folders.collect() };
        steps.extend(folders.iter().map(|folder| format!("castkeep adopt {folder}{database}")));
        steps
    }

    fn remark(&mut self, text: &str) {
        self.remarks.push(bare(text));
    }

    fn set(
        &mut self,
        section: &'static str,
        key: &'static str,
        value: impl Into<toml::Value>,
        theirs: &'static str,
    ) {
        self.settings.push(Setting { section, key, value: value.into(), theirs });
    }

    /// A switch that has no key here; off is nothing to speak of.
    fn flag(&mut self, key: &str, value: &Value, remark: &str) {
        if is_on(value) {
            self.remark(&format!("{key}: {remark}"));
        }
    }

    fn number(
        &mut self,
        (section, ours): (&'static str, &'static str),
        theirs: &'static str,
        value: &Value,
        otherwise: &str,
    ) {
        match number(value).and_then(|number| i64::try_from(number).ok()).filter(|number| *number > 0) {
            Some(number) => self.set(section, ours, number, theirs),
            None => self.remark(&format!("{theirs}: {otherwise}")),
        }
    }
}

/// A line break would end the comment.
fn bare(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn write_info_json(value: &Value, out: &mut Translated) {
    if is_on(value) {
        out.set("naming", "beside", vec!["json".to_owned()], "write_info_json");
    }
}

fn slugify_paths(value: &Value, out: &mut Translated) {
    let remark =
        "has no equivalent: names are always safe for every file system, and keep letters of any script";
    out.flag("slugify_paths", value, remark);
}

fn sleep_seconds(value: &Value, out: &mut Translated) {
    let Some(seconds) = number(value).filter(|seconds| *seconds > 0) else { return };
    // No feed rests longer.
    out.set("sync", "interval", format!("{}s", seconds.min(LONGEST_REST.as_secs())), "sleep_seconds");
    out.remark("sleep_seconds: castkeep sync ends when it is done; let cron or a timer run it again");
}

/// Its fields, and ours; what has none is named.
const FIELDS: &[(&str, &str)] = &[
    ("show.title", "{show}"),
    ("episode.title", "{title}"),
    ("episode.original_filename", "{original}"),
    ("ext", "{ext}"),
];

fn filename_template(value: &Value, out: &mut Translated) {
    let Some(text) = value.as_str() else {
        return out.remark("filename_template: is no text, and was left out");
    };
    match template(text) {
        Ok(template) if template.parse::<Template>().is_err() => {
            let why = template.parse::<Template>().err().map(|bad| bad.to_string()).unwrap_or_default();
            out.remark(&format!("filename_template: {text:?} can't be used here; the default stands: {why}"));
        }
        Ok(template) => out.set("naming", "template", template, "filename_template"),
        Err(field) => {
            out.remark(&format!("filename_template: {text:?} has {field}, for which there is no equivalent; the default stands"));
        }
    }
}

/// The template in our fields; the field that we do not have, if there is one.
fn template(text: &str) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}').ok_or_else(|| "a { without }".to_owned())?;
        out.push_str(before);
        out.push_str(&match field.split_once(':').unwrap_or((field, "")) {
            ("episode.published_time", "") => "{published:%Y-%m-%d}".to_owned(),
            ("episode.published_time", format) => format!("{{published:{format}}}"),
            (name, "") => match FIELDS.iter().find(|(theirs, _)| *theirs == name) {
                Some((_, ours)) => (*ours).to_owned(),
                None => return Err(format!("{{{field}}}")),
            },
            _ => return Err(format!("{{{field}}}")),
        });
        rest = after;
    }
    out.push_str(rest);
    // Theirs has its ending, ours gets one.
    Ok(if out.ends_with("{original}") { out + ".{ext}" } else { out })
}

/// YAML as podcast-archiver reads it (1.1) has more words for it.
fn is_on(value: &Value) -> bool {
    match value {
        Value::Bool(on) => *on,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => ["yes", "on", "true", "y"].contains(&text.to_ascii_lowercase().as_str()),
        _ => false,
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// One text, or several.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// For a shell, which knows what a `~/` at the beginning stands for.
fn quoted(text: &str) -> String {
    let (home, rest) = text.strip_prefix("~/").map_or(("", text), |rest| ("~/", rest));
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if rest.chars().all(plain) && !text.is_empty() && !text.starts_with('-') {
        return text.to_owned();
    }
    let start = if rest.starts_with('-') { "./" } else { "" };
    format!("{home}'{start}{}'", rest.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_said_or_named() {
        let yaml = "
feeds:
  - https://a.example/rss
  - https://b.example/rss?token=x
opml_files: [a list.opml]
archive_directory: ~/pods
write_info_json: yes
quiet: true
verbose: 2
slugify_paths: true
filename_template: '{show.title}/{episode.published_time:%Y} {episode.title}.{ext}'
maximum_episode_count: 5
concurrency: 3
debug_partial: false
database: ~x/y.db
ignore_database: true
sleep_seconds: 3600
colour: blue
";
        let translated = translate(yaml).unwrap();
        assert_eq!(translated.feeds, ["https://a.example/rss", "https://b.example/rss?token=x"]);
        assert_eq!(
            translated.text(),
            "\
# next, run: castkeep import opml 'a list.opml'
# next, run: castkeep sync --feeds-only
# next, run: castkeep adopt ~/pods --database '~x/y.db'
# quiet: is a flag here: castkeep --quiet sync
# verbose: is a flag here: castkeep --verbose sync
# slugify_paths: has no equivalent: names are always safe for every file system, and keep letters of any script
# ignore_database: has no equivalent: the archive always knows what it has
# sleep_seconds: castkeep sync ends when it is done; let cron or a timer run it again
# colour: is no key of podcast-archiver 2.3, and was left out

[http]
downloads_at_once = 3  # concurrency

[sync]
interval = \"3600s\"  # sleep_seconds

[choose]
newest = 5  # maximum_episode_count

[naming]
beside = [\"json\"]  # write_info_json
template = \"{show}/{published:%Y} {title}.{ext}\"  # filename_template
"
        );
    }

    #[test]
    fn a_longer_rest_than_any_feed_has_is_the_longest() {
        let settings = translate("sleep_seconds: 31536000").unwrap().settings;
        assert_eq!(settings[0].value, toml::Value::from("604800s"));
    }

    #[test]
    fn a_template_without_equivalent_is_named() {
        assert_eq!(
            template("{show.title}/{episode.original_filename}").as_deref(),
            Ok("{show}/{original}.{ext}")
        );
        assert_eq!(template("{episode.subtitle}"), Err("{episode.subtitle}".to_owned()));
        assert_eq!(template("{a"), Err("a { without }".to_owned()));
    }

    #[test]
    fn a_template_that_castkeep_refuses_is_left_out() {
        for (theirs, why) in [
            ("{episode.title}/../../x", "a path leads down alone: no \"..\" and no \".\""),
            (
                "{show.title}/all",
                "it needs a field that tells episodes apart: {title}, {number}, {guid}, {original} or {id}",
            ),
            ("{episode.title}.mp3", "the ending is what the bytes of the file are: write .{ext}"),
        ] {
            let settings = translate(&format!("filename_template: '{theirs}'")).unwrap().text();
            let want =
                format!("# filename_template: {theirs:?} can't be used here; the default stands: {why}\n");
            assert_eq!(settings, want);
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        for (yaml, want) in [
            ("a: [", "not readable as YAML: "),
            ("- a\n- b", "no configuration of podcast-archiver: it is not made of keys"),
            ("name: x", "no configuration of podcast-archiver: it has none of its keys"),
            ("feeds: 5", "feeds: is no list of addresses"),
        ] {
            let error = translate(yaml).unwrap_err();
            assert!(error.starts_with(want), "{error}");
        }
        assert_eq!(translate("").unwrap(), Translated::default());
        // Anchors are followed, and a bomb of them is not.
        let anchored = "feeds: &f [https://a.example/rss]\nopml_files: []\n";
        assert_eq!(translate(anchored).unwrap().feeds.len(), 1);
        let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, of) in ["bcdefghij".chars().zip("abcdefghi".chars())].into_iter().flatten() {
            bomb.push_str(&format!(
                "{name}: &{name} [*{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}]\n"
            ));
        }
        assert!(translate(&format!("feeds: []\n{bomb}")).unwrap_err().starts_with("not readable as YAML: "));
    }
}
