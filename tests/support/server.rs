//! A small host inside the test: each request's head goes to a function, which answers with bytes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A host on loopback; it serves until the test ends.
pub(crate) struct Server {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers each request (its head, lower case) with what the function makes of it, and closes the connection.
    pub(crate) fn start(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head =
                    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n").to_lowercase();
                // Whoever has the answer finds the request among those that were seen.
                seen.lock().expect("no panic").push(head.clone());
                // The client may have gone; that is its business.
                let _ = stream.write_all(&answer(&head));
            }
        });
        Self { port, heads }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> castkeep::http::Url {
        format!("http://127.0.0.1:{}{path}", self.port).parse().expect("a URL")
    }

    /// The heads of the requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no panic").clone()
    }
}
