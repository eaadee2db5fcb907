//! What castkeep is built from: no crate below the version in which a known fault was mended, none from beside the registry.
//! `cargo deny` (see `deny.toml` and `.ci/run`) knows more, where its database can be had; this holds everywhere.

use toml::Table;

/// The least version of a crate, and the advisory that it is above. A crate that is not there is as good.
const LEAST: &[(&str, &str, &str)] = &[
    ("ammonia", "4.1.4", "RUSTSEC-2026-0213: SVG animate; -0193, 2025-0071"),
    ("bytes", "1.11.1", "RUSTSEC-2026-0007: overflow in BytesMut::reserve"),
    ("chrono", "0.4.20", "RUSTSEC-2020-0159: localtime_r beside setenv"),
    ("h2", "0.4.16", "RUSTSEC-2026-0258: unbounded empty DATA frames"),
    ("hyper", "1.0.0", "RUSTSEC-2021-0078, -0079: lenient lengths"),
    ("idna", "1.0.0", "RUSTSEC-2024-0421: two names, one host"),
    ("libsqlite3-sys", "0.37.0", "SQLite 3.51.3: WAL-reset corruption"),
    ("object_store", "0.10.2", "RUSTSEC-2024-0358: token in logs"),
    ("quick-xml", "0.41.0", "RUSTSEC-2026-0194, -0195: quadratic attributes, unbounded namespaces"),
    ("rusqlite", "0.39.0", "SQLite 3.51.3: WAL-reset corruption"),
    ("rustls-webpki", "0.103.13", "RUSTSEC-2026-0098, -0099, -0104, -0049"),
    ("time", "0.3.47", "RUSTSEC-2026-0009: stack exhaustion by RFC 2822 comments"),
    ("tokio", "1.44.2", "RUSTSEC-2025-0023: unsound broadcast clone"),
    ("tracing-subscriber", "0.3.20", "RUSTSEC-2025-0055: ANSI escapes reach logs"),
];

/// One TLS, one resolver (the system's), no second HTTP stack: whoever needs one of these says why in `deny.toml`.
const UNWANTED: &[&str] = &["openssl", "openssl-sys", "native-tls", "hickory-proto", "h2", "curl"];

/// Name, version and source of all that is locked.
fn locked() -> Vec<(String, String, Option<String>)> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).unwrap();
    let lock: Table = text.parse().unwrap();
    let field = |package: &toml::Value, name: &str| package.get(name)?.as_str().map(str::to_owned);
    lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let [name, version] = ["name", "version"].map(|key| field(package, key).unwrap());
            (name, version, field(package, "source"))
        })
        .collect()
}

fn numbers(version: &str) -> Vec<u64> {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    core.split('.').map(|number| number.parse().unwrap()).collect()
}

#[test]
fn every_crate_is_above_its_last_known_fault() {
    let locked = locked();
    let mut old = Vec::new();
    for (name, version, _) in &locked {
        for (crate_name, least, advisory) in LEAST {
            if name == crate_name && numbers(version) < numbers(least) {
                old.push(format!("{name} {version} is below {least}: {advisory}"));
            }
        }
    }
    assert_eq!(old, Vec::<String>::new());
    let unwanted: Vec<_> = locked.iter().filter(|(name, ..)| UNWANTED.contains(&name.as_str())).collect();
    assert!(unwanted.is_empty(), "{unwanted:?}");
}

#[test]
fn every_crate_is_from_the_registry() {
    let elsewhere: Vec<_> = locked()
        .into_iter()
        .filter(|(name, _, source)| match source {
            Some(source) => !source.starts_with("registry+"),
            None => name != "castkeep",
        })
        .collect();
    assert_eq!(elsewhere, []);
}

#[test]
fn sqlite_is_above_the_fault_that_loses_a_log() {
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}
