//! Whose request it is: the one place that tells a client's address.
//!
//! The address of the connection counts, unless that is one of `TRUSTED_PROXIES`: then the nearest hop of
//! `X-Forwarded-For` that is none. No other header is believed, and none from anybody else: a client writes what it
//! likes there.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, HeaderName},
};

use crate::server::config::LimitConfig;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Returns the client's address as it is kept and counted, see [`network`]; `""` when there is no connection.
pub fn address(config: &LimitConfig, headers: &HeaderMap, extensions: &Extensions) -> String {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|peer| network(client(config, peer.0.ip(), headers))).unwrap_or_default()
}

/// Walks from the connection's peer along `X-Forwarded-For`, right to left, for as long as the hops are our proxies.
///
/// What is no address ends the walk, since nobody can say what stands behind it; so does the header's end.
fn client(config: &LimitConfig, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut address = peer.to_canonical();
    // Several headers are one list (RFC 9110 §5.3), whose empty elements do not count (§5.6.1).
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

/// Reads an address with or without a port; an IPv6 address may have brackets, and has them before a port.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(hop).ok()?;
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::from);
    let address = text.parse().ok().or_else(bare).or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?;
    Some(address.to_canonical())
}

/// Writes an address as Better Auth keeps it: IPv4 whole, also when mapped into IPv6; IPv6 as its /64, which is what
/// one household has, with all its digits.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:04x}:{b:04x}:{c:04x}:{d:04x}:0000:0000:0000:0000")
        }
    }
}

/// Returns the network of so many bits around an address as [`address`] gives it, in the same form; `None` for IPv4
/// and for no address. A site or a provider's customer has a /56 or a /48, and takes any /64 of it.
pub fn around(address: &str, n_bits: u32) -> Option<String> {
    let address: Ipv6Addr = address.parse().ok()?;
    let mask = u128::MAX.checked_shl(128 - n_bits).unwrap_or_default();
    let [a, b, c, d, ..] = Ipv6Addr::from_bits(address.to_bits() & mask).segments();
    Some(format!("{a:04x}:{b:04x}:{c:04x}:{d:04x}:0000:0000:0000:0000/{n_bits}"))
}

/// Returns the network that one guesser is likely to have: the /48 of an IPv6 address, the /24 of an IPv4 address; the
/// address itself if it is neither.
pub fn neighbourhood(address: &str) -> String {
    let ipv4 = || address.rsplit_once('.').map(|(network, _)| format!("{network}.0/24"));
    around(address, 48).or_else(ipv4).unwrap_or_else(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_guesser() {
        let check = |text: &str, expected: &str| assert_eq!(neighbourhood(&network(text.parse().unwrap())), expected);
        check("192.0.2.7", "192.0.2.0/24");
        check("::ffff:192.0.2.7", "192.0.2.0/24");
        check("2001:db8:1234:5678:9::1", "2001:0db8:1234:0000:0000:0000:0000:0000/48");
        assert_eq!(neighbourhood(""), "");
    }

    #[test]
    fn an_ipv6_address_lies_in_wider_networks() {
        let check = |address: &str, n_bits: u32, expected: Option<&str>| {
            assert_eq!(around(address, n_bits).as_deref(), expected, "{address} {n_bits}");
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
        // What the client itself claims stands further left.
        check("10.0.0.1", &["198.51.100.66, 203.0.113.7"], "203.0.113.7");
        check("10.0.0.1", &["198.51.100.66, 203.0.113.7, 10.9.9.9"], "203.0.113.7");
        check("10.0.0.1", &["198.51.100.66", "203.0.113.7,10.9.9.9"], "203.0.113.7");
        check("10.0.0.1", &["203.0.113.7", "10.9.9.9", ""], "203.0.113.7");
        check("10.0.0.1", &[" , 203.0.113.7 ,, 10.9.9.9 ,"], "203.0.113.7");
        // Proxies all the way.
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        // Ports, brackets and mapped addresses.
        check("::ffff:10.0.0.1", &["203.0.113.7:51234"], "203.0.113.7");
        check("10.0.0.1", &["::ffff:203.0.113.7"], "203.0.113.7");
        check("10.0.0.1", &["203.0.113.7, ::ffff:10.0.0.2"], "203.0.113.7");
        check("2001:db8:ffff::1", &["2001:db8::7"], "2001:db8::7");
        check("10.0.0.1", &["[2001:db8::7]"], "2001:db8::7");
        check("10.0.0.1", &["203.0.113.7, [2001:db8:ffff::1]:443"], "203.0.113.7");
        // Behind junk nothing is known.
        for junk in ["unknown", "203.0.113.7.8", "203.0.113.7:port", "[203.0.113.7]", "fe80::1%eth0", "\"203.0.113.7\""]
        {
            check("10.0.0.1", &[junk], "10.0.0.1");
            check("10.0.0.1", &[&format!("203.0.113.7, {junk}, 10.0.0.2")], "10.0.0.2");
        }
    }
}
