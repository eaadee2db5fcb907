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
    use super::*;

    #[test]
    fn one_private_address_condemns_a_name() {
        let (public, private): (IpAddr, IpAddr) = ("1.1.1.1".parse().unwrap(), "10.0.0.1".parse().unwrap());
        assert_eq!(check(Way::Strict, "a", vec![public]), Ok(vec![public]));
        assert_eq!(
            check(Way::Strict, "a", vec![public, private]),
            Err(Refusal::Address("a is 10.0.0.1 (private; allow_hosts can list it)".to_owned()))
        );
        assert_eq!(check(Way::Vouched, "a", vec![private]), Ok(vec![private]));
    }
}
