//! The client's address; no other module determines it.
//!
//! The address of the connection counts, unless it is one of `TRUSTED_PROXIES`. Then the nearest hop of
//! `X-Forwarded-For` that is not a trusted proxy counts. Other headers, and headers from other peers, are ignored,
//! because clients can forge them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, HeaderName},
};

use crate::server::config::LimitConfig;

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Returns the client's address in its stored form (see [`network`]); `""` without a connection.
pub fn address(config: &LimitConfig, headers: &HeaderMap, extensions: &Extensions) -> String {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|peer| network(client(config, peer.0.ip(), headers))).unwrap_or_default()
}

/// Walks from the connection's peer along `X-Forwarded-For`, right to left, as long as the hops are trusted proxies.
///
/// A malformed hop ends the walk, since the hops before it are unknown.
fn client(config: &LimitConfig, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut address = peer.to_canonical();
    // Several headers form one list (RFC 9110 §5.3), whose empty elements are ignored (§5.6.1).
    let headers = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let hops = headers.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    for hop in hops.filter(|hop| !hop.is_empty()) {
        if !config.trusted_proxies.iter().any(|network| network.contains(&address)) {
            break;
        }
        let Some(next) = parse_hop(hop) else { break };
        address = next;
    }
    address
}

/// Parses an address with or without a port. An IPv6 address may have brackets, and must have them before a port.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(hop).ok()?;
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::from);
    let address = text.parse().ok().or_else(bare).or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?;
    Some(address.to_canonical())
}

/// Formats an address as Better Auth stores it: IPv4 (also IPv4-mapped) in full, IPv6 as its /64 with all digits, since
/// a household has a /64.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:04x}:{b:04x}:{c:04x}:{d:04x}:0000:0000:0000:0000")
        }
    }
}

/// Returns the surrounding network of `n_bits` of an address from [`address`], in the same form. Returns `None` for
/// IPv4 and an empty address. A customer of a provider often has a /56 or a /48 and can use any /64 of it.
pub fn wider_network(address: &str, n_bits: u32) -> Option<String> {
    let address: Ipv6Addr = address.parse().ok()?;
    let mask = u128::MAX.checked_shl(128 - n_bits).unwrap_or_default();
    let [a, b, c, d, ..] = Ipv6Addr::from_bits(address.to_bits() & mask).segments();
    Some(format!("{a:04x}:{b:04x}:{c:04x}:{d:04x}:0000:0000:0000:0000/{n_bits}"))
}

/// Returns the network that one attacker is likely to control: the /48 of an IPv6 address or the /24 of an IPv4
/// address. Returns other texts unchanged.
pub fn guesser_network(address: &str) -> String {
    let ipv4 = || address.rsplit_once('.').map(|(network, _)| format!("{network}.0/24"));
    wider_network(address, 48).or_else(ipv4).unwrap_or_else(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_guesser() {
        let check = |text: &str, expected: &str| assert_eq!(guesser_network(&network(text.parse().unwrap())), expected);
        check("192.0.2.7", "192.0.2.0/24");
        check("::ffff:192.0.2.7", "192.0.2.0/24");
        check("2001:db8:1234:5678:9::1", "2001:0db8:1234:0000:0000:0000:0000:0000/48");
        assert_eq!(guesser_network(""), "");
    }

    #[test]
    fn an_ipv6_address_lies_in_wider_networks() {
        let check = |address: &str, n_bits: u32, expected: Option<&str>| {
            assert_eq!(wider_network(address, n_bits).as_deref(), expected, "{address} {n_bits}");
        };
        let address = network("2001:db8:1234:5678:9::1".parse().unwrap());
        check(&address, 56, Some("2001:0db8:1234:5600:0000:0000:0000:0000/56"));
        check(&address, 48, Some("2001:0db8:1234:0000:0000:0000:0000:0000/48"));
        check("192.0.2.7", 48, None);
        check("", 48, None);
    }

    #[test]
    fn addresses_are_kept_as_better_auth_keeps_them() {
        let check = |text: &str, kept: &str| assert_eq!(network(text.parse().unwrap()), kept, "{text}");
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:DB8:1:2:3:4:5:6", "2001:0db8:0001:0002:0000:0000:0000:0000");
        check("::1", "0000:0000:0000:0000:0000:0000:0000:0000");
    }

    #[test]
    fn forwarded_addresses_count_from_our_own_proxies_only() {
        let trusted_proxies = ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|net| net.parse().unwrap()).into();
        let config = LimitConfig { storage: None, trusted_proxies };
        let check = |peer: &str, forwarded: &[&str], expected: &str| {
            let headers = forwarded.iter().map(|value| (X_FORWARDED_FOR, value.parse().unwrap())).collect();
            let expected: IpAddr = expected.parse().unwrap();
            assert_eq!(client(&config, peer.parse().unwrap(), &headers), expected, "{peer} {forwarded:?}");
        };
        check("192.0.2.1", &[], "192.0.2.1");
        check("192.0.2.1", &["203.0.113.7"], "192.0.2.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["203.0.113.7"], "203.0.113.7");
        // Hops further left are the client's own claim.
        check("10.0.0.1", &["198.51.100.66, 203.0.113.7"], "203.0.113.7");
        check("10.0.0.1", &["198.51.100.66, 203.0.113.7, 10.9.9.9"], "203.0.113.7");
        check("10.0.0.1", &["198.51.100.66", "203.0.113.7,10.9.9.9"], "203.0.113.7");
        check("10.0.0.1", &["203.0.113.7", "10.9.9.9", ""], "203.0.113.7");
        check("10.0.0.1", &[" , 203.0.113.7 ,, 10.9.9.9 ,"], "203.0.113.7");
        // All hops are proxies.
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        // Ports, brackets and mapped addresses.
        check("::ffff:10.0.0.1", &["203.0.113.7:51234"], "203.0.113.7");
        check("10.0.0.1", &["::ffff:203.0.113.7"], "203.0.113.7");
        check("10.0.0.1", &["203.0.113.7, ::ffff:10.0.0.2"], "203.0.113.7");
        check("2001:db8:ffff::1", &["2001:db8::7"], "2001:db8::7");
        check("10.0.0.1", &["[2001:db8::7]"], "2001:db8::7");
        check("10.0.0.1", &["203.0.113.7, [2001:db8:ffff::1]:443"], "203.0.113.7");
        // Hops before a malformed one are unknown.
        for junk in ["unknown", "203.0.113.7.8", "203.0.113.7:port", "[203.0.113.7]", "fe80::1%eth0", "\"203.0.113.7\""]
        {
            check("10.0.0.1", &[junk], "10.0.0.1");
            check("10.0.0.1", &[&format!("203.0.113.7, {junk}, 10.0.0.2")], "10.0.0.2");
        }
    }
}
