//! Addresses and networks of the Internet Protocol.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Overload, opaque};
use crate::cel::cost::{Cost, Sizes, traversal};
use crate::cel::error::EvaluateError;
use crate::cel::value::{Outcome, Value};

#[derive(Debug, PartialEq)]
struct Address(IpAddr);

#[derive(Debug, PartialEq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

opaque!(Address, "net.IP", |address| if address.0.is_ipv4() { 4 } else { 16 });
opaque!(Network, "net.CIDR", |network| u64::from(network.bits).div_ceil(8));

const READ: Cost = Cost::Reading(1);
const WITHIN: Cost = Cost::By(|sizes: &Sizes<'_>| sizes.reading(0, 2));
const WITHIN_TEXT: Cost =
    Cost::By(|sizes: &Sizes<'_>| sizes.reading(0, 2).saturating_add(traversal(sizes.of(1))));
const COVERS: Cost = Cost::By(|sizes: &Sizes<'_>| {
    sizes.reading(0, 2).saturating_add(sizes.reading(0, 1)).saturating_add(1)
});
const COVERS_TEXT: Cost = Cost::By(|sizes: &Sizes<'_>| {
    let own = sizes.reading(0, 2).saturating_add(sizes.reading(0, 1)).saturating_add(1);
    own.saturating_add(traversal(sizes.of(1)))
});

/// A question about an address.
macro_rules! question {
    ($name:literal, $id:literal, $question:expr) => {
        Overload::member($name, $id, "net.IP -> bool", |arguments| {
            let question: fn(IpAddr) -> bool = $question;
            Ok(question(address(arguments)?).into())
        })
    };
}

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("ip", "string_to_ip", "string -> net.IP", ip).cost(READ),
    Overload::global("ip.isCanonical", "ip_is_canonical", "string -> bool", is_canonical)
        .cost(Cost::Reading(2)),
    Overload::global("isIP", "is_ip", "string -> bool", is_ip).cost(READ),
    Overload::global("string", "ip_to_string", "net.IP -> string", |arguments| {
        Ok(address(arguments)?.to_string().into())
    }),
    Overload::member("family", "ip_family", "net.IP -> int", |arguments| {
        Ok(Value::Int(if address(arguments)?.is_ipv4() { 4 } else { 6 }))
    }),
    question!("isUnspecified", "ip_is_unspecified", |ip| ip.is_unspecified()),
    question!("isLoopback", "ip_is_loopback", |ip| ip.is_loopback()),
    question!("isLinkLocalMulticast", "ip_is_link_local_multicast", |ip| match ip {
        IpAddr::V4(ip) => ip.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(ip) => ip.segments()[0] & 0xff0f == 0xff02,
    }),
    question!("isLinkLocalUnicast", "ip_is_link_local_unicast", is_link_local),
    question!("isGlobalUnicast", "ip_is_global_unicast", |ip| {
        let is_broadcast = ip == IpAddr::V4(Ipv4Addr::BROADCAST);
        let is_special = ip.is_unspecified() || ip.is_loopback() || ip.is_multicast();
        !(is_broadcast || is_special || is_link_local(ip))
    }),
    Overload::global("cidr", "string_to_cidr", "string -> net.CIDR", cidr).cost(READ),
    Overload::global("isCIDR", "is_cidr", "string -> bool", is_cidr).cost(READ),
    Overload::global("string", "cidr_to_string", "net.CIDR -> string", |arguments| {
        let Network { address, bits } = network(arguments)?;
        Ok(format!("{address}/{bits}").into())
    }),
    Overload::member("ip", "cidr_ip", "net.CIDR -> net.IP", |arguments| {
        Ok(Value::of(Address(network(arguments)?.address)))
    }),
    Overload::member("prefixLength", "cidr_prefix_length", "net.CIDR -> int", |arguments| {
        Ok(Value::Int(network(arguments)?.bits.into()))
    }),
    Overload::member("masked", "cidr_masked", "net.CIDR -> net.CIDR", |arguments| {
        let Network { address, bits } = *network(arguments)?;
        Ok(Value::of(Network { address: masked(address, bits), bits }))
    }),
    Overload::member(
        "containsIP",
        "cidr_contains_ip_string",
        "net.CIDR, string -> bool",
        contains_ip,
    )
    .cost(WITHIN_TEXT),
    Overload::member("containsIP", "cidr_contains_ip_ip", "net.CIDR, net.IP -> bool", contains_ip)
        .cost(WITHIN),
    Overload::member(
        "containsCIDR",
        "cidr_contains_cidr_string",
        "net.CIDR, string -> bool",
        contains_cidr,
    )
    .cost(COVERS_TEXT),
    Overload::member(
        "containsCIDR",
        "cidr_contains_cidr",
        "net.CIDR, net.CIDR -> bool",
        contains_cidr,
    )
    .cost(COVERS),
];

fn text<'v>(arguments: &'v [Value<'_>]) -> Result<&'v str, EvaluateError> {
    arguments.first().ok_or(EvaluateError::NO_SUCH_OVERLOAD)?.as_text()
}

fn address(arguments: &[Value<'_>]) -> Result<IpAddr, EvaluateError> {
    let first = arguments.first().ok_or(EvaluateError::NO_SUCH_OVERLOAD)?;
    Ok(first.opaque::<Address>()?.0)
}

fn network<'v>(arguments: &'v [Value<'_>]) -> Result<&'v Network, EvaluateError> {
    arguments.first().ok_or(EvaluateError::NO_SUCH_OVERLOAD)?.opaque()
}

fn ip<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    parse_ip(text(arguments)?).map(|ip| Value::of(Address(ip))).map_err(EvaluateError::failed)
}

fn is_ip<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(parse_ip(text(arguments)?).is_ok().into())
}

fn is_canonical<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let text = text(arguments)?;
    let ip = parse_ip(text).map_err(EvaluateError::failed)?;
    Ok((ip.to_string() == text).into())
}

