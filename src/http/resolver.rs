//! Name look-up that hands out checked addresses only: what is checked here is what is connected to, so that a name
//! can't change its address between check and use (DNS rebinding). Literal addresses never come here; the
//! [`super::Guard`] sees to those.

use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{is_private, is_public};
use super::guard::{PRIVATE, SPECIAL, Way};
use super::{Lookup, Refusal};

pub(super) struct Resolver {
    way: Way,
    lookup: Option<Lookup>,
}

impl Resolver {
    pub(super) fn new(way: Way, lookup: Option<Lookup>) -> Self {
        Self { way, lookup }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (way, lookup, name) = (self.way, self.lookup.clone(), name.as_str().to_owned());
        Box::pin(async move {
            let found = match lookup {
                Some(lookup) => lookup(name.clone()).await?,
                None => system_lookup(&name).await?,
            };
            let checked = check(way, &name, found)?;
            Ok(Box::new(checked.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

async fn system_lookup(name: &str) -> io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
}

/// One special address among public ones condemns the name: an honest host has none.
fn check(way: Way, name: &str, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, Refusal> {
    match found.iter().find(|address| way == Way::Strict && !is_public(**address)) {
        Some(special) => {
            let why = if is_private(*special) { PRIVATE } else { SPECIAL };
            Err(Refusal::Address(format!("{name} is {special} {why}")))
        }
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn case_45_one_private_address_condemns_a_name() {
        let (public, private): (IpAddr, IpAddr) = ("1.1.1.1".parse().unwrap(), "10.0.0.1".parse().unwrap());
        assert_eq!(check(Way::Strict, "a", vec![public]), Ok(vec![public]));
        assert_eq!(
            check(Way::Strict, "a", vec![public, private]),
            Err(Refusal::Address("a is 10.0.0.1 (private; allow_hosts can list it)".to_owned()))
        );
        assert_eq!(check(Way::Vouched, "a", vec![private]), Ok(vec![private]));
    }

    /// Decided on a public address without a connection to it: only the look-up is asked.
    #[tokio::test]
    async fn case_45_a_name_that_turns_private_between_two_requests_is_refused_at_the_second() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let lookup: Lookup = Arc::new(move |_| {
            let turn = count.fetch_add(1, Ordering::Relaxed);
            let address = if turn == 0 { "1.1.1.1" } else { "127.0.0.1" };
            Box::pin(async { Ok(vec![address.parse().map_err(io::Error::other)?]) })
        });
        let resolver = Resolver::new(Way::Strict, Some(lookup));
        let resolve = async || resolver.resolve("rebind.example.com".parse().unwrap()).await;
        let first: Vec<SocketAddr> = resolve().await.unwrap().collect();
        // What is connected to is what was checked: there is no second look-up in between.
        assert_eq!((first, asked.load(Ordering::Relaxed)), (vec!["1.1.1.1:0".parse().unwrap()], 1));
        let second = resolve().await.map(|_| ()).unwrap_err().to_string();
        assert_eq!(
            second,
            "address not allowed: rebind.example.com is 127.0.0.1 (private; allow_hosts can list it)"
        );
    }
}
