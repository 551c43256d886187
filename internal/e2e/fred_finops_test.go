//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	k8s "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// costReport is what fred finops -o json says.
type costReport struct {
	Kind   string    `json:"kind"`
	Items  []costRow `json:"items"`
	Totals []costRow `json:"totals"`
}

type costRow struct {
	Class, Namespace, Kind, Name, Service, Node, Currency string
	MatchedBy                                             []string
	EffectiveCost, BilledCost, ListCost, Residual         string
}

// what names what a row is of.
func (r *costRow) what() string {
	name := r.Service + r.Node
	if r.Namespace != "" {
		name = strings.TrimSuffix(r.Namespace+"/"+r.Name, "/")
	}
	if r.Class != "" {
		return name + "(" + r.Class + ")"
	}
	return name
}

func costs(t *testing.T, o outcome) (r costReport) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(o.stdout), &r), o.stdout)
	return r
}

func (r costReport) effective() map[string]string {
	all := map[string]string{}
	for _, row := range r.Items {
		all[row.what()] = row.EffectiveCost
	}
	return all
}

// addUp adds decimals up exactly.
func addUp(t *testing.T, all ...string) *big.Rat {
	t.Helper()
	sum := new(big.Rat)
	for _, s := range all {
		v, ok := new(big.Rat).SetString(s)
		require.True(t, ok, s)
		sum.Add(sum, v)
	}
	return sum
}

// machine makes a node, as a cloud's controllers would.
func machine(t *testing.T, client k8s.Interface, name, id, kind string) {
	t.Helper()
	size := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4"), corev1.ResourceMemory: resource.MustParse("16Gi"), corev1.ResourcePods: resource.MustParse("50")}
	_, err := client.CoreV1().Nodes().Create(t.Context(), &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelInstanceTypeStable: kind, corev1.LabelTopologyRegion: "eu-west-1"}},
		Spec:       corev1.NodeSpec{ProviderID: id},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	status := corev1.NodeStatus{Capacity: size, Allocatable: size, Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}}
	require.NoError(t, retry.RetryOnConflict(retry.DefaultRetry, func() error { // controllers see it too
		n, err := client.CoreV1().Nodes().Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		n.Status = status
		_, err = client.CoreV1().Nodes().UpdateStatus(t.Context(), n, metav1.UpdateOptions{})
		return err
	}))
}

// tenant makes a pod that runs on a node.
func tenant(t *testing.T, client k8s.Interface, namespace, name, node, cpu, memory string) {
	t.Helper()
	_, err := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{})
	if err == nil { // the controller makes the account that pods need
		require.Eventually(t, func() bool {
			_, err := client.CoreV1().ServiceAccounts(namespace).Get(t.Context(), "default", metav1.GetOptions{})
			return err == nil
		}, time.Minute, 50*time.Millisecond)
	}
	_, err = client.CoreV1().Pods(namespace).Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{
			Name: "main", Image: "registry.example.com/main:1",
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}},
		}}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
}

const scaleSet = "/subscriptions/5ab0/resourceGroups/mc_rg_x_we/providers/Microsoft.Compute/virtualMachineScaleSets/aks-pool-vmss"

