package config

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Size is a number of bytes, written as Kubernetes writes quantities: 64Mi, 2Gi.
type Size int64

// mostSize is far beyond any disk, and leaves room to reckon with.
const mostSize = 1 << 60

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	q, err := resource.ParseQuantity(string(text))
	if err != nil || q.Sign() <= 0 || q.CmpInt64(mostSize) > 0 {
		return fmt.Errorf("%q is no size such as 64Mi", text)
	}
	*s = Size(q.Value())
	return nil
}
