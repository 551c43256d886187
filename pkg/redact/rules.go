package redact

import "slices"

// Names of the rules, which placeholders and warnings show.
const (
	rulePEM      = "pem"
	ruleJWT      = "jwt"
	ruleAWSKey   = "aws-access-key"
	ruleAWS      = "aws-secret-key"
	ruleUserinfo = "userinfo"
	ruleBearer   = "bearer"
	ruleBasic    = "basic-auth"
	ruleName     = "telling-name"
	ruleEntropy  = "high-entropy"
	ruleHash     = "password-hash"
	ruleWebhook  = "webhook-url"
	ruleSQL      = "sql-password"
	ruleUnstable = "unstable"
)

// anchors hold every rule of the net.
var anchors = newAnchorTable(slices.Concat(shapeAnchors(), pemAnchors, urlAnchors, schemeAnchors, pairAnchors()))

// ruleNames hold every rule that a placeholder may name.
var ruleNames = collectRuleNames()

func collectRuleNames() map[string]bool {
	names := set(rulePEM, ruleJWT, ruleAWSKey, ruleAWS, ruleUserinfo, ruleBearer, ruleBasic, ruleName,
		ruleEntropy, ruleHash, ruleWebhook, ruleSQL, ruleUnstable)
	for _, s := range shapes {
		names[s.rule] = true
	}
	return names
}
