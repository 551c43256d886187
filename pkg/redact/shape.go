package redact

// shape is a key that its issuer gave a recognizable beginning: prefix, then
// at least min characters of body. mixed asks for digits and capitals as well,
// alone for no letter or digit before it, where prefix could be part of a name.
type shape struct {
	rule, prefix string
	body         *charset
	min          int
	mixed, alone bool
}

// shapes are published or well-known formats; a body is asked to be a little
// shorter than issuers make it, as truncated keys are worth masking too.
var shapes = []shape{
	{rule: ruleAWSKey, prefix: "AKIA", body: upperNum, min: 16, alone: true},
	{rule: ruleAWSKey, prefix: "ASIA", body: upperNum, min: 16, alone: true},
	{rule: ruleAWSKey, prefix: "ABIA", body: upperNum, min: 16, alone: true},
	{rule: ruleAWSKey, prefix: "ACCA", body: upperNum, min: 16, alone: true},
	{rule: "google-api-key", prefix: "AIza", body: tokenSet, min: 32},
	{rule: "google-oauth", prefix: "ya29.", body: tokenSet, min: 20},
	{rule: "google-oauth", prefix: "GOCSPX-", body: tokenSet, min: 20},
	{rule: "github-token", prefix: "ghp_", body: alnum, min: 30},
	{rule: "github-token", prefix: "gho_", body: alnum, min: 30},
	{rule: "github-token", prefix: "ghu_", body: alnum, min: 30},
	{rule: "github-token", prefix: "ghs_", body: alnum, min: 30},
	{rule: "github-token", prefix: "ghr_", body: alnum, min: 30},
	{rule: "github-token", prefix: "github_pat_", body: tokenSet, min: 22},
	{rule: "gitlab-token", prefix: "glpat-", body: bearers, min: 18},
	{rule: "gitlab-token", prefix: "gldt-", body: bearers, min: 18},
	{rule: "gitlab-token", prefix: "glrt-", body: bearers, min: 18},
	{rule: "gitlab-token", prefix: "glptt-", body: bearers, min: 18},
	{rule: "gitlab-token", prefix: "glcbt-", body: bearers, min: 18},
	{rule: "gitlab-token", prefix: "glsoat-", body: bearers, min: 18},
	{rule: "gitlab-token", prefix: "glagent-", body: bearers, min: 40},
	{rule: "slack-token", prefix: "xoxb-", body: tokenSet, min: 10},
	{rule: "slack-token", prefix: "xoxp-", body: tokenSet, min: 10},
	{rule: "slack-token", prefix: "xoxa-", body: tokenSet, min: 10},
	{rule: "slack-token", prefix: "xoxr-", body: tokenSet, min: 10},
	{rule: "slack-token", prefix: "xoxs-", body: tokenSet, min: 10},
	{rule: "slack-token", prefix: "xoxe", body: bearers, min: 20, mixed: true},
	{rule: "slack-token", prefix: "xapp-1-A", body: tokenSet, min: 20},
	{rule: "stripe-key", prefix: "sk_live_", body: alnum, min: 10},
	{rule: "stripe-key", prefix: "sk_test_", body: alnum, min: 10},
	{rule: "stripe-key", prefix: "rk_live_", body: alnum, min: 10},
	{rule: "stripe-key", prefix: "rk_test_", body: alnum, min: 10},
	{rule: "stripe-key", prefix: "whsec_", body: base64s, min: 24},
	{rule: "sendgrid-key", prefix: "SG.", body: bearers, min: 40, mixed: true, alone: true},
	{rule: "npm-token", prefix: "npm_", body: alnum, min: 30, alone: true},
	{rule: "pypi-token", prefix: "pypi-AgE", body: tokenSet, min: 40},
	{rule: "rubygems-key", prefix: "rubygems_", body: hexSet, min: 40},
	{rule: "openai-key", prefix: "sk-proj-", body: tokenSet, min: 20},
	{rule: "anthropic-key", prefix: "sk-ant-", body: tokenSet, min: 20},
	{rule: "openrouter-key", prefix: "sk-or-v1-", body: hexSet, min: 32},
	{rule: "openai-key", prefix: "sk-", body: tokenSet, min: 20, mixed: true, alone: true},
	{rule: "llm-key", prefix: "sk-", body: hexSet, min: 32, alone: true},
	{rule: "llm-key", prefix: "gsk_", body: alnum, min: 40},
	{rule: "llm-key", prefix: "xai-", body: alnum, min: 40, mixed: true, alone: true},
	{rule: "llm-key", prefix: "pplx-", body: alnum, min: 40, mixed: true, alone: true},
	{rule: "huggingface-token", prefix: "hf_", body: alnum, min: 30, alone: true},
	{rule: "replicate-token", prefix: "r8_", body: alnum, min: 36, alone: true},
	{rule: "digitalocean-token", prefix: "dop_v1_", body: hexSet, min: 60},
	{rule: "digitalocean-token", prefix: "doo_v1_", body: hexSet, min: 60},
	{rule: "digitalocean-token", prefix: "dor_v1_", body: hexSet, min: 60},
	{rule: "vault-token", prefix: "hvs.", body: tokenSet, min: 20, alone: true},
	{rule: "vault-token", prefix: "hvb.", body: tokenSet, min: 20, alone: true},
	{rule: "vault-token", prefix: "hvr.", body: tokenSet, min: 20, alone: true},
	{rule: "age-key", prefix: "AGE-SECRET-KEY-1", body: alnum, min: 50},
	{rule: "docker-token", prefix: "dckr_pat_", body: tokenSet, min: 20},
	{rule: "docker-token", prefix: "dckr_oat_", body: tokenSet, min: 20},
	{rule: "grafana-token", prefix: "glsa_", body: tokenSet, min: 30},
	{rule: "grafana-token", prefix: "glc_", body: base64s, min: 30, alone: true},
	{rule: "databricks-token", prefix: "dapi", body: hexSet, min: 32, alone: true},
	{rule: "twilio-key", prefix: "SK", body: hexSet, min: 32, alone: true},
	{rule: "shopify-token", prefix: "shpat_", body: hexSet, min: 32},
	{rule: "shopify-token", prefix: "shpss_", body: hexSet, min: 32},
	{rule: "shopify-token", prefix: "shpca_", body: hexSet, min: 32},
	{rule: "atlassian-token", prefix: "ATATT3", body: bearers, min: 40},
	{rule: "newrelic-key", prefix: "NRAK-", body: upperNum, min: 24},
	{rule: "alibaba-key", prefix: "LTAI", body: alnum, min: 16, alone: true, mixed: true},
	{rule: "tailscale-key", prefix: "tskey-", body: tokenSet, min: 16},
	{rule: "doppler-token", prefix: "dp.pt.", body: alnum, min: 36},
	{rule: "doppler-token", prefix: "dp.st.", body: bearers, min: 36},
	{rule: "linear-key", prefix: "lin_api_", body: alnum, min: 32},
	{rule: "planetscale-token", prefix: "pscale_tkn_", body: bearers, min: 28},
	{rule: "planetscale-token", prefix: "pscale_pw_", body: bearers, min: 28},
	{rule: "postman-key", prefix: "PMAK-", body: tokenSet, min: 40},
	{rule: "sentry-token", prefix: "sntrys_", body: bearers, min: 40},
	{rule: "sentry-token", prefix: "sntryu_", body: hexSet, min: 40},
	{rule: "scaleway-key", prefix: "SCW", body: upperNum, min: 17, alone: true, mixed: true},
	{rule: "jwk", prefix: `"d":"`, body: tokenSet, min: 32},
	{rule: "azure-client-secret", prefix: "8Q~", body: bearers, min: 30},
	{rule: "terraform-token", prefix: ".atlasv1.", body: bearers, min: 40},
}

