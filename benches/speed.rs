//! How fast the binary is on the work it is for, beside what the machine can do: `cargo bench`.
//!
//! A host inside this program serves generated shows on loopback; the release binary archives them, whole process, from start to
//! exit. Each line gives the median of a few runs in seconds of wall time and the peak of resident memory. Nothing is asserted: compare
//! the numbers of one run with each other and not with those of another machine.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use castkeep::model::{Digest, Hasher};

fn main() {
    println!("{:<44} {:>9} {:>9}", "whole process", "wall s", "peak MB");
    nothing_new();
    large_feed();
    downloads(200, 10_000_000, 5);
    downloads(1000, 100_000, 3);
}

/// One unchanged show of 1,000 episodes: one request, 304.
fn nothing_new() {
    let host = Host::start(feed(1000, "Quiet", 0), 0);
    let folder = scene(&host);
    run(folder.path(), &["sync", "--feeds-only"]);
    let runs = (0..9).map(|_| run(folder.path(), &["sync", "--force", "--feeds-only"]));
    report("second sync of 1,000 unchanged episodes", runs.collect());
}

/// A feed of 15 MB and 2,000 items: from empty, then with one item more.
fn large_feed() {
    let host = Host::start(String::new(), 0);
    let (mut empty, mut one_new) = (Vec::new(), Vec::new());
    for round in 0..5 {
        let folder = scene(&host);
        host.set_feed(feed(2000, "Large", round));
        empty.push(run(folder.path(), &["sync", "--feeds-only"]));
        host.set_feed(feed(2001, "Large", round));
        one_new.push(run(folder.path(), &["sync", "--force", "--feeds-only"]));
    }
    let size = feed(2000, "Large", 0).len() as f64 / 1e6;
    report(&format!("{size:.1} MB, 2,000 items, from empty"), empty);
    report("the same with one item new", one_new);
}

/// `count` files, beside a plain copy of as many bytes with hashing and one sync a file.
fn downloads(count: usize, bytes: usize, rounds: usize) {
    let host = Host::start(feed(count, "Audio", 0), bytes);
    let (mut castkeep, mut copy) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let folder = scene(&host);
        castkeep.push(run(folder.path(), &["sync"]));
        copy.push(plain_copy(&folder.path().join("archive/audio/audio"), &folder.path().join("copy")));
    }
    report(&format!("backfill of {count} files of {:.1} MB", bytes as f64 / 1e6), castkeep);
    report("  a plain copy of them, hashed and synced", copy);
}

/// What a run took: wall time and peak memory in bytes.
type Cost = (Duration, u64);

fn report(what: &str, mut runs: Vec<Cost>) {
    runs.sort();
    let wall = runs[runs.len() / 2].0.as_secs_f64();
    let peak = runs.iter().map(|run| run.1).max().unwrap_or_default() as f64 / 1e6;
    println!("{what:<44} {wall:>9.3} {peak:>9.1}");
}

fn run(folder: &Path, args: &[&str]) -> Cost {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_castkeep"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("the binary can be waited for").is_none() {
        peak = peak.max(high_water(&status));
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = start.elapsed();
    assert!(child.wait().expect("it has ended").success(), "castkeep {args:?} failed");
    (took, peak)
}

/// `VmHWM` of a process, in bytes; 0 where there is no such file.
fn high_water(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or_default() * 1024
}

fn plain_copy(from: &Path, to: &Path) -> Cost {
    fs::create_dir(to).expect("a folder for the copy");
    let start = Instant::now();
    let mut buffer = vec![0; 1 << 18];
    for entry in fs::read_dir(from).expect("the files are there").flatten() {
        let mut source = fs::File::open(entry.path()).expect("a file");
        let mut target = fs::File::create(to.join(entry.file_name())).expect("its copy");
        let mut hasher = Hasher::default();
        loop {
            let count = source.read(&mut buffer).expect("bytes");
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            target.write_all(&buffer[..count]).expect("room");
        }
        std::hint::black_box(hasher.finish());
        target.sync_all().expect("a disk");
    }
    (start.elapsed(), 0)
}

fn scene(host: &Host) -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let config = format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"http://127.0.0.1:{}/feed.xml\"\n",
        host.port
    );
    fs::write(folder.path().join("config.toml"), config).expect("a configuration");
    folder
}

