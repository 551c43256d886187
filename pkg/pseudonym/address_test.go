package pseudonym

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddressesOfPrivateNetworksShareNoPseudonym(t *testing.T) {
	m := New(Key{1})
	seen := map[string]bool{}
	n := 0
	for _, p := range inside {
		first := p.Masked().Addr().As4()
		base, size := binary.BigEndian.Uint32(first[:]), uint32(1)<<(32-p.Bits())
		for i := uint32(0); i < size; i += max(1, size>>14) - 1 | 1 {
			var b [4]byte
			binary.BigEndian.PutUint32(b[:], base+i)
			seen[m.Host(netip.AddrFrom4(b).String())] = true
			n++
		}
	}
	require.Greater(t, n, 1<<16)
	require.Len(t, seen, n)
	reserved := netip.MustParsePrefix("240.0.0.0/4")
	for text := range seen {
		ip := netip.MustParseAddr(text)
		require.True(t, reserved.Contains(ip), text)
		require.NotEqual(t, "255.255.255.255", text)
	}
}

func TestAPublicAddressNeverHasThePseudonymOfAPrivateOne(t *testing.T) {
	m := New(Key{1})
	var within uint32
	for _, p := range inside {
		within += 1 << (32 - p.Bits())
	}
	for _, text := range []string{"8.8.8.8", "203.0.113.9", "1.1.1.1", "255.255.255.255", "0.0.0.0"} {
		place := m.place4(netip.MustParseAddr(text))
		require.GreaterOrEqual(t, place, within)
		require.Less(t, place, uint32(addresses))
	}
	require.Equal(t, m.Host("10.1.2.3"), m.Host("::ffff:10.1.2.3"), "one address, however it is written")
	require.NotEqual(t, m.Host("10.1.2.3"), New(Key{2}).Host("10.1.2.3"))
}
