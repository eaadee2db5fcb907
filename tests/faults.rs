//! The real binary against a host that misbehaves: a row a fault, with what must come of each run. The numbers are those of
//! the fault catalogue, which says what castkeep should do; `support::ordeal` says what must hold after every run.
//!
//! A run is told as `exit code: what the archive holds; feed outcome (remark); audio outcomes (remarks); [statuses of the feed]
//! [statuses of the audio that bears the fault, else the number of audio requests]`.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use support::host::Host;
use support::hostile::Hostile;
use support::ordeal::{Row, Undisturbed, audio, audio_address, content, feed, feed_address, play};
use support::say::say;
use support::scene::Scene;
use unicode_normalization::UnicodeNormalization as _;

/// A row for each of these faults, which all end in the same way.
fn each(faults: &str, row: impl Fn(&str) -> Row) -> Vec<Row> {
    faults.split_whitespace().map(row).collect()
}

/// Plays the rows side by side, each worker with its own host.
fn play_all(rows: Vec<Row>) {
    const WORKERS: usize = 8;
    let cases: BTreeSet<u32> = rows.iter().flat_map(|row| row.cases.clone()).collect();
    let (rows_count, queue) = (rows.len(), Mutex::new(rows.into_iter()));
    let (undisturbed, wrong) = (Undisturbed::default(), Mutex::new(Vec::new()));
    let skipped = std::thread::scope(|scope| {
        let work = || {
            let Some(host) = Hostile::start() else { return true };
            while let Some(row) = { queue.lock().unwrap().next() } {
                let found = play(&row, &host, &undisturbed);
                wrong.lock().unwrap().extend(found);
            }
            false
        };
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        let skipped: Vec<bool> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
        skipped.contains(&true)
    });
    if skipped {
        return;
    }
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {rows_count} rows\n{}", wrong.len(), wrong.join("\n"));
    say!("{rows_count} rows");
    support::cases::tell(&cases);
}

#[test]
fn every_fault_ends_as_the_catalogue_says() {
    let mut rows = Vec::new();
    for table in
        [connections, framing, codings, sizes, answers, caching, statuses, redirects, payloads, resumes]
    {
        rows.extend(table());
    }
    for table in [documents, texts, cuts, identities, titles, enclosures, histories, notes] {
        rows.extend(table());
    }
    play_all(rows);
}

/// Found by `replaced`: the old episodes were marked as gone, the new ones downloaded, and nobody was told.
#[test]
fn case_88_another_show_in_the_place_of_a_feed_is_told() {
    use support::feed::{feed, item};
    let host = Host::start();
    let items = |from| (from..from + 3).map(|n| item(n, &host.url(""))).collect::<Vec<_>>();
    host.set_feed("/feed.xml", feed("A Show", &items(1)));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);

    // A new name alone, or a window that has moved on, is no alarm.
    host.set_feed("/feed.xml", feed("The Show", &items(2)));
    assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
    host.set_feed("/feed.xml", feed("The Show", &items(10)));
    assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);

    host.set_feed("/feed.xml", feed("Best Casino Bonus", &items(20)));
    let ran = scene.run(&["sync", "--feeds-only", "--force"]);
    assert_eq!(ran.code, 3);
    let told = format!(
        "castkeep: a-show: read {}: another show, none of whose episodes was listed before, is in its place: \"Best Casino Bonus\"; \
         all that was archived stays\n",
        host.url("/feed.xml")
    );
    assert_eq!(ran.stderr, told);
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "10");
    assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0, "it is told once");
    scene.assert_sound();
}

/// Found by `emptied`: that a feed lists nothing at all was nowhere to be read.
#[test]
fn case_72_a_feed_without_episodes_is_noted_and_loses_none() {
    use support::feed::{feed, item};
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    host.set_feed("/feed.xml", feed("A Show", &[]));
    assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
    assert_eq!(scene.rows("SELECT outcome, error FROM fetches"), ["new|NULL", "new|it lists no episode"]);
    assert_eq!(scene.rows("SELECT number, gone_at IS NULL FROM episodes"), ["1|0"]);
    scene.assert_sound();
}

/// 1 to 8: connections that break, hang or drip.
fn connections() -> Vec<Row> {
    let rows = vec![
        audio(&[1], "truncated").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (short body: 242176 of 262144 bytes); [200] [200 206 206 206]").healed("0: 3 episodes, 3 files; feed not_modified; audio 1 stored (resumed); [304] [206]"),
        audio(&[1], "truncated ok").sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (resumed); [200] [200 206]"),
        audio(&[2], "reset").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (short body: 242176 of 262144 bytes); [200] [200 206 206 206]").healed("0: 3 episodes, 3 files; feed not_modified; audio 1 stored (resumed); [304] [206]"),
        audio(&[3], "empty_reply").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (connection failed: connection closed before message completed); [200] [- - -]"),
        audio(&[3], "reset_early").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (connection failed: Connection reset by peer (os error 104)); [200] [- - -]"),
        audio(&[4], "stall").with("read_seconds = 1").beside_another().sync("3: 4 episodes, 3 files; feed new + new; audio 3 stored + 1 failed (stalled)").healed("0: 4 episodes, 4 files; feed not_modified + not_modified; audio 1 stored (resumed); [304] [206]"),
        audio(&[5], "stall_headers").with("header_seconds = 1").beside_another().sync("3: 4 episodes, 3 files; feed new + new; audio 3 stored + 1 failed (no answer in time)"),
        audio(&[5], "slow_start").with("header_seconds = 1").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (no answer in time)"),
        audio(&[6], "slow").with("least_rate = 4096").with("rate_seconds = 1").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (too slow: * bytes/s over 1 s)"),
        audio(&[6], "infinite_slow").with("least_rate = 4096").with("rate_seconds = 1").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (too slow: * bytes/s over 1 s)"),
        audio(&[7], "cl_long").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (short body: 262144 of 524298 bytes); [200] [200 206 200 206]"),
        audio(&[8], "cl_short").sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (length_mismatch: the feed says 262144 bytes, the file has 131072); [200] [200]").stays(),
        feed(&[1], "truncated").sync("3: 0 episodes, 0 files; feed failed (short body: end of file before message length reached); audio none; [200] [0]"),
        feed(&[2], "reset").sync("3: 0 episodes, 0 files; feed failed (short body: Connection reset by peer (os error 104)); audio none; [200] [0]"),
        feed(&[3], "empty_reply").sync("3: 0 episodes, 0 files; feed failed (connection failed: connection closed before message completed); audio none; [- - -] [0]"),
        feed(&[3], "reset_early").sync("3: 0 episodes, 0 files; feed failed (connection failed: Connection reset by peer (os error 104)); audio none; [- - -] [0]"),
        feed(&[4], "stall").with("read_seconds = 1").beside_another().sync("3: 1 episodes, 1 files; feed failed (stalled) + new; audio 1 stored"),
        feed(&[5], "stall_headers").with("header_seconds = 1").beside_another().sync("3: 1 episodes, 1 files; feed failed (no answer in time) + new; audio 1 stored"),
        feed(&[5], "slow_start").with("header_seconds = 1").sync("3: 0 episodes, 0 files; feed failed (no answer in time); audio none"),
        feed(&[6], "slow").with("least_rate = 4096").with("rate_seconds = 1").sync("3: 0 episodes, 0 files; feed failed (too slow: * bytes/s over 1 s); audio none"),
        feed(&[6], "infinite_slow").with("least_rate = 4096").with("rate_seconds = 1").sync("3: 0 episodes, 0 files; feed failed (too slow: * bytes/s over 1 s); audio none"),
        feed(&[7], "cl_long").sync("3: 0 episodes, 0 files; feed failed (short body: end of file before message length reached); audio none; [200] [0]"),
        feed(&[8], "cl_short").sync("3: 1 episodes, 1 files; feed truncated (the document breaks off; line 4: the document ends inside this element, which was passed over (and 1 more)); audio 1 stored; [200] [1]"),
    ];
    rows
}