func shapeAnchors() []anchor {
	list := make([]anchor, 0, len(shapes)+len(oddShapes))
	for _, s := range shapes {
		list = append(list, anchor{text: s.prefix, rule: s.rule, find: s.find})
	}
	return append(list, oddShapes...)
}

func (s shape) find(text string, at int) (from, to int) {
	body := at + len(s.prefix)
	head := text[body:min(len(text), body+window)]
	head = head[:s.body.run(head, 0)]
	if len(head) < s.min || s.alone && !bounded(text, at) || s.mixed && !mixedCase(head) {
		return 0, 0
	}
	return at, body + s.body.run(text, body)
}

// window is how much of a possible key is looked at before it is taken for one.
// Without it text made of prefixes would cost the square of its length.
const window = 256

// bounded reports whether no letter or digit runs into position at. The n of
// an escaped line end and the digits of %3D are none.
func bounded(s string, at int) bool {
	if at == 0 || !alnum[s[at-1]] {
		return true
	}
	return at > 1 && s[at-2] == '\\' || at > 2 && s[at-3] == '%'
}

func mixedCase(s string) bool {
	upper, digit := false, false
	for i := range len(s) {
		upper = upper || isUpper(s[i])
		digit = digit || isDigit(s[i])
	}
	return upper && digit
}
