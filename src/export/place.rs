//! Where the files of the archive are for whoever reads what was exported: below an address, or on this machine.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use url::Url;

/// What stays as it is in the path of an address (RFC 3986 section 2.3), and what parts it.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The address of the folder of an archive, with a `/` at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

/// An address can't be that of a folder of files.
#[derive(Debug, thiserror::Error)]
#[error("a base address is that of a folder, such as https://example.com/podcasts/: {0}")]
pub struct NoPlace(&'static str);

impl Place {
    /// A folder that a host serves: http or https, no name and password, nothing behind a `?` or `#`.
    pub fn served(base: &Url) -> Result<Self, NoPlace> {
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(NoPlace("this is not one of http or https"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(NoPlace(
                "there is a name or a password in it, which all who read the feed would see",
            ));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(NoPlace("something follows behind its path"));
        }
        Ok(Self(format!("{}/", base.as_str().trim_end_matches('/'))))
    }

    /// A folder of this machine, by its whole path.
    pub fn local(folder: &Path) -> Self {
        let path = percent_encode(folder.as_os_str().as_encoded_bytes(), PATH).to_string();
        Self(format!("file://{}/", path.trim_end_matches('/')))
    }

    /// The address of a file, by its path in the folder.
    pub(super) fn of(&self, path: &str) -> String {
        format!("{}{}", self.0, percent_encode(path.as_bytes(), PATH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_an_address_whatever_its_name() {
        let place = Place::served(&"https://a.example/p".parse().unwrap()).unwrap();
        assert_eq!(
            place.of("audio/s/#1 100% a+b?.mp3"),
            "https://a.example/p/audio/s/%231%20100%25%20a%2Bb%3F.mp3"
        );
        assert_eq!(
            Place::local(Path::new("/srv/my pods")).of("audio/ä.mp3"),
            "file:///srv/my%20pods/audio/%C3%A4.mp3"
        );
        for bad in
            ["ftp://a.example/", "https://me@a.example/", "https://a.example/?x", "https://a.example/#x"]
        {
            assert!(Place::served(&bad.parse().unwrap()).is_err(), "{bad}");
        }
    }
}