/// 9 to 13: lengths and chunks that contradict themselves.
fn framing() -> Vec<Row> {
    let mut rows = vec![
        audio(&[11], "close_delimited").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]"),
        audio(&[11], "close_delimited,longer").sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (length_mismatch: the feed says 262144 bytes, the file has 393216; length_unverified: the server told no length); [200] [200 200]").stays(),
        audio(&[12], "close_delimited_cut").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (131072 bytes of untold length where the feed says 262144); [200] [200 200]"),
        feed(&[12], "close_delimited_cut").sync("3: 1 episodes, 1 files; feed truncated (the document breaks off; line 4: the document ends inside this element, which was passed over (and 1 more)); audio 1 stored; [200] [1]"),
    ];
    rows.extend(each("cl_negative cl_garbage cl_two cl_overflow", |f| {
        audio(&[9], f)
            .sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (bad framing*); [200] [200]")
    }));
    rows.extend(each("cl_negative cl_garbage cl_two cl_overflow", |f| {
        feed(&[9], f).sync("3: 0 episodes, 0 files; feed failed (bad framing*); audio none; [200] [0]")
    }));
    rows.extend(each("te_and_cl extra_after", |f| {
        audio(&[10], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]")
    }));
    rows.extend(each("te_and_cl extra_after", |f| {
        feed(&[10], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
    }));
    rows.extend(each("chunk_truncated chunk_bad chunk_huge chunk_ext", |f| {
        audio(&[13], f)
            .sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (bad framing*); [200] [200]")
    }));
    rows.extend(each("chunk_truncated chunk_bad chunk_huge chunk_ext", |f| {
        feed(&[13], f).sync("3: 0 episodes, 0 files; feed failed (bad framing*); audio none; [200] [0]")
    }));
    rows
}

/// 14 to 19: content codings.
fn codings() -> Vec<Row> {
    let mut rows = vec![
        feed(&[15], "ok gzip_bad_crc,edited").sync("0: *").revise(2).sync("3: 3 episodes, 3 files; feed failed (content coding: corrupt gzip stream does not have a matching checksum); audio none; [200] [0]"),
        feed(&[16], "gzip_multi").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        feed(&[17], "gzip_trailing").sync("0: 3 episodes, 3 files; feed new (130 bytes after the end of the gzip data); audio 3 stored; [200] [3]"),
        audio(&[18], "plain_lie").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 rejected (not audio but a gzip archive); [200] [200]"),
        feed(&[19], "gzip_bomb").sync("3: 0 episodes, 0 files; feed failed (too large: more than 64000000 bytes); audio none"),
        feed(&[19], "gzip_bomb_nested").sync("3: 0 episodes, 0 files; feed failed (content coding: more than one: gzip, gzip); audio none; [200] [0]"),
    ];
    rows.extend(each("gzip deflate br", |f| {
        feed(&[14], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
    }));
    rows.extend(each("raw_deflate gzip_lie gzip_bad_crc gzip_truncated coding_unknown", |f| {
        feed(&[15], f).sync("3: 0 episodes, 0 files; feed failed (content coding: *); audio none; [200] [0]")
    }));
    rows.extend(each("gzip deflate br coding_unknown", |f| audio(&[18], f).sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (content coding *, though none was asked for); [200] [200]")));
    rows
}

/// 20 and 21: bodies and headers without end.
fn sizes() -> Vec<Row> {
    let mut rows = vec![
        audio(&[21], "flood_1xx").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]"),
        feed(&[21], "flood_1xx").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
    ];
    rows.extend(each("huge infinite infinite_cl", |f| audio(&[20], f).with("max_audio_mb = 1").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (too large: more than 1000000 bytes)")));
    rows.extend(each("huge infinite infinite_cl", |f| {
        feed(&[20], f)
            .with("max_feed_mb = 1")
            .sync("3: 0 episodes, 0 files; feed failed (too large: more than 1000000 bytes); audio none")
    }));
    rows.extend(each("huge_header many_headers infinite_headers", |f| {
        audio(&[21], f).sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (*)*")
    }));
    rows.extend(each("huge_header many_headers infinite_headers", |f| {
        feed(&[21], f).sync("3: 0 episodes, 0 files; feed failed (*); audio none*")
    }));
    rows
}

/// 22 to 24: what is not HTTP, and statuses that bring nothing.
fn answers() -> Vec<Row> {
    let mut rows = vec![
        audio(&[24], "304_unasked").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (status 304); [200] [304]"),
        feed(&[24], "304_unasked").sync("3: 0 episodes, 0 files; feed failed (status 304 though nothing was asked conditionally); audio none; [304] [0]").healed("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
    ];
    rows.extend(each("http09 bad_status obsfold header_ctl", |f| {
        audio(&[22], f)
            .sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (not HTTP*); [200] [*]")
    }));
    rows.extend(each("http09 bad_status obsfold header_ctl", |f| {
        feed(&[22], f).sync("3: 0 episodes, 0 files; feed failed (not HTTP*); audio none; [*] [0]")
    }));
    rows.extend(each("status_999 206_unasked 204 300", |f| {
        audio(&[23], f)
            .sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (status *); [200] [*]")
    }));
    rows.extend(each("status_999 206_unasked 204 300", |f| {
        feed(&[23], f).sync("3: 0 episodes, 0 files; feed failed (status *); audio none; [*] [0]")
    }));
    rows
}

/// 26 to 31: validators, dates and promises of the host.
fn caching() -> Vec<Row> {
    let mut rows = vec![
        feed(&[26], "same_etag_200")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed same; audio none; [200] [0]")
            .rows("SELECT count(*) FROM documents", &["1"]),
        feed(&[27], "same_etag_changed")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]")
            .rows("SELECT count(*) FROM documents", &["2"]),
        feed(&[28], "etag_each_time")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed same; audio none; [200] [0]")
            .rows("SELECT count(*) FROM documents", &["1"]),
        audio(&[28], "etag_each_time")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]")
            .sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] []"),
        feed(&[29], "weak_etag")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] [0]"),
        audio(&[29], "truncated,weak_etag weak_etag")
            .sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (resumed); [200] [200 206]"),
        feed(&[30], "etag_unquoted")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] [0]"),
        feed(&[30], "etag_long")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] [0]"),
        feed(&[30], "etag_ctl")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] [0]"),
        feed(&[30], "lastmod_invalid")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] [0]"),
        audio(&[30], "truncated,etag_ctl etag_ctl")
            .sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (resumed); [200] [200 206]"),
    ];
    rows.extend(each("lastmod_future lastmod_epoch date_wrong cache_year vary_star", |f| {
        feed(&[31], f)
            .sync("0: *; feed new; audio 3 stored; [200] [3]")
            .sync("0: *; feed not_modified; audio none; [304] [0]")
    }));
    rows
}

