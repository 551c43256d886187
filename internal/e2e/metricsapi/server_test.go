package metricsapi_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/fredctl/fred/internal/e2e/metricsapi"
)

func TestUsageIsWithinWhatIsAskedFor(t *testing.T) {
	container := corev1.Container{Name: "web", Resources: corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2"), corev1.ResourceMemory: resource.MustParse("1Gi")},
	}}
	used := metricsapi.Usage("shop", container)
	require.Equal(t, used, metricsapi.Usage("shop", container), "the same at each call")
	require.Positive(t, used.Cpu().MilliValue())
	require.LessOrEqual(t, used.Cpu().Cmp(resource.MustParse("2")), 0)
	require.LessOrEqual(t, used.Memory().Cmp(resource.MustParse("1Gi")), 0)
}
