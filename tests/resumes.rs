//! Ranges that end early or late, and cleanly: found by an attacker, who had them stored as whole.

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use castkeep::model::Digest;
use support::feed::{feed, item};
use support::host::Host;
use support::scene::Scene;

/// How the server answers requests for the rest.
#[derive(Clone, Copy, Debug)]
enum Rest {
    /// In chunks that end after so many of the bytes that it announced, or so many more.
    Chunked(i64),
    /// As `bytes N-M/*` of fewer bytes than there are.
    Fewer,
}

fn sound() -> Vec<u8> {
    let mut bytes = b"ID3\x04\0\0\0\0\0\0".to_vec();
    bytes.extend((0..300_000_u32).map(|n| (n * 7 % 251) as u8));
    bytes
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// A server of one file: its first answer is cut; those for the rest are as told, and a whole one comes where none is asked for.
fn serve(rest: Rest) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let bytes = sound();
        let mut is_first = true;
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut range, mut line) = (None, String::new());
            while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                let lower = line.to_ascii_lowercase();
                let from = lower.strip_prefix("range: bytes=").and_then(|rest| rest.trim().strip_suffix('-'));
                range = range.or(from.map(|from| from.parse::<usize>().unwrap()));
                line.clear();
            }
            let answer = answer(&bytes, range, rest, std::mem::take(&mut is_first));
            let _ = (&stream).write_all(&answer);
        }
    });
    format!("http://127.0.0.1:{port}/1.mp3")
}

fn answer(bytes: &[u8], range: Option<usize>, rest: Rest, is_first: bool) -> Vec<u8> {
    let head = "ETag: \"v1\"\r\nContent-Type: audio/mpeg\r\nConnection: close\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n";
    let total = bytes.len();
    match (range, rest) {
        (None, Rest::Fewer) if is_first => {
            [format!("HTTP/1.1 200 OK\r\n{head}{chunked}\r\n").as_bytes(), &chunk(&bytes[..150_000])].concat()
        }
        (None, _) => {
            let sent = if is_first { 150_000 } else { total };
            [format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {total}\r\n\r\n").as_bytes(), &bytes[..sent]]
                .concat()
        }
        (Some(from), Rest::Chunked(count)) => {
            let range = format!("Content-Range: bytes {from}-{}/{total}\r\n", total - 1);
            let count =
                usize::try_from(if count < 0 { count + (total - from) as i64 } else { count }).unwrap();
            let mut body = bytes[from..].to_vec();
            body.resize(count, b'x');
            [
                format!("HTTP/1.1 206 Partial Content\r\n{head}{range}{chunked}\r\n").as_bytes(),
                &chunk(&body),
                b"0\r\n\r\n",
            ]
            .concat()
        }
        (Some(from), Rest::Fewer) => {
            let range =
                format!("Content-Range: bytes {from}-{}/*\r\nContent-Length: 40000\r\n", from + 39_999);
            [
                format!("HTTP/1.1 206 Partial Content\r\n{head}{range}\r\n").as_bytes(),
                &bytes[from..from + 40_000],
            ]
            .concat()
        }
    }
}

#[test]
fn case_53_a_range_that_ends_early_or_late_is_never_the_end_of_a_file() {
    for rest in [Rest::Chunked(50_000), Rest::Chunked(400_000), Rest::Chunked(-1), Rest::Fewer] {
        let host = Host::start();
        let mut item = item(1, &host.url(""));
        item.enclosure = Some(serve(rest));
        host.set_feed("/feed.xml", feed("A Show", &[item]));
        let scene = Scene::with(&[&host.url("/feed.xml")], "allow_hosts = [\"127.0.0.1\"]");
        for _ in 0..3 {
            scene.run(&["sync", "--force"]);
        }
        let stored: Vec<_> = scene.audio().into_values().collect();
        assert_eq!(stored, [Digest::of(&sound()).to_string()], "{rest:?}");
        scene.assert_sound();
    }
}