/// 32 to 38: statuses that refuse.
fn statuses() -> Vec<Row> {
    let mut rows = vec![
        feed(&[32], "404").sync("3: 0 episodes, 0 files; feed failed (status 404); audio none; [404] [0]"),
        feed(&[33], "ok 410").sync("0: *").sync("3: 3 episodes, 3 files; feed gone; audio none; [410] [0]").rows("SELECT state FROM shows", &["gone"]).run(&["sync"], "0: 3 episodes, 3 files; feed none; audio none; [] [0]"),
        feed(&[34], "404_once").sync("3: 0 episodes, 0 files; feed failed (status 404); audio none; [404] [0]"),
        feed(&[34], "500_once").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [500 200] [3]"),
        feed(&[34], "500_half").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [500 200] [3]"),
        feed(&[34], "503_retry").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [503 503 200] [3]"),
        audio(&[34], "404_once").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (status 404); [200] [404]"),
        audio(&[34], "500_once").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [500 200]"),
        audio(&[34], "500_half").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [500 200]"),
        audio(&[34], "503_retry").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [503 503 200]"),
        feed(&[35], "429_seconds").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [429 200] [3]"),
        feed(&[35], "429_date").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [429 200] [3]"),
        audio(&[35], "429_seconds").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [429 200]"),
        feed(&[36], "429_huge").sync("3: 0 episodes, 0 files; feed failed (status 429, retry after 86400 s); audio none; [429] [0]").sync("0: 0 episodes, 0 files; feed none; audio none; [] [0]").rows("SELECT host, round(julianday(hold_until) - julianday((SELECT max(started_at) FROM fetches)), 2) FROM hosts", &["HOST|1"]).open_ended(),
        audio(&[36], "429_huge").sync("3: 3 episodes, * files; feed new; audio *1 failed (status 429, retry after 86400 s); [200] [429]").open_ended(),
    ];
    rows.extend(each("429 429_garbage 429_negative 429_past", |f| {
        feed(&[37], f).sync("3: 0 episodes, 0 files; feed failed (status 429*); audio none; [429*] [0]")
    }));
    rows.extend(each("401 403 451 416", |f| {
        feed(&[38], f).sync("3: 0 episodes, 0 files; feed failed (status *); audio none; [*] [0]")
    }));
    rows.extend(each("401 403 404 410 451 416", |f| {
        audio(&[38], f)
            .sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (status *); [200] [*]")
    }));
    rows.extend(each("500 503 520", |f| {
        feed(&[34, 38], f).sync("3: 0 episodes, 0 files; feed failed (status *); audio none; [* * *] [0]")
    }));
    rows
}

/// 39 to 44 and 46: redirects.
fn redirects() -> Vec<Row> {
    let mut rows = vec![
        audio_address(&[41], "redirect_crlf").sync("3: 1 episodes, 0 files; feed new; audio 1 failed (status 404); [200] [302 404]"),
        feed_address(&[41], "redirect_chain").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [302 301 308 307 302 200] [3]"),
        audio_address(&[41], "redirect_chain").sync("0: 1 episodes, 1 files; feed new; audio 1 stored; [200] [302 301 308 307 302 200]"),
        feed_address(&[41], "redirect_relative").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [302 200] [3]"),
        feed_address(&[42], "redirect_body").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [302 200] [3]"),
        audio_address(&[42], "redirect_body").sync("0: 1 episodes, 1 files; feed new; audio 1 stored; [200] [302 200]"),
        feed_address(&[42], "redirect_html").sync("3: 0 episodes, 0 files; feed failed (not a feed: the document is an HTML page); audio none; [302 200] [0]"),
        audio_address(&[42], "redirect_html").sync("3: 1 episodes, 0 files; feed new; audio 1 rejected (not audio but an HTML page); [200] [302 200]"),
        audio_address(&[1, 42], "redirect_then_cut").sync("3: 1 episodes, 0 files; feed new; audio 1 failed (short body: 242176 of 262144 bytes); [200] [302 200 302 206 302 206 302 206]"),
        feed_address(&[46], "redirect_creds").sync("3: 0 episodes, 0 files; feed refused (http://CANARY/creds: address not allowed: CANARY (private; allow_hosts can list it)); audio none; [302] [0]"),
        audio_address(&[46], "redirect_creds").sync("3: 1 episodes, 0 files; feed new; audio 1 failed (http://CANARY/creds: address not allowed: CANARY (private; allow_hosts can list it)); [200] [302]"),
    ];
    rows.extend(each("301 308", |f| {
        feed_address(&[39], f)
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [* 200] [3]")
            .sync("0: *; feed not_modified; audio none; [304] [0]")
            .rows(
                "SELECT feed_url, configured_url LIKE '%fault=%' FROM shows",
                &["http://HOST/feed.xml?n=3|1"],
            )
    }));
    rows.extend(each("302 303 307", |f| {
        feed_address(&[40], f)
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [* 200] [3]")
            .sync("0: *; feed not_modified; audio none; [* 304] [0]")
            .rows("SELECT feed_url LIKE '%fault=%' FROM shows", &["1"])
    }));
    rows.extend(each(
        "301 302 303 307 308 redirect_scheme_relative redirect_fragment redirect_spaces",
        |f| {
            audio_address(&[39, 40], f)
                .sync("0: 1 episodes, 1 files; feed new; audio 1 stored; [200] [* 200]")
        },
    ));
    rows.extend(each("redirect_chain_long redirect_loop redirect_self redirect_grow redirect_none redirect_empty redirect_two redirect_long", |f| feed_address(&[41], f).sync("3: 0 episodes, 0 files; feed failed (*bad redirect: *); audio none; [*] [0]")));
    rows.extend(each("redirect_chain_long redirect_loop redirect_self redirect_grow redirect_none redirect_empty redirect_two redirect_long", |f| audio_address(&[41], f).sync("3: 1 episodes, 0 files; feed new; audio 1 failed (*bad redirect: *); [200] [*]")));
    rows.extend(each("redirect_file redirect_data redirect_js redirect_ftp redirect_gopher", |f| {
        feed_address(&[43], f).sync("3: 0 episodes, 0 files; feed refused (*); audio none; [302] [0]")
    }));
    rows.extend(each("redirect_file redirect_data redirect_js redirect_ftp redirect_gopher", |f| {
        audio_address(&[43], f).sync("3: 1 episodes, 0 files; feed new; audio 1 failed (*); [200] [302]")
    }));
    rows.extend(each("redirect_canary redirect_canary_localhost redirect_canary_decimal redirect_canary_hex redirect_canary_octal redirect_canary_short redirect_canary_zero redirect_canary_mapped redirect_canary_dot redirect_canary_userinfo redirect_canary_wide redirect_v6 redirect_metadata redirect_metadata_v6 redirect_nat64 redirect_private10 redirect_private192 redirect_cgnat redirect_broadcast redirect_port22", |f| feed_address(&[44], f).sync("3: 0 episodes, 0 files; feed refused (*); audio none; [302] [0]")));
    rows.extend(each("redirect_canary redirect_canary_localhost redirect_canary_decimal redirect_canary_hex redirect_canary_octal redirect_canary_short redirect_canary_zero redirect_canary_mapped redirect_canary_dot redirect_canary_userinfo redirect_canary_wide redirect_v6 redirect_metadata redirect_metadata_v6 redirect_nat64 redirect_private10 redirect_private192 redirect_cgnat redirect_broadcast redirect_port22", |f| audio_address(&[44], f).sync("3: 1 episodes, 0 files; feed new; audio 1 failed (*); [200] [302]")));
    rows
}

