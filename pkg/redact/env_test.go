package redact_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestEnv(t *testing.T) {
	tests := []struct {
		name       string
		key, value string
		kept       bool
	}{
		{"a boolean is kept", "DEBUG", "true", true},
		{"a number is kept", "WORKERS", "8", true},
		{"a negative number is kept", "NICE", "-5", true},
		{"a fraction is kept", "RATIO", "0.75", true},
		{"a port is kept", "PORT", "8080", true},
		{"a listening address is kept", "LISTEN", "0.0.0.0:8080", true},
		{"a duration is kept", "TIMEOUT", "1m30s", true},
		{"days are kept", "RETENTION", "30d", true},
		{"an ISO duration is kept", "TIMEOUT", "P1DT2H30M", true},
		{"memory is kept", "GOMEMLIMIT", "512Mi", true},
		{"memory as Go writes it is kept", "GOMEMLIMIT", "512MiB", true},
		{"processor time is kept", "CPU", "250m", true},
		{"a percentage is kept", "MAX_RAM", "75%", true},
		{"a log level is kept", "LOG_LEVEL", "INFO", true},
		{"an environment's name is kept", "APP_ENV", "production", true},
		{"an empty value is kept", "EXTRA", "", true},
		{"a reference is kept", "NAME", "$(POD_NAME)", true},
		{"any other word is dropped", "THEME", "hunter2", false},
		{"a host is dropped", "DB_HOST", "db.shop.svc", false},
		{"a URL is dropped", "UPSTREAM", "https://u:p@h/", false},
		{"a password is dropped", "DB_PASSWORD", "hunter2", false},
		{"a numeric password is dropped", "DB_PASSWORD", "12345678", false},
		{"a PIN is dropped", "PIN", "1234", false},
		{"a boolean under a telling name is dropped", "AUTH_ENABLED", "true", false},
		{"a lifetime under a telling name is dropped", "TOKEN_TTL", "3600", false},
		{"a card number is dropped", "CARD", "41111111111111111111", false},
		{"hexadecimal is dropped", "ID", "0xdeadbeef", false},
		{"a word that parses as a number is dropped", "X", "Infinity", false},
		{"a reference with a default is dropped", "X", "${A:-hunter2}", false},
		{"half an ISO duration is dropped", "X", "P", false},
		{"a price is not a quantity", "X", "12eur", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kept, ok := redact.Env(tt.key, tt.value)
			require.Equal(t, tt.kept, ok)
			if ok {
				require.Equal(t, tt.value, kept)
			} else {
				require.Empty(t, kept)
			}
		})
	}
}
