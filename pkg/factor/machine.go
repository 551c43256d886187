package factor

import (
	"cmp"
	"fmt"
	"strings"
	"sync"

	"github.com/fredctl/fred/pkg/unit"
)

// Machine is a type of machine that a cloud rents out.
type Machine struct {
	Provider          string
	Type              string
	CPUs              int // vCPU
	Memory            unit.Bytes
	Microarchitecture string
	HourlyUSD         string // list price on demand, decimal
	PriceRegion       string
	PriceDate         string
	PriceSource       string
}

var machines = sync.OnceValue(func() map[[2]string]Machine {
	all := map[[2]string]Machine{}
	open("instance_types.csv").each(func(r row) {
		m := Machine{
			Provider: r.text("provider"), Type: r.text("type"), CPUs: int(r.number("vcpu")),
			Memory: unit.Bytes(r.number("mem_gib") * (1 << 30)), Microarchitecture: r.text("microarchitecture"),
			HourlyUSD: r.text("on_demand_usd_hour"), PriceRegion: r.text("price_region"), PriceDate: r.text("price_date"), PriceSource: r.text("price_source"),
		}
		all[[2]string{m.Provider, strings.ToLower(m.Type)}] = m
	})
	return all
})

// MachineOf returns the machine of that type, and false where no table has it: its
// zero value then.
func MachineOf(provider, instanceType string) (Machine, bool) {
	m, ok := machines()[[2]string{Provider(provider), strings.ToLower(instanceType)}]
	return m, ok
}

type power struct {
	idle, full Factor
}

var powers = sync.OnceValue(func() map[[2]string]power {
	all := map[[2]string]power{}
	open("cpu_power.csv").each(func(r row) {
		p := power{r.factor("min_w_per_vcpu"), r.factor("max_w_per_vcpu")}
		p.idle.Note, p.full.Note = r.text("note"), r.text("note")
		all[[2]string{r.text("provider"), r.text("microarchitecture")}] = p
	})
	return all
})

// certainty is how far off, either way, published figures of one processor are.
const certainty = 0.5

// Power returns what a vCPU draws when it does nothing and when it works all the
// time, in watts of the whole server. Of an unknown microarchitecture it is the
// mean that is published for the provider, in the range of all servers in the table.
func Power(provider, microarchitecture string) (idle, full Factor) {
	provider = Provider(provider)
	for _, key := range [][2]string{{provider, microarchitecture}, {"any", microarchitecture}} {
		if p, ok := powers()[key]; ok && microarchitecture != "" && microarchitecture != "unknown" {
			return p.idle.uncertain(certainty), p.full.uncertain(certainty)
		}
	}
	p, ok := powers()[[2]string{provider, "unknown"}]
	if !ok {
		p = powers()[[2]string{"on-prem", "unknown"}]
	}
	for key, other := range powers() {
		if key[1] != "unknown" {
			p.idle, p.full = p.idle.within(other.idle.Value), p.full.within(other.full.Value)
		}
	}
	return p.idle, p.full
}

// family is the largest machine of a family: a whole server.
type family struct {
	cpus, memory, sockets float64
	source                string
}

var families = sync.OnceValue(func() map[[2]string]family {
	all := map[[2]string]family{}
	open("families.csv").each(func(r row) {
		all[[2]string{r.text("provider"), r.text("family")}] = family{r.number("vcpu"), r.number("mem_gib"), r.number("sockets"), r.text("source")}
	})
	return all
})

// usual is the server that a machine of an unknown family is taken to be part of.
var usual = family{96, 384, 2, "assumed"}

// familyOf returns the family of a type: m5.large is of m5, n2-standard-4 of n2.
func familyOf(provider, instanceType string) (family, bool) {
	name, _, _ := strings.Cut(strings.ToLower(instanceType), ".")
	name, _, _ = strings.Cut(name, "-")
	f, ok := families()[[2]string{Provider(provider), name}]
	return f, ok
}

// Embodied returns what making a machine of that type, with that many vCPU, has
// emitted, in gCO2e per hour of its use: its share of its server's making, by
// vCPU, over four years (Cloud Carbon Footprint's formula).
func Embodied(provider, instanceType string, cpus float64) Factor {
	server, known := familyOf(provider, instanceType)
	if !known {
		server = usual
		server.cpus = max(server.cpus, cpus)
	}
	c := constants()
	kg := c["embodied_server_base"] + max(0, server.memory-16)*c["embodied_dram"] + (server.sockets-1)*c["embodied_cpu_extra"]
	f := Factor{
		Value: kg * 1000 / c["server_lifespan"] * cpus / server.cpus, Source: "cloud-carbon-footprint",
		Note: fmt.Sprintf("%s: %g of %g vCPU of a server of %.5g kgCO2e, over %g hours", cmp.Or(instanceType, "machine"), cpus, server.cpus, kg, c["server_lifespan"]),
	}
	if !known {
		f.Note += "; the server is assumed"
	}
	return f.uncertain(certainty)
}

// Constant returns a constant of constants.csv. It panics where that has none of that key.
func Constant(key string) float64 {
	v, ok := constants()[key]
	if !ok {
		panic(fmt.Errorf("constants.csv has no %q", key))
	}
	return v
}

var constants = sync.OnceValue(func() map[string]float64 {
	all := map[string]float64{}
	open("constants.csv").each(func(r row) { all[r.text("key")] = r.number("value") })
	return all
})