/// 47 to 50: pages in place of feeds and audio, and headers that want to be obeyed.
fn payloads() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(each(
        "html_error login_page captcha json_error 200_error_body empty one_byte jpeg zeros elf",
        |f| {
            feed(&[47], &format!("ok {f}"))
                .sync("0: *")
                .sync("3: 3 episodes, 3 files; feed failed (*); audio none; [200] [0]")
                .rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"])
        },
    ));
    rows.extend(each(
        "html_error html_as_audio login_page captcha json_error 200_error_body empty one_byte jpeg elf zeros",
        |f| {
            audio(&[48], f)
                .sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 rejected (*); [200] [200]")
        },
    ));
    rows.extend(each("wrong_type no_type type_html type_octet", |f| {
        audio(&[48], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]")
    }));
    rows.extend(each("cd_traversal cd_absolute cd_star cd_backslash cd_nul cd_long cd_reserved cd_hidden cd_dash cd_ext cd_empty cd_ctl", |f| audio(&[49], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]")));
    rows.extend(each("cookie_flood refresh link_header alt_svc content_location location_200", |f| {
        audio(&[50], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]")
    }));
    rows.extend(each(
        "cookie_flood refresh link_header alt_svc content_location location_200 cd_traversal",
        |f| feed(&[50], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
    ));
    rows
}

/// 51 to 59: downloads that go on where they stopped.
fn resumes() -> Vec<Row> {
    let mut rows = vec![
        audio(&[51], "cut_each").sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (resumed); [200] [200 206 206 206 206]"),
        audio(&[53], "truncated range_star_total").sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (resumed); [200] [200 206]"),
        audio(&[54], "truncated range_403").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 403 200]"),
        audio(&[54], "truncated 416 ok").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 416 200]"),
        audio(&[55], "truncated ifrange_changed").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 200]").stays(),
        audio(&[56], "truncated ifrange_ignored").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 206 200]").stays(),
        audio(&[57], "truncated ifrange_ignored_same_etag").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 206 200]").stays(),
        audio(&[58], "truncated 404").sync("3: *").change(longer_part).healed("0: 3 episodes, 3 files; feed not_modified; audio 1 stored; [304] [200]"),
        audio(&[58], "truncated 404").sync("3: *").change(flipped_part).healed("0: 3 episodes, 3 files; feed not_modified; audio 1 stored; [304] [206 200]"),
        audio(&[58], "truncated 404").sync("3: *").change(part_alone).healed("0: 3 episodes, 3 files; feed not_modified; audio 1 stored; [304] [200]"),
        audio(&[58], "truncated 404").sync("3: *").change(part_of_another).healed("0: 3 episodes, 3 files; feed not_modified; audio 1 stored; [304] [200]"),
        audio(&[58], "truncated 404").sync("3: *").healed("0: 3 episodes, 3 files; feed not_modified; audio 1 stored (resumed); [304] [206]"),
        audio(&[59], "truncated,no_validators no_validators").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (short body: 131072 of 262144 bytes); [200] [200]"),
        audio(&[59], "truncated,weak_etag,lastmod_invalid weak_etag,lastmod_invalid").sync("3: 3 episodes, 2 files; feed new; audio 2 stored + 1 failed (short body: 131072 of 262144 bytes); [200] [200]"),
    ];
    rows.extend(each("range_ignored range_none", |f| {
        audio(&[52], &format!("truncated {f}"))
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 200]")
    }));
    rows.extend(each("range_wrong range_wrong_lie range_short range_long range_no_cr range_bad_cr range_total_changed range_multipart range_gzip", |f| audio(&[53], &format!("truncated {f}")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 206 200]")));
    rows.extend(each("range_416 range_416_bare", |f| {
        audio(&[54], &format!("truncated {f}"))
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 416 200]")
    }));
    rows
}

/// 60 to 64: XML that wants to be expanded, or is too much.
fn documents() -> Vec<Row> {
    let mut rows = vec![
        content(&[60], "doctype").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[60], "doctype_lol").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&l10;` means nothing and was kept as text); audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "doctype_quadratic").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&a;` means nothing and was kept as text (and 1 more)); audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "xxe_file").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&x;` means nothing and was kept as text); audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "xxe_canary").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&x;` means nothing and was kept as text); audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "xxe_param").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "dtd_canary").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "doctype_utf16").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&l10;` means nothing and was kept as text); audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "xinclude").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "xsl_pi").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[60], "entity_custom").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&show;` means nothing and was kept as text); audio 3 stored; [200] [3]").rows("SELECT count(*) FROM episodes WHERE title LIKE '%lollol%' OR title LIKE '%aaaa%'", &["0"]).rows("SELECT count(*) FROM episodes WHERE title LIKE '%root:%' OR notes_text LIKE '%root:%' OR extra LIKE '%root:%'", &["0"]),
        content(&[61], "deep_nest").of(sized("n=3&size=20000&depth=100000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[61], "deep_nest_unclosed").of(sized("n=3&size=20000&depth=100000", "n=3&size=20000")).sync("0: 3 episodes, 2 files; feed new (line 3: `</item>` closed the elements left open inside it); audio 2 stored; [200] [2]"),
        content(&[61], "ns_deep").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[61], "many_ns").of(sized("n=3&size=20000&count=100000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[61], "many_attrs").of(sized("n=3&size=20000&count=100000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[61], "dup_attrs").sync("0: 4 episodes, 4 files; feed new; audio 3 stored + 1 stored (length_mismatch: the feed says 1 bytes, the file has 20000); [200] [4]"),
        content(&[61], "big_tagname").of(sized("n=3&size=20000&bytes=1000000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[62], "big_text").of("n=3&size=20000&bytes=1000000").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[62], "big_attr").of("n=3&size=20000&bytes=1000000").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[62], "big_cdata").of("n=3&size=20000&bytes=1000000").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[62], "big_comment").of("n=3&size=20000&bytes=1000000").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[63], "many_items").of(sized("n=1&size=20000&count=5000", "n=1&size=20000&count=100000")).run(&["sync", "--feeds-only"], "0: *000 episodes, 0 files; feed new; audio none; [200] [0]").open_ended(),
        content(&[64], "many_entities").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[64], "many_comments").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[64], "many_cdata").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[64], "many_pis").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
    ];
    rows.extend(each("big_text big_attr big_cdata big_comment", |f| {
        content(&[62], f)
            .of("n=3&size=20000&bytes=9000000")
            .with("max_feed_mb = 8")
            .sync("3: 0 episodes, 0 files; feed failed (too large: more than 8000000 bytes); audio none")
    }));
    rows
}

