//! Ranges of IP addresses.

use core::net::IpAddr;

/// A range of addresses with the same first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    prefix: u32,
}

impl Cidr {
    /// Reads `10.0.0.0/8` or `fd00::/8`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let prefix = prefix.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= bits).then_some(Self { address, prefix })
    }

    /// Whether an address is in it; one of the other family never is.
    #[must_use]
    pub fn holds(self, address: IpAddr) -> bool {
        // Without a prefix all bits are shifted out.
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let rest = 32 - self.prefix;
                own.to_bits().checked_shr(rest) == other.to_bits().checked_shr(rest)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let rest = 128 - self.prefix;
                own.to_bits().checked_shr(rest) == other.to_bits().checked_shr(rest)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bits_decide() {
        for (cidr, address, expected) in [
            ("169.254.0.0/16", "169.254.169.254", true),
            ("169.255.0.0/16", "169.254.169.254", false),
            ("169.254.169.254/32", "169.254.169.254", true),
            ("0.0.0.0/0", "169.254.169.254", true),
            ("::/0", "169.254.169.254", false),
            ("fd00::/8", "fd00:ec2::254", true),
            ("fd00::/16", "fd01::1", false),
        ] {
            let cidr = Cidr::parse(cidr).unwrap();
            assert_eq!(cidr.holds(address.parse().unwrap()), expected, "{cidr:?} {address}");
        }
        assert_eq!(Cidr::parse("10.0.0.0/33"), None);
        assert_eq!(Cidr::parse("10.0.0.0"), None);
    }
}
