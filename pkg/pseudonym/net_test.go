package pseudonym

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheNetFindsWordsThatMayNotLeave(t *testing.T) {
	m := New(Key{1})
	for _, name := range []string{"acme-shop", "pay", "ready", "kubernetes", "linux", "2026", "111122223333", "10.1.2.3", "météo", "eu-west-3", "namespace"} {
		m.Name("deploy", name)
	}
	m.Context("arn:aws:eks:eu-west-3:999922223333:cluster/billing")
	m.Image("reg.corp.org/team/frontend:1")
	net := m.Net("")
	for _, text := range []string{"x/acme-shop.svc", `"ACME-Shop"`, "acme-shop", "at 10.1.2.3:80", "id 111122223333", "la météo", "billing", "999922223333", "corp", "frontend"} {
		_, found := net.Find([]byte(text))
		require.True(t, found, text)
	}
	for _, text := range []string{
		"acme-shops", "xacme-shop", "acme shop", "pay", `{"ready":true}`, "kubernetes.io/os", "linux", "2026-11-01", "eu-west-3", `"namespace":"x"`, "météos", "", "-",
	} {
		name, found := net.Find([]byte(text))
		require.False(t, found, "%s in %s", name, text)
	}
}

func BenchmarkNet(b *testing.B) {
	m := New(Key{1})
	for i := range 20_000 {
		m.Name("pod", "web-"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+"-"+m.letters("n", string(rune(i)), 8))
	}
	net := m.Net("")
	data := []byte(strings.Repeat(`{"namespace":"ns-kvtqzbzhmdrxpl","name":"pod-kvtqzbzhmdrxpl","created":"2026-11-01T12:00:00Z"},`, 10_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		net.Find(data)
	}
}