fn cidr<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let network = parse_cidr(text(arguments)?).map(Value::of);
    network.map_err(|why| {
        let what = "network address parse error during conversion from string";
        EvaluateError::failed(format!("{what}: {why}"))
    })
}

fn is_cidr<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(parse_cidr(text(arguments)?).is_ok().into())
}

fn contains_ip<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [_, other] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let network = network(arguments)?;
    let ip = match other {
        Value::String(text) => parse_ip(text).map_err(|_| EvaluateError::NO_SUCH_OVERLOAD)?,
        other => other.opaque::<Address>()?.0,
    };
    let same = ip.is_ipv4() == network.address.is_ipv4();
    Ok((same && masked(ip, network.bits) == masked(network.address, network.bits)).into())
}

fn contains_cidr<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [_, other] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let network = network(arguments)?;
    let parsed = match other {
        Value::String(_) => Some(cidr(std::slice::from_ref(other))?),
        _ => None,
    };
    let other = parsed.as_ref().unwrap_or(other).opaque::<Network>()?;
    let same = other.address.is_ipv4() == network.address.is_ipv4() && network.bits <= other.bits;
    let own = masked(network.address, network.bits);
    Ok((same && masked(other.address, network.bits) == own).into())
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            Ipv4Addr::from_bits(ip.to_bits() & mask).into()
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            Ipv6Addr::from_bits(ip.to_bits() & mask).into()
        }
    }
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.segments()[0] & 0xffc0 == 0xfe80,
    }
}

fn parse_ip(text: &str) -> Result<IpAddr, String> {
    if let Some((address, _)) = text.split_once('%').filter(|(_, zone)| !zone.is_empty())
        && address.parse::<Ipv6Addr>().is_ok()
    {
        return Err(format!("IP address {text:?} with zone value is not allowed"));
    }
    let parsed = go_ip(text).map_err(|why| {
        format!("IP Address {text:?} parse error during conversion from string: {why}")
    })?;
    match is_mapped(parsed) {
        true => Err(format!("IPv4-mapped IPv6 address {text:?} is not allowed")),
        false => Ok(parsed),
    }
}

fn is_mapped(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.to_ipv4_mapped().is_some())
}

/// The address, or what Go says is wrong with it.
fn go_ip(text: &str) -> Result<IpAddr, String> {
    let why = match text.find(['.', ':', '%']).and_then(|at| text.as_bytes().get(at)) {
        None => "unable to parse IP".to_owned(),
        Some(b'%') => "missing IPv6 address".to_owned(),
        Some(b'.') => match text.parse::<Ipv4Addr>() {
            Ok(ip) => return Ok(ip.into()),
            Err(_) => wrong_in_ipv4(text),
        },
        Some(_) => match text.parse::<Ipv6Addr>() {
            Ok(ip) => return Ok(ip.into()),
            Err(_) => "unexpected character".to_owned(),
        },
    };
    Err(format!("ParseAddr({text:?}): {why}"))
}

fn wrong_in_ipv4(text: &str) -> String {
    let (mut value, mut digits, mut fields) = (0_u32, 0, 0);
    for (index, next) in text.char_indices() {
        let rest = text.get(index..).unwrap_or_default();
        match next.to_digit(10) {
            Some(_) if digits == 1 && value == 0 => {
                return "IPv4 field has octet with leading zero".to_owned();
            }
            Some(digit) => {
                (value, digits) = (value * 10 + digit, digits + 1);
                if value > 255 {
                    return "IPv4 field has value >255".to_owned();
                }
            }
            None if next == '.' && (digits == 0 || rest.len() == 1) => {
                return format!("IPv4 field must have at least one digit (at {rest:?})");
            }
            None if next == '.' && fields == 3 => return "IPv4 address too long".to_owned(),
            None if next == '.' => (value, digits, fields) = (0, 0, fields + 1),
            None => return format!("unexpected character (at {rest:?})"),
        }
    }
    "IPv4 address too short".to_owned()
}

fn parse_cidr(text: &str) -> Result<Network, String> {
    let wrong = |why: &str| {
        let what = "network address parse error during conversion from string";
        format!("{what}: netip.ParsePrefix({text:?}): {why}")
    };
    let (address, bits) = text.rsplit_once('/').ok_or_else(|| wrong("no '/'"))?;
    if address.split_once('%').is_some_and(|(address, _)| address.parse::<Ipv6Addr>().is_ok()) {
        return Err(wrong("IPv6 zones cannot be present in a prefix"));
    }
    let ip = go_ip(address).map_err(|why| wrong(&why))?;
    let bad = || wrong(&format!("bad bits after slash: {bits:?}"));
    let is_number = !bits.is_empty() && bits.bytes().all(|digit| digit.is_ascii_digit());
    if !is_number || (bits.len() > 1 && bits.starts_with('0')) {
        return Err(bad());
    }
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let bits = bits.parse().ok().filter(|bits| *bits <= most);
    let bits = bits.ok_or_else(|| wrong("prefix length out of range"))?;
    match is_mapped(ip) {
        true => Err(format!("IPv4-mapped IPv6 address {text:?} is not allowed")),
        false => Ok(Network { address: ip, bits }),
    }
}
