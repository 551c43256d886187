package finops_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
)

const (
	vmss   = "/subscriptions/5ab0/resourceGroups/mc_rg_harbor_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-pool-1-vmss"
	shared = "/subscriptions/5ab0/resourcegroups/mc_rg_harbor_westeurope/providers/microsoft.network/publicipaddresses/out"
)

func clusters() []finops.Cluster {
	return []finops.Cluster{
		{
			Name: "arn:aws:eks:eu-west-1:111122223333:cluster/aurora", Names: []string{"aurora", "Aurora"},
			Nodes:     []finops.Thing{{ID: "aws:///eu-west-1a/i-0123456789abcdef0", Name: "ip-10-0-0-1"}},
			Volumes:   []finops.Thing{{ID: "vol-0fedcba9876543210", Name: "pvc-1"}, {ID: "fs-0123456789abcdef0::fsap-0a1b2c3d4e5f60718", Name: "pvc-4"}, {ID: "fs-0fff456789abcdef0::fsap-1a1b2c3d4e5f60718", Name: "pvc-5"}, {ID: "fs-0fff456789abcdef0::fsap-2a1b2c3d4e5f60718", Name: "pvc-6"}},
			Balancers: []finops.Thing{{ID: "a1b2c3-0123456789abcdef.elb.eu-west-1.amazonaws.com", Name: "shop/web"}, {ID: "classic-1234567890.eu-west-1.elb.amazonaws.com", Name: "shop/old"}},
		},
		{
			Name: "harbor", Names: []string{"harbor"},
			Nodes:   []finops.Thing{{ID: "azure://" + vmss + "/virtualMachines/0", Name: "aks-0"}, {ID: "azure://" + vmss + "/virtualMachines/1", Name: "aks-1"}, {ID: "openstack:///0d1b3f9a-7c55-4c0e-9f2b-5a1e3c4d5e6f", Name: "stack-1"}, {ID: "kind://docker/harbor/worker-of-the-harbor-1", Name: "worker"}},
			Volumes: []finops.Thing{{ID: "/subscriptions/5ab0/resourceGroups/mc_x/providers/Microsoft.Compute/disks/pvc-2", Name: "pvc-2"}},
		},
		{
			Name: "gke_lab_europe-west1_dock", Names: []string{"dock"},
			Nodes:   []finops.Thing{{ID: "gce://lab/europe-west1-b/gke-dock-1", Name: "gke-dock-1"}},
			Volumes: []finops.Thing{{ID: "projects/lab/zones/europe-west1-b/disks/pvc-3", Name: "pvc-3"}},
		},
	}
}