/// A feed of `count` items with notes of about 7 KB each: six topics with lists and links.
fn feed(count: usize, title: &str, seed: usize) -> String {
    let mut words = Words(seed as u64 + 1);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{title}</title>\
         <link>https://example.org/</link><description>Generated</description>\n"
    );
    for n in (1..=count).rev() {
        words.0 = (seed + n) as u64 * 7919;
        let mut notes = format!("<p>{}</p>", words.some(60));
        for topic in 1..=6 {
            notes += &format!(
                "<p><strong>Ada #{topic}:</strong> <a href=\"https://example.org/{n}/{topic}\"><strong>{}</strong></a></p><ul>",
                words.some(6)
            );
            for line in 0..6 {
                let link = format!(
                    " <a href=\"https://example.com/{n}/{topic}/{line}?utm_source=feed\">{}</a>",
                    words.some(3)
                );
                notes += &format!("<li>{}{}</li>", words.some(20), if line < 2 { &link } else { "" });
            }
            notes += "</ul>";
        }
        feed += &format!(
            "<item><title>#{n} {}</title><guid isPermaLink=\"false\">{title}-{n}</guid>\
             <pubDate>{:02} Jan {} 08:00:00 +0000</pubDate><enclosure url=\"/audio/{n}\" length=\"0\" type=\"audio/mpeg\"/>\
             <description><![CDATA[{notes}]]></description></item>\n",
            words.some(5),
            n % 28 + 1,
            1990 + n / 60
        );
    }
    feed + "</channel></rss>\n"
}

/// Words by the dozen, the same for the same seed.
struct Words(u64);

impl Words {
    fn some(&mut self, count: usize) -> String {
        const WORDS: &[&str] = &[
            "python",
            "episode",
            "release",
            "library",
            "async",
            "package",
            "tool",
            "server",
            "data",
            "type",
            "test",
            "code",
            "cloud",
            "model",
            "notes",
            "people",
            "community",
            "project",
        ];
        let mut next = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            WORDS[(self.0 >> 33) as usize % WORDS.len()]
        };
        (0..count).map(|_| next()).collect::<Vec<_>>().join(" ")
    }
}

/// Serves the feed with an ETag, and `/audio/N` with bytes that differ from file to file.
struct Host {
    port: u16,
    feed: Arc<Mutex<Arc<(String, String)>>>,
}

impl Host {
    fn start(feed: String, audio_bytes: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let mut audio = vec![0x5a; audio_bytes];
        for at in (0..audio.len().saturating_sub(4)).step_by(417) {
            audio[at..at + 4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x64]);
        }
        let (audio, feed) = (Arc::new(audio), Arc::new(Mutex::new(with_etag(feed))));
        let shared = Arc::clone(&feed);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (feed, audio) = (Arc::clone(&shared), Arc::clone(&audio));
                std::thread::spawn(move || serve(stream, &feed, &audio));
            }
        });
        Self { port, feed }
    }

    fn set_feed(&self, feed: String) {
        *self.feed.lock().expect("no panic") = with_etag(feed);
    }
}

fn with_etag(feed: String) -> Arc<(String, String)> {
    let etag = format!("\"{}\"", Digest::of(feed.as_bytes()));
    Arc::new((feed, etag))
}

fn serve(mut stream: TcpStream, feed: &Mutex<Arc<(String, String)>>, audio: &[u8]) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let (mut path, mut validator) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
            if path.is_empty() {
                line.split(' ').nth(1)?.clone_into(&mut path);
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("if-none-match: ") {
                value.trim().clone_into(&mut validator);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        if let Some(n) = path.strip_prefix("/audio/") {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nETag: \"{n}\"\r\nContent-Length: {}\r\n\r\n",
                audio.len()
            );
            let mut start = audio[..audio.len().min(417)].to_vec();
            start[100..100 + n.len()].copy_from_slice(n.as_bytes());
            stream.write_all(&[head.as_bytes(), &start].concat()).ok()?;
            stream.write_all(&audio[start.len()..]).ok()?;
            continue;
        }
        let feed: Arc<_> = feed.lock().ok()?.clone();
        let (body, etag) = (&feed.0, &feed.1);
        if validator == *etag {
            write!(stream, "HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n").ok()?;
            continue;
        }
        write!(stream, "HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Type: application/rss+xml\r\nContent-Length: {}\r\n\r\n", body.len()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
    }
}
