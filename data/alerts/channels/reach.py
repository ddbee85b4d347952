"""Which addresses of the network lie outside of it, for everybody: the only ones that a webhook goes to by a name."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address, IPv6Network

GLOBAL = IPv6Network(
    "2000::/3"
)  # all that is given out in IPv6; what lies beside it is for a link, a site, a machine, or nobody
NAT64 = IPv6Network("64:ff9b::/96")
DOCUMENTATION = IPv6Network("3fff::/20")
ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def is_public(address: str) -> bool:
    """Whether the address can be reached by everybody. One that holds another, for a translator or a tunnel, is as public as that."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast and not found.is_reserved
    if found.scope_id is not None:
        return False
    inner = _held(found)
    if inner is not None and not is_public(str(inner)):
        return False
    if found.ipv4_mapped is not None or found in NAT64:
        return True
    return found in GLOBAL and found.is_global and found not in DOCUMENTATION


def _held(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is part of an IPv6 one: mapped, through NAT64, 6to4 or ISATAP."""
    whole = int(address)
    if address in NAT64 or (whole >> 32 & 0xFFFF_FFFF) in ISATAP:
        return IPv4Address(whole & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