func TestChargesAreFoundByResourceThenByTagThenByName(t *testing.T) {
	m := finops.NewMatcher(clusters())
	const aurora, dock = "arn:aws:eks:eu-west-1:111122223333:cluster/aurora", "gke_lab_europe-west1_dock"
	for _, tt := range []struct {
		what     string
		resource string
		tags     bill.Tags
		want     finops.Match
	}{
		{"an instance", "i-0123456789abcdef0", nil, finops.Match{Cluster: aurora, Rule: finops.ByResource, Part: finops.Node, Name: "ip-10-0-0-1"}},
		{"its ARN", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0", nil, finops.Match{Cluster: aurora, Rule: finops.ByResource, Part: finops.Node, Name: "ip-10-0-0-1"}},
		{"that bears another's tag", "i-0123456789abcdef0", bill.Tags{"eks:cluster-name": "harbor"}, finops.Match{Cluster: aurora, Rule: finops.ByResource, Part: finops.Node, Name: "ip-10-0-0-1"}},
		{"a volume", "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0fedcba9876543210", nil, finops.Match{Cluster: aurora, Rule: finops.ByResource, Part: finops.Volume, Name: "pvc-1"}},
		{"a load balancer", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a1b2c3/0123456789abcdef", nil, finops.Match{Cluster: aurora, Rule: finops.ByName, Part: finops.Balancer, Name: "shop/web"}},
		{"a classic one", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/classic", nil, finops.Match{Cluster: aurora, Rule: finops.ByName, Part: finops.Balancer, Name: "shop/old"}},
		{"a control plane", "arn:aws:eks:eu-west-1:111122223333:cluster/aurora", nil, finops.Match{Cluster: aurora, Rule: finops.ByName, Part: finops.ControlPlane}},
		{"another's control plane", "arn:aws:eks:eu-west-1:111122223333:cluster/aurora-2", nil, finops.Match{}},
		{"AWS's tag", "eni-1", bill.Tags{"aws:eks:cluster-name": "AURORA"}, finops.Match{Cluster: aurora, Rule: finops.ByTag}},
		{"a user's tag", "", bill.Tags{"user:kubernetes.io/cluster/aurora": "owned"}, finops.Match{Cluster: aurora, Rule: finops.ByTag}},
		{"another's tag", "", bill.Tags{"kubernetes.io/cluster/aurora-2": "owned"}, finops.Match{}},
		{"a tag with the name as it is spelled", "", bill.Tags{"kubernetes.io/cluster/Aurora": "owned"}, finops.Match{Cluster: aurora, Rule: finops.ByTag}},
		{"tags of two clusters", "", bill.Tags{"kubernetes.io/cluster/aurora": "shared", "kubernetes.io/cluster/dock": "owned"}, finops.Match{Cluster: dock, Rule: finops.ByTag}},
		{"tags of two clusters that share it", "", bill.Tags{"kubernetes.io/cluster/aurora": "shared", "kubernetes.io/cluster/dock": "shared"}, finops.Match{Cluster: aurora, Rule: finops.ByTag}},
		{"a node group", "arn:aws:eks:eu-west-1:111122223333:nodegroup/aurora/big/0a1b", nil, finops.Match{Cluster: aurora, Rule: finops.ByName}},
		{"its name in another region", "arn:aws:eks:us-east-1:111122223333:cluster/aurora", nil, finops.Match{}},
		{"its name in another account", "arn:aws:eks:eu-west-1:444455556666:cluster/aurora", nil, finops.Match{}},
		{"a cluster of Kafka", "arn:aws:kafka:eu-west-1:111122223333:cluster/aurora/0a1b", nil, finops.Match{}},
		{"a cluster of containers", "arn:aws:ecs:eu-west-1:111122223333:cluster/aurora", nil, finops.Match{}},
		{"a cluster of Kusto", "/subscriptions/5ab0/resourcegroups/rg/providers/microsoft.kusto/clusters/harbor", nil, finops.Match{}},
		{"a cluster of Dataproc", "//dataproc.googleapis.com/projects/lab/regions/europe-west1/clusters/dock", nil, finops.Match{}},
		{"GKE itself", "//container.googleapis.com/projects/lab/locations/europe-west1/clusters/dock", nil, finops.Match{Cluster: dock, Rule: finops.ByName, Part: finops.ControlPlane}},
		{"GKE in another project", "//container.googleapis.com/projects/other/locations/europe-west1/clusters/dock", nil, finops.Match{}},
		{"a load balancer in another region", "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/classic", nil, finops.Match{}},
		{"one of its name and another ID", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a1b2c3/ffff456789abcdef", nil, finops.Match{}},
		{"the file system of a volume", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0", nil, finops.Match{Cluster: aurora, Rule: finops.ByResource, Part: finops.Volume, Name: "pvc-4"}},
		{"the file system of several", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0fff456789abcdef0", nil, finops.Match{Cluster: aurora, Rule: finops.ByResource}},
		{"any other tag", "", bill.Tags{"name": "aurora"}, finops.Match{}},
		{"a scale set", vmss, nil, finops.Match{Cluster: "harbor", Rule: finops.ByResource, Part: finops.Node, Name: "aks-pool-1-vmss"}},
		{"a machine of it", vmss + "/virtualMachines/1", nil, finops.Match{Cluster: "harbor", Rule: finops.ByResource, Part: finops.Node, Name: "aks-1"}},
		{"a disk of Azure, in another case", "/subscriptions/5ab0/resourcegroups/mc_x/providers/microsoft.compute/disks/pvc-2", nil, finops.Match{Cluster: "harbor", Rule: finops.ByResource, Part: finops.Volume, Name: "pvc-2"}},
		{"what is in its resource group", shared, nil, finops.Match{Cluster: "harbor", Rule: finops.ByName}},
		{"AKS itself", "/subscriptions/5ab0/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/harbor", nil, finops.Match{Cluster: "harbor", Rule: finops.ByName, Part: finops.ControlPlane}},
		{"an instance of Google", "//compute.googleapis.com/projects/lab/zones/europe-west1-b/instances/gke-dock-1", nil, finops.Match{Cluster: dock, Rule: finops.ByResource, Part: finops.Node, Name: "gke-dock-1"}},
		{"its name in another project", "//compute.googleapis.com/projects/other/zones/europe-west1-b/instances/gke-dock-1", nil, finops.Match{}},
		{"a disk of Google", "projects/lab/zones/europe-west1-b/disks/pvc-3", nil, finops.Match{Cluster: dock, Rule: finops.ByResource, Part: finops.Volume, Name: "pvc-3"}},
		{"GKE's label", "", bill.Tags{"goog-k8s-cluster-name": "dock"}, finops.Match{Cluster: dock, Rule: finops.ByTag}},
		{"a bucket that is called as a node is", "arn:aws:s3:::worker-of-the-harbor-1", nil, finops.Match{}},
		{"an address of Azure that is called as a load balancer of AWS is", "/subscriptions/5ab0/resourcegroups/x/providers/microsoft.network/publicipaddresses/a1b2c3", nil, finops.Match{}},
		{"a machine by its UUID", "https://cloud.example/servers/0d1b3f9a-7c55-4c0e-9f2b-5a1e3c4d5e6f", nil, finops.Match{Cluster: "harbor", Rule: finops.ByResource, Part: finops.Node, Name: "stack-1"}},
		{"a bucket", "arn:aws:s3:::aurora", nil, finops.Match{}},
		{"nothing", "", nil, finops.Match{}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			require.Equal(t, tt.want, m.Match(&bill.Charge{Resource: tt.resource, Tags: tt.tags}))
		})
	}
}

func TestMatchersOfTheSameClustersAreOneVersion(t *testing.T) {
	a, b := clusters(), clusters()
	b[1].Nodes[0], b[1].Nodes[1] = b[1].Nodes[1], b[1].Nodes[0]
	require.Equal(t, finops.NewMatcher(a).Version(), finops.NewMatcher(b).Version(), "in whatever order")
	b[1].Nodes[0].ID += "2"
	require.NotEqual(t, finops.NewMatcher(a).Version(), finops.NewMatcher(b).Version())
}

func TestWhatSeveralClustersClaimIsOfTheFirst(t *testing.T) {
	twins := append(clusters()[:1:1], clusters()[0])
	twins[1].Name = "again"
	require.Equal(t, twins[0].Name, finops.NewMatcher(twins).Match(&bill.Charge{Resource: "i-0123456789abcdef0"}).Cluster)
}
