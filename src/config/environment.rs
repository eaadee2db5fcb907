//! `CASTKEEP_*` of the environment, over what the file says.

use super::Error;

/// What the environment may overrule.
const SECTIONS: [&str; 8] = ["archive", "capture", "choose", "hooks", "http", "naming", "notify", "sync"];

/// Keys whose values are lists of texts, which a variable may write with commas.
const LISTS: [&str; 7] = ["only_hosts", "allow_hosts", "seasons", "types", "kinds", "languages", "beside"];

/// The section and key that a variable overrules: `CASTKEEP_HTTP_ONLY_HOSTS` is `only_hosts` of `[http]`.
pub(super) fn setting(name: &str) -> Option<(String, String)> {
    let rest = name.strip_prefix("CASTKEEP_")?.to_ascii_lowercase();
    SECTIONS.iter().find_map(|section| {
        rest.strip_prefix(&format!("{section}_")).map(|key| ((*section).to_owned(), key.to_owned()))
    })
}

/// Values are TOML; what is no TOML is a text, and a list may be written with commas.
pub(super) fn overrule(table: &mut toml::Table, name: &str, value: &str) -> Result<(), Error> {
    let Some((section, key)) = setting(name) else { return Ok(()) };
    let value = if LISTS.contains(&key.as_str()) { list(value) } else { literal(value) };
    let entry = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let Some(entry) = entry.as_table_mut() else {
        return Err(Error::variable(name, "its section is not a table in the configuration file"));
    };
    entry.insert(key, value);
    Ok(())
}

fn literal(value: &str) -> toml::Value {
    let parsed = toml::from_str::<toml::Table>(&format!("x = {value}")).ok().and_then(|mut t| t.remove("x"));
    parsed.unwrap_or_else(|| toml::Value::String(value.to_owned()))
}

fn list(value: &str) -> toml::Value {
    match literal(value) {
        whole @ toml::Value::Array(_) => whole,
        _ => value.split(',').map(|item| literal(item.trim())).collect::<Vec<_>>().into(),
    }
}
