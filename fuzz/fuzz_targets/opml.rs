#![no_main]

#[path = "../../tests/support/readers.rs"]
#[allow(dead_code)]
mod readers;

libfuzzer_sys::fuzz_target!(|document: &[u8]| readers::read_opml(document));