func TestABillIsMatchedAndAllocatedToTheCluster(t *testing.T) {
	t.Parallel()
	c, err := rig.Start(t.Context(), rig.Options{NoMetrics: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	client, err := k8s.NewForConfig(c.AdminConfig)
	require.NoError(t, err)
	keepData(t, client)
	balance(t, client)
	machine(t, client, "bill-1", "aws:///eu-west-1a/i-0f00000000000001a", "m5.large")
	machine(t, client, "bill-2", "azure://"+scaleSet+"/virtualMachines/0", "Standard_D4s_v3")
	tenant(t, client, "red", "a", "bill-1", "1", "4Gi")
	tenant(t, client, "blue", "b", "bill-1", "500m", "8Gi")
	tenant(t, client, "blue", "c", "bill-2", "2", "1Gi")

	// Charges of an hour in which all of it was there.
	start := time.Now().UTC().Truncate(time.Hour).Add(time.Hour)
	bill := filepath.Join(t.TempDir(), "bill.csv")
	row := func(cost, category, service, resource, tags string) string {
		return fmt.Sprintf("USD,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", cost, cost, cost, cost, category,
			start.Format(time.RFC3339), start.Add(time.Hour).Format(time.RFC3339), service, resource, tags)
	}
	text := "BillingCurrency,BilledCost,EffectiveCost,ListCost,ContractedCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,ResourceId,Tags\n" +
		row("0.123456789012345678", "Usage", "EC2", "i-0f00000000000001a", "") +
		row("0.2", "Usage", "Virtual Machines", strings.ToLower(scaleSet), "") +
		row("0.01", "Usage", "EBS", "arn:aws:ec2:eu-west-1:1:volume/vol-0a1b2c3d4e5f60718", "") +
		row("0.03", "Usage", "ELB", "arn:aws:elasticloadbalancing:eu-west-3:1:loadbalancer/net/k8s-shop-front/0123456789", "") +
		row("0.1", "Usage", "EKS", "arn:aws:eks:eu-west-1:1:cluster/rig", "") +
		row("7", "Usage", "VPC", "nat-1", `"{""kubernetes.io/cluster/rig"":""owned""}"`) +
		row("50", "Usage", "S3", "arn:aws:s3:::rig", "") +
		row("900", "Purchase", "EC2", "plan-1", "")
	require.NoError(t, os.WriteFile(bill, []byte(text), 0o600))

	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, "default"))
	window := []string{"--start", time.Now().UTC().Format(time.DateOnly), "--end", time.Now().UTC().AddDate(0, 0, 2).Format(time.DateOnly), "-o", "json"}
	ask := func(more ...string) []string { return slices.Concat([]string{"finops"}, more, window) }
	r := costs(t, l.must(0, ask("--focus", bill)...))
	rules := map[string]string{}
	for _, row := range r.Items {
		rules[row.what()] = strings.Join(row.MatchedBy, " ")
	}
	require.Equal(t, map[string]string{
		"EC2": "resource", "Virtual Machines": "resource", "EBS": "resource", "ELB": "name", "EKS": "name", "VPC": "tag", "S3(unmatched)": "", "EC2(unmatched)": "",
	}, rules)
	require.Equal(t, "0.123456789012345678", r.effective()["EC2"], "to the last digit")
	require.Equal(t, []string{"7.463456789012345678", "950"}, []string{r.Totals[0].EffectiveCost, r.Totals[1].EffectiveCost})

	allocated := costs(t, l.must(0, slices.Concat([]string{"finops", "allocate", "--by", "workload", "--focus", bill}, window)...))
	require.Equal(t, "Allocation", allocated.Kind)
	require.Equal(t, "0", allocated.Totals[0].Residual)
	got := allocated.effective()
	require.Equal(t, "0.01", got[rig.ViewerNamespace+"/vault"], "the claim's")
	require.Equal(t, "0.03", got[rig.ViewerNamespace+"/front"], "the Service's")
	require.Equal(t, []string{"0.1", "7"}, []string{got["(controlPlane)"], got["(shared)"]})
	// 4 cores and 16 GiB, at 0.031611 and 0.004237 USD an hour.
	price := func(cores, gib float64) float64 { return cores*0.031611 + gib*0.004237 }
	node := price(4, 16)
	for name, want := range map[string]float64{
		"red/a": 0.123456789012345678 * price(1, 4) / node, "blue/b": 0.123456789012345678 * price(0.5, 8) / node, "blue/c": 0.2 * price(2, 1) / node,
	} {
		v, _ := addUp(t, got[name]).Float64()
		require.InDelta(t, want, v, 1e-11, name)
	}
	var parts []string
	for _, row := range allocated.Items {
		if row.Class != "unmatched" {
			parts = append(parts, row.EffectiveCost)
		}
	}
	require.Zero(t, addUp(t, parts...).Cmp(addUp(t, "7.463456789012345678")), "the books close: %v", got)

	keptBefore(t, l, row, &start)

	// The files gone, what is cached answers.
	require.NoError(t, os.Remove(bill))
	require.Equal(t, "7.463456789012345678", costs(t, l.must(0, ask("--offline")...)).Totals[0].EffectiveCost)
	l.must(2, ask("--focus", bill)...)
}

