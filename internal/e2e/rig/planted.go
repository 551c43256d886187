package rig

// PlantedSecrets are the secrets that SeedSmall leaves in the cluster, where
// people leave them: none may ever be shown, stored or sent by fred. What the
// API holds in base64 is here in both forms.
var PlantedSecrets = []string{
	// On nodes and namespaces.
	"k7Zq2XwV9tRb",
	"pl4ntNsAnn-T4mWx8Qz",
	// In Secrets, in clear and as the API returns them.
	"pl4ntSecret-Yb3kVw6HsLq0",
	"cGw0bnRTZWNyZXQtWWIza1Z3NkhzTHEw",
	// In ConfigMaps.
	"pl4ntCmFlat-W9xTq4Lm",
	"pl4ntCmEnv-8Rk2VzNp",
	"pl4ntCmSql-Jf7Qd1Xs",
	"pl4ntCmJson-5Hn8Wq2T",
	"pl4ntCmJsonKey-m3Vx9KdR",
	"pl4ntCmYaml-Zq6Lt0Bw",
	"pl4ntCmXml-Gk4Rv7Yx",
	"pl4ntCmJdbc-Dw2Ns8Fh",
	"pl4ntCmProps-Cx5Jm3Ty",
	"pl4ntCmPemowIBAAKCAQEAvN2qk3VtY0mS7zX1hLwQ9rJcD8fKbT5uPgEoWi",
	"pl4ntCmPemSecondLineQ7XwV9tRbLm4sYhTzKdNfGcJ2aUePiOoHyBq0M3xS6v",
	"pl4ntCmBinary-Uv1Ep9Ka",
	"a2V5c3RvcmUgcGFzc3dvcmQ9cGw0bnRDbUJpbmFyeS1VdjFFcDlLYQo=",
	"pl4ntCmDocker-Nq8Zr4Wm",
	"cm9ib3Q6cGw0bnRDbURvY2tlci1OcThacjRXbQ==",
	"pl4ntCmUrl-Gd9Xp5Vh",
	"pl4ntCmIni-Lk8Cq3Js",
	"pl4ntCmYamlFlow-Hz4Tw6Pn",
	// In annotations of workloads, Services and Ingresses.
	"pl4ntAnn-Ls9Wt3Gd",
	"pl4ntAnnUrl-Pb6Xk2Qv",
	"pl4ntLastApplied-Fy7Ck1Jn",
	"pl4ntSvcAnn-Ob4Wc7Uy",
	"pl4ntIngUrl-Iq2Xt8Zb",
	"pl4ntIngSnippet-Yw5Mv1Kr",
	// In containers: environment, arguments, commands, probes, hooks, volumes.
	"9150238847",
	"pl4ntEnv-Bg5Hr8Kt",
	"pl4ntEnvUrl-Zs1Fw6Jq",
	"pl4ntStsEnv-Vp2Gn8Mk",
	"pl4ntJobEnv-Ax3Kw7Tq",
	"pl4ntRolloutEnv-Rm6Bn2Fc",
	"pl4ntInitEnv-Wk3Tx7Hb",
	"pl4ntInitCmd-Ra8Vm5Ze",
	"pl4ntArgEq-Mn4Qs9Lc",
	"pl4ntArgNext-Xv6Dy2Pf",
	"pl4ntCronArg-Js5Lz9Nd",
	"pl4ntCommand-Ek9Yv4Xz",
	"pl4ntProbe-Tc7Nx3Ws",
	"pl4ntHook-Qd8Lm2Vy",
	"pl4ntCsi-Ht6Jb1Rw",
	// In the status of pods.
	"pl4ntTermination-Sx9Gk4Vd",
	"pl4ntWaiting-Ub7Rt2Cy",
}