/// 65 to 68: encodings and characters.
fn texts() -> Vec<Row> {
    let mut rows = vec![
        content(&[65], "latin1").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["café üß Episode 3: plain & simple"]),
        content(&[65], "shift_jis").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["東京ポッドキャスト Episode 3: plain & simple"]),
        content(&[65], "utf8_bom").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["Episode 3: plain & simple"]),
        content(&[66], "win1252_lie").sync("0: 3 episodes, 3 files; feed new (3 lines are not UTF-8: they were read as windows-1252); audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["café “quoted” — üß Episode 3: plain & simple"]),
        content(&[66], "invalid_utf8").of("n=5&size=20000").sync("0: 5 episodes, 5 files; feed new (1 lines are not UTF-8: they were read as windows-1252); audio 5 stored; [200] [5]").rows("SELECT max(title) FROM episodes", &["Episode ÿþÃ( 5: plain & simple"]),
        content(&[66], "overlong_utf8").of("n=5&size=20000").sync("0: 5 episodes, 5 files; feed new (1 lines are not UTF-8: they were read as windows-1252); audio 5 stored; [200] [5]").rows("SELECT title FROM episodes WHERE title LIKE '%evil%'", &["..À¯..À¯evil 5: plain & simple"]),
        content(&[66], "double_utf8").sync("0: 3 episodes, 3 files; feed new (line 3: 18 characters were encoded twice, as it seems: they stay as they are); audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["cafÃ© âquotedâ â Ã¼Ã Episode 3: plain & simple"]),
        content(&[66], "enc_bogus").sync("0: 3 episodes, 3 files; feed new (the document declares the unknown encoding \"banana\", which was passed over); audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["café “quoted” — üß Episode 3: plain & simple"]),
        content(&[66], "utf7").sync("0: 3 episodes, 3 files; feed new (the document declares the unknown encoding \"UTF-7\", which was passed over); audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["caf+AOk +IBw-quoted+IB0 +IBQ +APwA3w Episode 3: plain & simple"]),
        content(&[66], "charset_utf7").sync("0: 3 episodes, 3 files; feed new (the document was sent as the unknown encoding \"utf-7\", which was passed over); audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["Episode 3: plain & simple"]),
        content(&[66], "charset_bogus").sync("0: 3 episodes, 3 files; feed new (the document was sent as the unknown encoding \"banana\", which was passed over); audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["Episode 3: plain & simple"]),
        content(&[67], "charset_conflict").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT max(title) FROM episodes", &["café “quoted” — üß Episode 3: plain & simple"]),
        content(&[68], "nul_bytes").of("n=5&size=20000").sync("0: 5 episodes, 5 files; feed new (3 characters that XML does not allow were left out); audio 5 stored; [200] [5]").rows("SELECT guid, title FROM episodes ORDER BY id", &["hostile-guid-1|Episode 1: plain & simple", "hostile-guid-2|Episode 2: plain & simple", "hostile-guid-3|Episode 3: plain & simple", "hostileguid-4|Episode 4: plain & simple", "hostile-guid-5|Episode 5: plain & simple"]),
        content(&[68], "ctrl_chars").of("n=5&size=20000").sync("0: 5 episodes, 5 files; feed new (5 characters that XML does not allow were left out); audio 5 stored; [200] [5]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple", "Episode 4: plain & simple", "Epi[31msode 5: plain & simple"]),
        content(&[68], "charref_nul").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&#0;` is a character that XML does not allow: it was left out); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "ab"]),
        content(&[68], "charref_ctrl").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&#x1;` is a character that XML does not allow: it was left out (and 1 more)); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "ab[31mc"]),
        content(&[68], "charref_surrogate").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&#xD800;` and the next are halves of a character: they were joined); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "a𐀀b"]),
        content(&[68], "charref_big").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&#x110000;` is no character: U+FFFD stands for it (and 3 more)); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "a�b�c&#x;d&#;e"]),
    ];
    rows.extend(each("utf16le utf16be utf16_nobom utf32 win1252", |f| {
        content(&[65], f).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows(
            "SELECT title FROM episodes ORDER BY title",
            &[
                "café “quoted” — üß Episode 1: plain & simple",
                "café “quoted” — üß Episode 2: plain & simple",
                "café “quoted” — üß Episode 3: plain & simple",
            ],
        )
    }));
    rows
}

/// 69 to 74: documents that are cut, broken, or something else.
fn cuts() -> Vec<Row> {
    let rows = vec![
        feed(&[69], "truncated_xml").of("n=8&size=20000").sync("3: 5 episodes, 5 files; feed truncated (the document breaks off; line 8: the document ends inside this element, which was passed over (and 1 more)); audio 5 stored; [200] [5]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[69], "ok truncated_xml").of("n=8&size=20000").sync("0: *").sync("3: 8 episodes, 8 files; feed truncated (the document breaks off; line 8: the document ends inside this element, which was passed over (and 1 more)); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[69], "ok truncated_tag").sync("0: *").sync("3: 3 episodes, 3 files; feed truncated (the document breaks off; line 5: the document ends inside this element, which was passed over (and 1 more)); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[69], "ok missing_close").sync("0: *").sync("3: 3 episodes, 3 files; feed truncated (the document breaks off; line 4: `<item>` begins before the element in front of it is closed: closed it (and 1 more)); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[69], "ok cdata_open").sync("0: *").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: a CDATA section that never ends was read as markup); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[69], "ok comment_open").sync("0: *").sync("0: 3 episodes, 3 files; feed new (line 3: a comment that never ends was read as markup); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        content(&[70], "unescaped_amp").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: a bare `&` was taken for text (and 2 more)); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Q&A: 1 < 2 && 3 > 2 AT&T"]),
        content(&[70], "entities_html").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `&eacute;` is not declared: its HTML meaning was taken (and 4 more)); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "café &bogus; © &"]),
        content(&[70], "mismatched").sync("0: 3 episodes, 3 files; feed new (line 3: item hostile-guid-3: `</a>` closed the elements left open inside it (and 1 more)); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "attr_unquoted").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "leading_garbage").sync("0: 3 episodes, 3 files; feed new (line 1: what stands in front of the feed was passed over); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "leading_space").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "trailing_garbage").sync("0: 3 episodes, 3 files; feed new (2 characters that XML does not allow were left out (and 1 more)); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "two_docs").sync("0: 3 episodes, 3 files; feed new (line 8: what follows the end of the feed was passed over); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "two_channels").sync("0: 4 episodes, 3 files; feed new (line 6: a second channel: it was read as part of the first, whose fields come before its own); audio 1 unchanged + 3 stored; [200] [4]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 3: plain & simple", "Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "item_in_item").sync("0: 3 episodes, 3 files; feed new (line 3: `<item>` begins before the element in front of it is closed: closed it (and 1 more)); audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "item_outside").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "upper_case").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "Episode 3: plain & simple"]),
        content(&[70], "cdata_split").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT title FROM episodes ORDER BY id", &["Episode 1: plain & simple", "Episode 2: plain & simple", "a ]]> b"]),
        feed(&[71], "ok html_as_feed").sync("0: *").sync("3: 3 episodes, 3 files; feed failed (not a feed: the document is an HTML page); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[71], "ok not_xml").sync("0: *").sync("3: 3 episodes, 3 files; feed failed (not a feed: the document is not XML); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[71], "ok empty_doc").sync("0: *").sync("3: 3 episodes, 3 files; feed failed (not a feed: the document is empty); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[71], "ok only_decl").sync("0: *").sync("3: 3 episodes, 3 files; feed failed (not a feed: the document is XML without a root element); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[71], "ok rss_no_channel").sync("0: *").sync("3: 3 episodes, 3 files; feed failed (not a feed: the document is RSS without a channel); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[71], "ok svg_root").sync("0: *").sync("3: 3 episodes, 3 files; feed failed (not a feed: the document is XML with the root element `svg`); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        feed(&[72], "no_items").sync("0: 0 episodes, 0 files; feed new (it lists no episode); audio none; [200] [0]"),
        feed(&[72], "emptied").sync("0: *").revise(2).sync("0: 3 episodes, 3 files; feed new (it lists no episode); audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["3"]),
        content(&[73], "atom").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[73], "json_feed").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[73], "rss1").sync("0: 3 episodes, 0 files; feed new; audio none; [200] [0]"),
        content(&[74], "ns_wrong_prefix").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT sum(duration_seconds), count(notes_html) FROM episodes", &["360|3"]),
        content(&[74], "ns_http_variants").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT sum(duration_seconds), count(notes_html) FROM episodes", &["360|3"]),
        content(&[74], "ns_undeclared").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT sum(duration_seconds), count(notes_html) FROM episodes", &["360|3"]),
    ];
    rows
}