// keptBefore requires that a day of which a Prometheus knows is paid by who was there then.
func keptBefore(t *testing.T, l *laptop, row func(cost, category, service, resource, tags string) string, at *time.Time) {
	t.Helper()
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -2)
	p := &past{start: day}
	for resource, v := range map[string]float64{"cpu": 4, "memory": 16 * gibibyte} {
		p.series("kube_node_status_capacity", fmt.Sprintf(`node="bill-1",resource="%s"`, resource), 0, 24, always(v))
	}
	p.pod("green", "then-0", "bill-1", 6, 12, 24, 2, 2)
	p.owner("green", "Pod", "then-0", "StatefulSet", "then")
	text, data := filepath.Join(t.TempDir(), "past.om"), t.TempDir()
	require.NoError(t, os.WriteFile(text, []byte(p.text.String()+"# EOF\n"), 0o600))
	require.NoError(t, rig.Backfill(t.Context(), text, data))
	server := history(t, prometheuses(t)["3"], data)

	was := *at
	defer func() { *at = was }()
	bill := filepath.Join(t.TempDir(), "then.csv")
	rows := "BillingCurrency,BilledCost,EffectiveCost,ListCost,ContractedCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,ResourceId,Tags\n"
	for h := range 24 {
		*at = day.Add(time.Duration(h) * time.Hour)
		rows += row("0.25", "Usage", "EC2", "i-0f00000000000001a", "")
	}
	require.NoError(t, os.WriteFile(bill, []byte(rows), 0o600))
	ask := []string{"finops", "allocate", "--focus", bill, "--prometheus-url", server.URL, "--start", day.Format(time.DateOnly), "--end", day.AddDate(0, 0, 1).Format(time.DateOnly), "-o", "json"}
	r := costs(t, l.must(0, ask...))
	v, _ := addUp(t, r.effective()["green"]).Float64()
	share := (2*0.031611 + 2*0.004237) / (4*0.031611 + 16*0.004237)
	require.InDelta(t, 6*0.25*share, v, 0.005*6*0.25*share, "six hours of 24")
	require.Equal(t, "6", r.Totals[0].EffectiveCost)
	require.Equal(t, "0", r.Totals[0].Residual)
	require.Zero(t, addUp(t, r.effective()["green"], r.effective()["(idle)"]).Cmp(addUp(t, "6")))
	require.NoError(t, server.Close())
	require.Equal(t, r.effective(), costs(t, l.must(0, ask...)).effective(), "that day is not asked for again")
}

func TestWithoutABillNodesArePricedAtOnce(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "default"))
	o := l.must(0, "finops", "--last", "1d", "--by", "node", "-o", "json")
	var r struct {
		Provenance []struct {
			Factor *struct{ Value float64 }
		}
		Items []costRow
	}
	require.NoError(t, json.Unmarshal([]byte(o.stdout), &r))
	require.Len(t, r.Items, 6)
	require.InDelta(t, 2*0.192+2*0.1632+0.21*(0.526+0.34), r.Provenance[1].Factor.Value, 1e-9, "AWS's list prices in us-east-1; two nodes are spot machines")
	require.Equal(t, 0, strings.Count(o.stdout, `"billedCost": "`), "nobody was asked to pay it")
}
