//! Which addresses are on the public internet. The others are not ours to knock at on a stranger's word.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a stranger's feed may lead here: a global unicast address that wraps no other kind.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Whether it may be an address of this machine or of the network that it is on: loopback, RFC 1918, RFC 6598, RFC 4193. Of
/// the others that are not public none is a podcast's, be it the metadata of a cloud or every host at once.
pub(super) fn is_private(address: IpAddr) -> bool {
    let v4 = match address {
        IpAddr::V4(v4) => v4,
        IpAddr::V6(v6) if v6.is_loopback() => return true,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(inner) => inner,
            None => return v6.is_unique_local() && !v6.segments().starts_with(&[0xfd00, 0x0ec2]),
        },
    };
    let is_shared = matches!(v4.octets(), [100, 64..=127, ..]);
    v4.is_loopback() || v4.is_private() || is_shared
}

/// IANA's IPv4 special-purpose registry.
#[allow(clippy::match_same_arms, reason = "a table, a row a block")]
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0 | 10 | 127, ..) => false,             // this network, private, loopback
        (100, 64..=127, _) => false,             // carrier-grade NAT
        (169, 254, _) => false,                  // link-local, cloud metadata
        (172, 16..=31, _) => false,              // private
        (192, 0, 0 | 2) => false,                // protocol assignments, documentation
        (192, 88, 99) => false,                  // 6to4 relays
        (192, 168, _) => false,                  // private
        (198, 18 | 19, _) => false,              // benchmarks
        (198, 51, 100) | (203, 0, 113) => false, // documentation
        (224.., ..) => false,                    // multicast, reserved, broadcast
        _ => true,
    }
}

/// Only 2000::/3 is handed out; inside it and beside it some blocks carry an IPv4 address, which then decides.
#[allow(clippy::match_same_arms, reason = "a table, a row a block")]
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = embedded_v4(address) {
        return is_public_v4(inner);
    }
    match address.segments() {
        [0x2001, 0..=0x01ff, ..] => false, // protocol assignments: Teredo, ORCHID, benchmarks
        [0x2001, 0x0db8, ..] => false,     // documentation
        [0x3fff, 0..=0x0fff, ..] => false, // documentation
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let join = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_global_unicast_is_public() {
        for public in [
            "1.1.1.1",
            "151.101.0.223",
            "172.15.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "192.0.1.1",
            "2606:4700::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:0:7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }
}
