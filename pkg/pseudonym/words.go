package pseudonym

import "strings"

// The public vocabulary: what is the same on every cluster on earth, and so tells
// nobody's. What is in none of these lists is masked.
var (
	words = setOf(`
		Active Terminating Pending Running Succeeded Failed Unknown True False None Bound Released
		Ready MemoryPressure DiskPressure PIDPressure NetworkUnavailable KernelDeadlock ReadonlyFilesystem
		FrequentKubeletRestart FrequentDockerRestart FrequentContainerdRestart FrequentUnregisterNetDevice CorruptDockerOverlay2
		KubeletReady KubeletNotReady KubeletHasSufficientMemory KubeletHasNoDiskPressure KubeletHasSufficientPID
		KubeletHasInsufficientMemory KubeletHasDiskPressure KubeletHasInsufficientPID NodeStatusUnknown NodeStatusNeverUpdated
		KernelHasNoDeadlock FilesystemIsNotReadOnly RouteCreated CalicoIsUp CiliumIsUp FlannelIsUp WeaveIsUp
		Available Progressing ReplicaFailure Complete Suspended SuccessCriteriaMet FailureTarget
		MinimumReplicasAvailable MinimumReplicasUnavailable NewReplicaSetCreated NewReplicaSetAvailable FoundNewReplicaSet
		ReplicaSetUpdated ReplicaSetCreateError FailedCreate FailedDelete ProgressDeadlineExceeded DeploymentPaused DeploymentResumed
		BackoffLimitExceeded DeadlineExceeded PodFailurePolicy CompletionsReached MaxFailedIndexesExceeded FailedIndexes
		JobSuspended JobResumed NotProgressing Unavailable NotReady Cordoned
		CrashLoopBackOff ImagePullBackOff ErrImagePull ErrImageNeverPull InvalidImageName ImageInspectError RegistryUnavailable
		CreateContainerConfigError CreateContainerError RunContainerError ContainerCannotRun PreCreateHookError PostStartHookError
		PreStartHookError ContainerCreating PodInitializing ContainerStatusUnknown StartError OOMKilled Error Completed
		Evicted Preempting Preempted NodeShutdown Terminated NodeLost NodeAffinity Unschedulable SchedulingGated SchedulerError
		UnexpectedAdmissionError OutOfcpu OutOfmemory OutOfpods Shutdown TerminationByKubelet DeletionByTaintManager DeletionByPodGC
		EvictionByEvictionAPI PreemptionByScheduler DisruptionTarget
		NoSchedule PreferNoSchedule NoExecute
		RollingUpdate Recreate OnDelete Allow Forbid Replace TCP UDP SCTP Exact Prefix ImplementationSpecific
		ClusterIP NodePort LoadBalancer ExternalName liveness readiness startup
		linux windows darwin amd64 arm64 arm ppc64le s390x riscv64 386
		json yaml properties ini toml xml pem script binary text
		kubernetes simulation imported test dev
		aws gce azure openstack kind k3s ovh digitalocean hcloud vsphere equinixmetal oci ibm linode
		http https grpc h2c http2 tcp udp dns dns-tcp metrics http-metrics https-metrics web websecure webhook admin health healthz
		probe probes api api-server graphql ws mysql postgres postgresql redis amqp kafka mongodb ssh smtp ldap syslog
		nginx traefik haproxy alb istio kong contour cilium webapprouting azure-application-gateway openshift-default
		ca.crt tls.crt tls.key namespace token .dockerconfigjson username password
		metadata.name metadata.namespace metadata.uid spec.nodeName spec.serviceAccountName
		status.hostIP status.hostIPs status.podIP status.podIPs
		requests.cpu requests.memory requests.ephemeral-storage requests.storage limits.cpu limits.memory limits.ephemeral-storage
		cpu memory storage ephemeral-storage pods services secrets configmaps persistentvolumeclaims replicationcontrollers
		resourcequotas services.loadbalancers services.nodeports count/pods count/services count/secrets count/configmaps
		count/persistentvolumeclaims count/deployments.apps count/replicasets.apps count/statefulsets.apps count/jobs.batch
		count/cronjobs.batch count/ingresses.networking.k8s.io nvidia.com/gpu requests.nvidia.com/gpu limits.nvidia.com/gpu
		amd.com/gpu requests.amd.com/gpu hugepages-2Mi hugepages-1Gi
		Container min max default defaultRequest maxLimitRequestRatio
		PATH HOME HOSTNAME PORT HOST TZ LANG LC_ALL DEBUG LOG_LEVEL LOG_FORMAT LOGLEVEL NODE_ENV NODE_NAME NODE_IP POD_NAME POD_NAMESPACE
		POD_IP HOST_IP NAMESPACE GOMAXPROCS GOMEMLIMIT GOGC JAVA_OPTS JAVA_TOOL_OPTIONS JVM_OPTS PYTHONUNBUFFERED MALLOC_ARENA_MAX
		SPRING_PROFILES_ACTIVE DB_HOST DB_PORT DB_NAME DB_USER DB_PASSWORD REDIS_HOST REDIS_PORT
		true false yes no on off none null auto always never enabled disabled trace debug info warn warning error fatal
		sh bash -c -- /bin/sh /bin/bash server worker`)

	kinds = setOf(`
		Field Resource HostPath ReplicationController ControllerRevision Rollout Workflow CronWorkflow Cluster Kafka StrimziPodSet
		Prometheus Alertmanager ThanosRuler PodGroup Elasticsearch Kibana Redis RedisCluster PostgresCluster postgresql MongoDBCommunity
		Certificate CertificateRequest Order Challenge RayCluster SparkApplication PyTorchJob TFJob Revision KService CloneSet NodePool NodeClaim
		VirtualMachineInstance DaemonSet Application HelmRelease TaskRun PipelineRun Runner EphemeralRunner`)

	roles = setOf("control-plane master worker node etcd infra agent server edge ingress gpu spot storage")

	hostPaths = setOf(`
		/var/run/docker.sock /run/containerd /run/containerd/containerd.sock /var/run/crio/crio.sock /var/run /run /var/log /var/log/pods
		/var/log/containers /var/lib /var/lib/docker /var/lib/docker/containers /var/lib/containerd /var/lib/kubelet
		/var/lib/kubelet/pods /var/lib/kubelet/plugins /var/lib/kubelet/plugins_registry /var/lib/kubelet/device-plugins /var/lib/etcd
		/proc /sys /sys/fs/cgroup /sys/fs/bpf /dev /etc /etc/machine-id /etc/kubernetes /etc/kubernetes/pki /etc/cni/net.d /opt/cni/bin
		/etc/ssl/certs /etc/localtime /lib/modules /usr/src /usr/share/zoneinfo /root /home /tmp /mnt /boot /etc/os-release
		/run/xtables.lock /var/lib/calico /var/run/cilium /var/run/netns /run/udev /run/systemd /run/log/journal`)

	storages = setOf(`
		gp2 gp3 io1 io2 st1 sc1 standard standard-rwo premium-rwo standard-rwx premium-rwx managed managed-csi managed-csi-premium
		managed-premium default azurefile azurefile-csi azurefile-premium csi-cinder-high-speed csi-cinder-classic local-path longhorn
		ebs.csi.aws.com efs.csi.aws.com fsx.csi.aws.com pd.csi.storage.gke.io filestore.csi.storage.gke.io gcsfuse.csi.storage.gke.io
		disk.csi.azure.com file.csi.azure.com blob.csi.azure.com cinder.csi.openstack.org dobs.csi.digitalocean.com csi.hetzner.cloud
		csi.vsphere.vmware.com driver.longhorn.io nfs.csi.k8s.io smb.csi.k8s.io hostpath.csi.k8s.io`)

	azureRegions = setOf(`
		eastus eastus2 centralus northcentralus southcentralus westcentralus westus westus2 westus3 canadacentral canadaeast
		brazilsouth northeurope westeurope francecentral francesouth germanywestcentral germanynorth norwayeast norwaywest
		polandcentral italynorth spaincentral swedencentral switzerlandnorth switzerlandwest uksouth ukwest uaenorth uaecentral
		southafricanorth southafricawest qatarcentral israelcentral centralindia southindia westindia eastasia southeastasia
		japaneast japanwest koreacentral koreasouth australiaeast australiasoutheast australiacentral newzealandnorth mexicocentral`)
)