/// 75 to 79: which episode an item is.
fn identities() -> Vec<Row> {
    let rows = vec![
        content(&[75], "dup_guid")
            .of("n=5&size=20000")
            .sync("0: 5 episodes, 5 files; feed new; audio 5 stored; [200] [5]")
            .rows(
                "SELECT guid, identity_source, title FROM episodes ORDER BY title",
                &[
                    "hostile-guid-1|guid+enclosure|Episode 1: plain & simple",
                    "hostile-guid-1|guid|Episode 2: plain & simple",
                    "hostile-guid-3|guid+enclosure|Episode 3: plain & simple",
                    "hostile-guid-3|guid|Episode 4: plain & simple",
                    "hostile-guid-5|guid|Episode 5: plain & simple",
                ],
            ),
        content(&[75], "all_same_guid")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .rows(
                "SELECT guid, identity_source, title FROM episodes ORDER BY title",
                &[
                    "the-one-guid|guid+enclosure|Episode 1: plain & simple",
                    "the-one-guid|guid+enclosure|Episode 2: plain & simple",
                    "the-one-guid|guid|Episode 3: plain & simple",
                ],
            ),
        content(&[76], "no_guid").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows(
            "SELECT guid, identity_source FROM episodes",
            &["NULL|enclosure", "NULL|enclosure", "NULL|enclosure"],
        ),
        content(&[76], "empty_guid")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .rows(
                "SELECT guid, identity_source FROM episodes",
                &["NULL|enclosure", "NULL|enclosure", "NULL|enclosure"],
            ),
        content(&[76], "no_guid,enclosure_token")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]"),
        content(&[76], "no_guid,enclosure_missing")
            .sync("0: 3 episodes, 0 files; feed new; audio none; [200] [0]")
            .rows(
                "SELECT guid, identity_source FROM episodes",
                &["NULL|link+title", "NULL|link+title", "NULL|link+title"],
            ),
        content(&[77], "guid_change")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]")
            .rows("SELECT count(*) FROM changes WHERE field = 'guid'", &["3"])
            .open_ended(),
        content(&[77], "guid_permalink_change")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .revise(2)
            .sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]")
            .rows(
                "SELECT guid FROM episodes ORDER BY id",
                &["https://example.com/ep/1", "https://example.com/ep/2", "https://example.com/ep/3"],
            ),
        content(&[78], "guid_reuse")
            .sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]")
            .revise(2)
            .sync("0: 6 episodes, 6 files; feed new; audio 3 stored; [200] [3]")
            .rows(
                "SELECT guid, title, gone_at IS NULL FROM episodes ORDER BY id",
                &[
                    "hostile-guid-1|Episode 1: plain & simple|0",
                    "hostile-guid-2|Episode 2: plain & simple|0",
                    "hostile-guid-3|Episode 3: plain & simple|0",
                    "hostile-guid-1|Wholly other episode 1-2|1",
                    "hostile-guid-2|Wholly other episode 2-2|1",
                    "hostile-guid-3|Wholly other episode 3-2|1",
                ],
            ),
        content(&[79], "guid_case")
            .of("n=4&size=20000")
            .sync("0: 4 episodes, 4 files; feed new; audio 4 stored; [200] [4]")
            .rows("SELECT count(DISTINCT guid), max(length(guid)) FROM episodes", &["4|6"]),
        content(&[79], "guid_unicode")
            .of("n=4&size=20000")
            .sync("0: 4 episodes, 4 files; feed new; audio 4 stored; [200] [4]")
            .rows("SELECT count(DISTINCT guid), max(length(guid)) FROM episodes", &["4|7"]),
        content(&[79], "guid_space")
            .of("n=4&size=20000")
            .sync("0: 4 episodes, 4 files; feed new; audio 4 stored; [200] [4]")
            .rows("SELECT count(DISTINCT guid), max(length(guid)) FROM episodes", &["4|14"]),
        content(&[79], "guid_long")
            .of("n=4&size=20000")
            .sync("0: 4 episodes, 4 files; feed new; audio 4 stored; [200] [4]")
            .rows("SELECT count(DISTINCT guid), max(length(guid)) FROM episodes", &["4|10254"]),
        content(&[79], "guid_sql")
            .of("n=4&size=20000")
            .sync("0: 4 episodes, 4 files; feed new; audio 4 stored; [200] [4]")
            .rows("SELECT count(DISTINCT guid), max(length(guid)) FROM episodes", &["4|29"]),
        content(&[79], "guid_path")
            .of("n=4&size=20000")
            .sync("0: 4 episodes, 4 files; feed new; audio 4 stored; [200] [4]")
            .rows("SELECT count(DISTINCT guid), max(length(guid)) FROM episodes", &["4|16"]),
    ];
    rows
}

/// 80: titles that would make bad file names.
fn titles() -> Vec<Row> {
    let mut rows = vec![
        content(&[80], "title_hostile")
            .of("n=1&size=2000")
            .sync("0: 46 episodes, 46 files; feed new; audio 46 stored; [200] [46]")
            .rows("SELECT count(*), max(length(CAST(path AS BLOB))) < 150 FROM files", &["46|1"])
            .change(names_are_safe),
    ];
    rows.extend(each("title_case title_nfc title_same title_missing title_empty", |f| {
        content(&[80], f)
            .of("n=4&size=2000")
            .sync("0: 4 episodes, 4 files; feed new; audio 4 stored; [200] [4]")
            .change(names_are_safe)
    }));
    rows
}

