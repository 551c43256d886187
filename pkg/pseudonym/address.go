package pseudonym

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// address maps IPv4 into 240.0.0.0/4, which is reserved and nobody's, and IPv6 into
// 2001:db8::/32, which is for documents.
func (m *Mask) address(ip netip.Addr) string {
	return m.remember("ip", ip.String(), func() string {
		if plain := ip.Unmap(); plain.Is4() {
			return m.address4(plain)
		}
		b := [16]byte{0x20, 0x01, 0x0d, 0xb8}
		copy(b[4:], m.sum("ip", ip.String()))
		return netip.AddrFrom16(b).String()
	})
}

// inside are the networks that clusters are made of: addresses of them never share
// a pseudonym. Others, which are hashed into what is left, may: among a
// thousand of them, two do under one key of 450.
var inside = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("198.18.0.0/15"),
}

const (
	reserved  = 0xf0000000      // 240.0.0.0
	half      = 14              // bits of 28
	addresses = 1<<(2*half) - 1 // without 255.255.255.255, to which all listen
	rounds    = 8               // twice what makes a permutation look random
	halfMask  = uint32(1<<half - 1)
)

func (m *Mask) address4(ip netip.Addr) string {
	v := m.permuted(m.place4(ip))
	for v >= addresses { // stays a permutation of what is below
		v = m.permuted(v)
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], reserved|v)
	return netip.AddrFrom4(b).String()
}

// place4 numbers the addresses inside, and hashes others to the numbers after.
func (m *Mask) place4(ip netip.Addr) uint32 {
	b := ip.As4()
	v, first := binary.BigEndian.Uint32(b[:]), uint32(0)
	for _, p := range inside {
		size := uint32(1) << (32 - p.Bits())
		if p.Contains(ip) {
			return first + v&(size-1)
		}
		first += size
	}
	return first + binary.BigEndian.Uint32(m.sum("ip", ip.String()))%(addresses-first)
}

// permuted is a keyed permutation of the numbers of 28 bits: a Feistel network.
func (m *Mask) permuted(v uint32) uint32 {
	left, right := v>>half, v&halfMask
	for round := range rounds {
		sum := m.sum("ip "+strconv.Itoa(round), strconv.FormatUint(uint64(right), 10))
		left, right = right, left^binary.BigEndian.Uint32(sum)&halfMask
	}
	return left<<half | right
}