// labelKeys are the keys of labels and annotations that stay, and what becomes of
// their values, where that is not what becomes of any.
var labelKeys = map[string]func(m *Mask, v string) string{
	"kubernetes.io/os": (*Mask).labelWord, "kubernetes.io/arch": (*Mask).labelWord,
	"beta.kubernetes.io/os": (*Mask).labelWord, "beta.kubernetes.io/arch": (*Mask).labelWord,
	"topology.kubernetes.io/region": (*Mask).place, "topology.kubernetes.io/zone": (*Mask).place,
	"failure-domain.beta.kubernetes.io/region": (*Mask).place, "failure-domain.beta.kubernetes.io/zone": (*Mask).place,
	"node.kubernetes.io/instance-type": (*Mask).machine, "beta.kubernetes.io/instance-type": (*Mask).machine,
	"kubernetes.io/hostname": (*Mask).nodeName, "kubernetes.io/metadata.name": (*Mask).namespace,
	"statefulset.kubernetes.io/pod-name": (*Mask).podName, "apps.kubernetes.io/pod-index": (*Mask).number,
	"batch.kubernetes.io/job-name": (*Mask).jobName, "job-name": (*Mask).jobName,
	"batch.kubernetes.io/job-completion-index": (*Mask).number, "batch.kubernetes.io/cronjob-scheduled-timestamp": (*Mask).moment,
	"batch.kubernetes.io/controller-uid": (*Mask).UID, "controller-uid": (*Mask).UID,
	"kubectl.kubernetes.io/restartedAt": (*Mask).moment, "endpoints.kubernetes.io/last-change-trigger-time": (*Mask).moment,
	"deployment.kubernetes.io/revision": (*Mask).number, "deployment.kubernetes.io/desired-replicas": (*Mask).number,
	"deployment.kubernetes.io/max-replicas": (*Mask).number, "node.alpha.kubernetes.io/ttl": (*Mask).number,
	"prometheus.io/port": (*Mask).number, "argocd.argoproj.io/sync-wave": (*Mask).number,
	"kubernetes.io/ingress.class": (*Mask).labelClass, "meta.helm.sh/release-namespace": (*Mask).namespace,
	"volume.kubernetes.io/selected-node": (*Mask).nodeName,
}