/// 81 to 86: addresses of audio, and audio that changes.
fn enclosures() -> Vec<Row> {
    let rows = vec![
        content(&[81], "enclosure_hostile").of("n=34&size=2000").sync("3: 34 episodes, 5 files; feed new; audio 5 stored (length_mismatch: the feed says 2000 bytes, the file has 262144) + 1 failed (address not allowed: 127.0.0.1:0 (private; allow_hosts can list it)) + 4 failed (address not allowed: CANARY (private; allow_hosts can list it)) + 1 failed (address not allowed: 127.0.0.1:80 (private; allow_hosts can list it)) + 1 failed (not an address: empty host) + 2 failed (not an address: invalid international domain name) + 1 failed (not an address: invalid port number) + 5 failed (refused by only_hosts) + 1 failed (scheme not allowed: blob) + 1 failed (scheme not allowed: data) + 2 failed (scheme not allowed: file) + 1 failed (scheme not allowed: ftp) + 1 failed (scheme not allowed: gopher) + 1 failed (scheme not allowed: javascript) + 1 failed (scheme not allowed: smb) + 5 failed (status 404); [200] [7]").rows("SELECT count(*) FROM downloads WHERE requested_url LIKE '%secret%' OR final_url LIKE '%secret%' OR error LIKE '%secret%'", &["0"]),
        content(&[82], "enclosure_len").of("n=10&size=20000").sync("0: 10 episodes, 10 files; feed new; audio 9 stored + 1 stored (length_mismatch: the feed says 262144 bytes, the file has 20000); [200] [10]").rows("SELECT length_bytes FROM resources ORDER BY id", &["NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "20000", "262144", "NULL", "NULL"]),
        content(&[82], "enclosure_type").of("n=10&size=20000").sync("0: 10 episodes, 10 files; feed new; audio 10 stored; [200] [10]").rows("SELECT media_type FROM resources ORDER BY id", &["NULL", "text/html", "audio/x-m4a", "application/x-sh", "AUDIO/MPEG", "audio/mpeg; codecs=\"../../\"", "video/mp4", "banana", "audio/mpeg", "NULL"]),
        content(&[82], "enclosure_two").of("n=3").sync("0: 3 episodes, 3 files; feed new; audio *; [200] [6]").rows("SELECT role, count(*), count(file_id) FROM resources GROUP BY role", &["enclosure|6|6"]),
        content(&[82], "enclosure_relative").of("n=3").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[82], "enclosure_html").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[82], "enclosure_missing").sync("0: 3 episodes, 0 files; feed new; audio none; [200] [0]"),
        content(&[82], "same_enclosure").sync("0: 3 episodes, 1 files; feed new; audio 2 unchanged + 1 stored; [200] [3]"),
        content(&[83], "enclosure_token").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]"),
        content(&[84], "enclosure_move").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").revise(2).sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]"),
        content(&[85], "ok").of("n=2").sync("0: *").script("/audio/2.mp3", "audio_replaced").sync("0: 2 episodes, 2 files; feed not_modified; audio none; [304] [0]"),
        audio(&[86], "changing").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]").sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] []").stays(),
        audio(&[86], "truncated,changing changing").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200 200]").sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] []").stays(),
        audio(&[86], "changing_same_len").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [200]").sync("0: 3 episodes, 3 files; feed not_modified; audio none; [304] []").stays(),
        audio(&[86], "shorter").sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (length_mismatch: the feed says 262144 bytes, the file has 174762); [200] [200]").stays(),
        audio(&[86], "longer").sync("0: 3 episodes, 3 files; feed new; audio 2 stored + 1 stored (length_mismatch: the feed says 262144 bytes, the file has 393216); [200] [200]").stays(),
    ];
    rows
}

/// 87 to 93: feeds that change, move and go on without end.
fn histories() -> Vec<Row> {
    let rows = vec![
        content(&[87], "removed").of("n=4&size=20000").sync("0: *").revise(2).sync("0: 4 episodes, 4 files; feed new; audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["1"]).revise(1).sync("0: 4 episodes, 4 files; feed new; audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        content(&[87], "removed_half").of("n=4&size=20000").sync("0: *").revise(2).sync("0: 4 episodes, 4 files; feed new; audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["2"]).revise(1).sync("0: 4 episodes, 4 files; feed new; audio none; [200] [0]").rows("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL", &["0"]),
        content(&[88], "replaced").sync("0: *").revise(2).sync("3: 6 episodes, 6 files; feed new (another show, none of whose episodes was listed before, is in its place); audio 3 stored; [200] [3]").rows("SELECT count(*), count(gone_at) FROM episodes", &["6|3"]),
        content(&[89], "edited").sync("0: *").revise(2).sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]").rows("SELECT field, old_value IS NOT NULL, new_value IS NOT NULL FROM changes", &["title|1|1", "notes_html|1|1"]).rows("SELECT count(*) FROM documents", &["2"]),
        content(&[90], "reordered").sync("0: *").revise(2).sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]"),
        content(&[90], "dates_shift").sync("0: *").sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]").open_ended(),
        content(&[90], "republished").sync("0: *").revise(2).sync("0: 3 episodes, 3 files; feed new; audio none; [200] [0]").open_ended(),
        content(&[91], "rolling").of("n=10&size=20000").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").revise(3).sync("0: 5 episodes, 5 files; feed new; audio 2 stored; [200] [2]").revise(7).sync("0: 8 episodes, 8 files; feed new; audio 3 stored; [200] [3]").rows("SELECT count(*), count(gone_at) FROM episodes", &["8|5"]),
        content(&[92], "dates_hostile").of("n=1&size=2000").sync("0: 24 episodes, 24 files; feed new (line 10: item hostile-guid-17: no date can be told from \"now\" (and 9 more)); audio 24 stored; [200] [24]").rows("SELECT published_raw, published_at FROM episodes ORDER BY id", &["Thu, 01 Jan 1970 00:00:00 GMT|1970-01-01T00:00:00Z", "Fri, 31 Dec 2099 23:59:59 GMT|2099-12-31T23:59:59Z", "Sat, 00 Jan 0000 00:00:00 GMT|NULL", "Mon, 32 Foo 2024 25:61:61 GMT|NULL", "Tue, 13 13 2024 00:00:00 +0000|NULL", "2024-02-30T00:00:00Z|NULL", "2024-03-01|2024-03-01T00:00:00Z", "1709251200|2024-03-01T00:00:00Z", "Mon, 5 Feb 24 10:00 EST|2024-02-05T15:00:00Z", "Wed, 06 Mar 2024 10:00:00|2024-03-06T10:00:00Z", "Wed, 06 Mar 2024 10:00:00 +9999|2024-03-06T10:00:00Z", "Wed, 06 Mar 2024 10:00:60 +0000|2024-03-06T10:00:59Z", "Fri, 29 Feb 2023 10:00:00 +0000|NULL", "Mittwoch, 6. März 2024|2024-03-06T00:00:00Z", "Wed, 06 Mar 10000 00:00:00 GMT|NULL", "Wed, 06 Mar -001 00:00:00 GMT|NULL", "now|NULL", "NULL|NULL", "NULL|NULL", "Sun, 06 Mar 2024 10:00:00 PST (wrong weekday)|2024-03-06T18:00:00Z", "2024-03-06T10:00:00.123456789+05:30|2024-03-06T04:30:00Z", "Wed,06 Mar 2024 10:00:00GMT|2024-03-06T10:00:00Z", "wed, 06 MAR 2024 10:00:00 gmt|2024-03-06T10:00:00Z", "Wed, 06 Mar 2024 24:00:00 GMT|2024-03-07T00:00:00Z"]),
        content(&[92], "dates_missing").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[92], "dates_same").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[92], "date_parens").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[92], "duration_hostile").of("n=10&size=2000").sync("0: 10 episodes, 10 files; feed new (line 3: item hostile-guid-10: no duration can be told from \"-1\" (and 6 more)); audio 10 stored; [200] [10]").rows("SELECT duration_seconds FROM episodes ORDER BY id", &["NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "3600", "NULL", "NULL", "NULL"]),
        content(&[92], "season_hostile").of("n=5&size=2000").sync("0: 5 episodes, 5 files; feed new (line 5: item hostile-guid-3: no number can be told from \"x\" in itunes:season (and 1 more)); audio 5 stored; [200] [5]").rows("SELECT number, season FROM episodes ORDER BY id", &["1|NULL", "2|NULL", "3|NULL", "4|NULL", "5|0"]),
        content(&[93], "new_feed_url").sync("0: 3 episodes, 3 files; feed new + refused (address not allowed: CANARY (private; allow_hosts can list it)); audio 3 stored; [200] [3]").rows("SELECT feed_url FROM shows", &["http://HOST/feed.xml?n=3&size=20000"]),
        content(&[93], "new_feed_url_file").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT feed_url FROM shows", &["http://HOST/feed.xml?n=3&size=20000"]),
        content(&[93], "new_feed_url_loop").sync("0: 10 episodes, 10 files; feed new + new; audio 10 stored; [200 200] [10]").rows("SELECT feed_url FROM shows", &["http://HOST/feed.xml?fault=new_feed_url_loop"]),
        content(&[93], "paged_loop").with("max_pages = 5").run(&["backfill", "show"], "0: 10 episodes, 10 files; feed new + new; audio 10 stored; [200 200] [10]"),
        content(&[93], "paged_endless").with("max_pages = 5").run(&["backfill", "show"], "3: 10 episodes, 10 files; feed new + new + new + new + new; audio 10 stored; [200 200 200 200 200] [10]"),
        content(&[93], "image_hostile").sync("0: 3 episodes, 3 files; feed new; audio 3 stored + 4 failed (address not allowed: CANARY (private; allow_hosts can list it)) + 4 failed (scheme not allowed: file); [200] [3]"),
        content(&[93], "itunes_block").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[93], "explicit_junk").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
    ];
    rows
}

