// Package config turns flags, environment, settings file and defaults, in that
// order of precedence, into one typed struct. It is the only importer of viper.
package config

import "time"

// Config is every setting of fred. The tags are its documentation: `key` is the
// name in the file, `doc` what it means. The environment variable of a setting
// is FRED_ and its path in capitals with underscores: FRED_CACHE_URL.
type Config struct {
	Cache      Cache         `key:"cache"`
	Import     Import        `key:"import"`
	Prometheus Prometheus    `key:"prometheus"`
	Grid       Grid          `key:"grid"`
	FinOps     FinOps        `key:"finops"`
	Server     Server        `key:"server"`
	Cluster    InCluster     `key:"cluster"`
	Clusters   []Cluster     `key:"clusters" doc:"Settings of single clusters; the first entry whose context matches holds"`
	Offline    bool          `key:"offline" doc:"Ask no source, answer from the cache"`
	Timeout    time.Duration `key:"timeout" doc:"How long one command may wait for its sources" default:"30s"`
	Log        Log           `key:"log"`
	UI         UI            `key:"ui"`
}

// Cache says where the one cache is.
type Cache struct {
	URL string `key:"url" doc:"Where the cache is: file:///… or a path, s3://bucket/prefix?endpoint=…&region=…&profile=… to share it, or mem:// to keep nothing" default:"~/.fred/fred-backend-cache"`
}

// Import bounds what a zip may hold that is imported.
type Import struct {
	Entries   int   `key:"entries" doc:"How many files and folders a zip may hold that is imported" default:"120000"`
	Entry     Size  `key:"entry" doc:"How large one file of it may be, unpacked" default:"64Mi"`
	Total     Size  `key:"total" doc:"How large all files of it may be, unpacked" default:"2Gi"`
	Directory Size  `key:"directory" doc:"How large its directory may be" default:"64Mi"`
	Ratio     int64 `key:"ratio" doc:"How many times smaller than unpacked a file of over 1Mi may be" default:"100"`
}

// Server holds the settings of fred serve.
type Server struct {
	Address     string        `key:"address" doc:"Address to listen on" default:"127.0.0.1"`
	Port        int           `key:"port" doc:"Port to listen on; 0 takes a free one" default:"8000"`
	BaseURLPath string        `key:"baseURLPath" doc:"Path that every route lies under" default:"/fred"`
	Hosts       []string      `key:"hosts" doc:"Names, beside loopback's, under which fred may be reached"`
	Origins     []string      `key:"origins" doc:"Web origins, beside loopback's, whose pages may read answers"`
	Record      time.Duration `key:"record" doc:"How often footprints are read, so that they are kept and on /metrics; never when 0" default:"15m"`
	Insecure    bool          `key:"insecure" doc:"Listen beyond loopback although nobody has to log in"`
}

// Prometheus says where energy is read from.
type Prometheus struct {
	URL      string `key:"url" doc:"Address of the Prometheus that energy is read from; of one cluster alone, unless clusters have a selector"`
	Service  string `key:"service" doc:"Service of the cluster that the Prometheus is behind, in the place of an address: namespace/name:port, or namespace/https:name:port. It is asked through the API server, with the rights of the context"`
	Selector string `key:"selector" doc:"Label matchers that pick the cluster's series where the Prometheus has several: cluster=\"prod\""`

	Replicas []string `key:"replicas" doc:"Labels by which the replicas of a pair differ; prometheus_replica and replica when empty"`
	Token    Secret   `key:"token" doc:"Bearer token to log in with"`
	Username string   `key:"username" doc:"Name to log in with"`
	Password Secret   `key:"password" doc:"Password to log in with"`
	Headers  []Secret `key:"headers" doc:"Headers to send along, such as \"X-Scope-OrgID: shop\"; what follows the colon may be a secret"`
	CA       string   `key:"ca" doc:"File of the authorities that may have signed its certificate; the system's when empty"`
	Cert     string   `key:"cert" doc:"File of the client certificate to log in with"`
	Key      string   `key:"key" doc:"File of its key"`
	Proxy    string   `key:"proxy" doc:"Proxy to ask through; that of HTTPS_PROXY and NO_PROXY when empty"`
}

// Grid says who is asked what grids emit.
type Grid struct {
	Live               bool   `key:"live" doc:"Ask those who publish what the grid of a cluster emits by the hour: NESO for Great Britain, RTE for France, and whom there is a key for; else yearly means are all there is" default:"true"`
	ElectricityMapsKey Secret `key:"electricityMapsKey" doc:"Key of Electricity Maps, which is asked before others where it is set"`
	EIAKey             Secret `key:"eiaKey" doc:"Key of EIA, for grids of the United States"`

	ElectricityMapsURL string `key:"electricityMapsURL" doc:"Address of Electricity Maps in the place of its own, such as that of a mirror"`
	EIAURL             string `key:"eiaURL" doc:"The same of EIA"`
	NESOURL            string `key:"nesoURL" doc:"The same of NESO"`
	RTEURL             string `key:"rteURL" doc:"The same of RTE's open data"`
}

// FinOps says what costs are read from.
type FinOps struct {
	Focus  []string `key:"focus" doc:"Bill in FOCUS: files (.csv, .csv.gz, .zip), folders or patterns; nodes are estimated at list prices when empty"`
	Prices string   `key:"prices" doc:"CSV file of prices of machines, in the place of list prices: columns type, price_per_hour and, where they matter, provider, region, currency"`
}

// InCluster is the cluster that fred itself runs in.
type InCluster struct {
	Name string `key:"name" doc:"What to call the cluster that fred runs in, where there is no kubeconfig" default:"in-cluster"`
}

// Cluster holds the settings of the clusters whose context matches.
type Cluster struct {
	Context    string     `key:"context" doc:"Name of a context, or a glob"`
	Alias      string     `key:"alias" doc:"Short name"`
	Namespaces []string   `key:"namespaces" doc:"Namespaces to read where whole lists are forbidden"`
	Prometheus Prometheus `key:"prometheus"`
	Zone       string     `key:"zone" doc:"Zone of the grid the cluster is on: FR, AU-NSW; by its nodes' region when empty"`
	BillNames  []string   `key:"billNames" doc:"Names, beside that of the context, by which tags and IDs on bills know the cluster"`
	PUE        float64    `key:"pue" doc:"PUE of the data center; the region's or the provider's when 0"`
}

// Log says how much fred tells of its own doing, on stderr.
type Log struct {
	Level string `key:"level" doc:"debug, info, warn, error or off" default:"off"`
}

// UI holds what a web client asks for before it starts.
type UI struct {
	K8Features bool   `key:"k8Features" doc:"A web client shows its Kubernetes pages" default:"false"`
	Logo       string `key:"logo" doc:"Name of the logo a web client shows" default:"fred"`
}