func init() { //nolint:gochecknoinits // the rest of the table, whose values are masked as any
	for key := range setOf(`
		app k8s-app tier component version release chart heritage name role environment env pod-template-hash controller-revision-hash
		pod-template-generation
		app.kubernetes.io/name app.kubernetes.io/instance app.kubernetes.io/version app.kubernetes.io/component
		app.kubernetes.io/part-of app.kubernetes.io/managed-by app.kubernetes.io/created-by helm.sh/chart
		node.kubernetes.io/exclude-from-external-load-balancers node.kubernetes.io/not-ready node.kubernetes.io/unreachable
		node.kubernetes.io/unschedulable node.kubernetes.io/memory-pressure node.kubernetes.io/disk-pressure
		node.kubernetes.io/pid-pressure node.kubernetes.io/network-unavailable node.kubernetes.io/out-of-service
		node.cloudprovider.kubernetes.io/uninitialized node.cloudprovider.kubernetes.io/shutdown nvidia.com/gpu CriticalAddonsOnly
		pod-security.kubernetes.io/enforce pod-security.kubernetes.io/audit pod-security.kubernetes.io/warn istio-injection
		kubectl.kubernetes.io/default-container ingressclass.kubernetes.io/is-default-class storageclass.kubernetes.io/is-default-class
		meta.helm.sh/release-name argocd.argoproj.io/tracking-id kustomize.toolkit.fluxcd.io/name prometheus.io/scrape
		prometheus.io/path prometheus.io/scheme sidecar.istio.io/inject linkerd.io/inject karpenter.sh/do-not-disrupt
		karpenter.sh/nodepool karpenter.sh/capacity-type eks.amazonaws.com/nodegroup eks.amazonaws.com/capacityType
		cloud.google.com/gke-nodepool cloud.google.com/gke-spot kubernetes.azure.com/agentpool
		cluster-autoscaler.kubernetes.io/safe-to-evict service.kubernetes.io/topology-mode
		volume.kubernetes.io/storage-provisioner nginx.ingress.kubernetes.io/ssl-redirect
		nginx.ingress.kubernetes.io/force-ssl-redirect nginx.ingress.kubernetes.io/backend-protocol
		nginx.ingress.kubernetes.io/proxy-body-size nginx.ingress.kubernetes.io/proxy-read-timeout
		nginx.ingress.kubernetes.io/rewrite-target cert-manager.io/cluster-issuer cert-manager.io/issuer`) {
		labelKeys[key] = nil
	}
}

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}