/// 94 to 97: show notes.
fn notes() -> Vec<Row> {
    let rows = vec![
        content(&[94], "notes_xss").of("n=1&size=2000").sync("0: 50 episodes, 50 files; feed new (2 characters that XML does not allow were left out); audio 50 stored; [200] [50]").rows("SELECT count(*) FROM links WHERE url LIKE 'javascript:%' OR url LIKE 'data:%' OR url LIKE 'vbscript:%'", &["0"]),
        content(&[95], "notes_deep").of(sized("n=3&size=20000&depth=100000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[95], "notes_table").of(sized("n=3&size=20000&count=20000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[95], "notes_big").of(sized("n=3&size=20000&bytes=2000000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[96], "notes_links").of(sized("n=3&size=20000&count=10000", "n=3&size=20000")).sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT max(n) FROM (SELECT count(*) AS n FROM links GROUP BY episode_id)", &["10*000"]),
        content(&[97], "notes_links_hostile").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]").rows("SELECT DISTINCT substr(url, 1, 40), host FROM links WHERE url NOT LIKE 'http://127%' ORDER BY 1", &["http://example.com/sr|example.com", "https://[::1]/|[::1]", "https://example.com/?utm_source=x&a=1|example.com", "https://example.com/aaaaaaaaaaaaaaaaaaaa|example.com", "https://example.com/nl|example.com", "https://example.com/space|example.com", "https://user:pw@example.com/|example.com", "https://аpple.com/|xn--pple-43d.com", "mailto:a@example.com|NULL"]),
        content(&[97], "notes_broken").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[97], "notes_escaped").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[97], "notes_cdata_script").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[97], "notes_empty").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[97], "notes_entities").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
        content(&[97], "notes_plain").sync("0: 3 episodes, 3 files; feed new; audio 3 stored; [200] [3]"),
    ];
    rows
}

/// A feed of the size that the catalogue asks for; a smaller one where the binary is built without optimisation.
fn sized(small: &'static str, full: &'static str) -> &'static str {
    if cfg!(debug_assertions) { small } else { full }
}

/// The part that a broken download left.
fn part(scene: &Scene) -> PathBuf {
    let tmp = fs::read_dir(scene.path("archive/tmp")).unwrap().map(|entry| entry.unwrap().path());
    tmp.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "part")).unwrap()
}

fn longer_part(scene: &Scene) {
    let mut bytes = fs::read(part(scene)).unwrap();
    bytes.resize(300_000, 0);
    fs::write(part(scene), bytes).unwrap();
}

fn flipped_part(scene: &Scene) {
    let mut bytes = fs::read(part(scene)).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(part(scene), bytes).unwrap();
}

fn part_alone(scene: &Scene) {
    fs::remove_file(part(scene).with_extension("json")).unwrap();
}

fn part_of_another(scene: &Scene) {
    let sidecar = part(scene).with_extension("json");
    let text = fs::read_to_string(&sidecar).unwrap();
    let (before, after) = text.split_once("\"url_sha256\":\"").unwrap();
    let digest = if after.starts_with('0') { "1" } else { "0" };
    fs::write(&sidecar, format!("{before}\"url_sha256\":\"{digest}{}", &after[1..])).unwrap();
}

/// Names fit every file system, differ also where case and composition don't, and hide or command nothing.
fn names_are_safe(scene: &Scene) {
    let mut seen = BTreeSet::new();
    for path in scene.audio().into_keys() {
        let name = path.strip_prefix("audio/show/").unwrap_or_else(|| panic!("{path} is not in its folder"));
        assert!(name.len() <= 120, "{name} is too long");
        assert!(!name.starts_with(['.', '-', ' ', '~']), "{name}");
        assert!(
            !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
                && !name.contains(char::is_control),
            "{name}"
        );
        let stem = name.split('.').next().unwrap().to_ascii_uppercase();
        assert!(!["CON", "NUL", "COM1", "LPT9 "].contains(&stem.as_str()), "{name}");
        assert!(seen.insert(name.nfc().collect::<String>().to_lowercase()), "{name} is there twice");
    }
}
