package redact_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestArgs(t *testing.T) {
	tests := []struct {
		name       string
		args, want []string
	}{
		{"a port is kept", []string{"--port=8080"}, []string{"--port=8080"}},
		{"a port as the next word is kept", []string{"--port", "8080"}, []string{"--port", "8080"}},
		{"a listening address is kept", []string{"--listen=:8080"}, []string{"--listen=:8080"}},
		{"a log level is kept", []string{"--log-level", "debug"}, []string{"--log-level", "debug"}},
		{"a password is typed", []string{"--password=hunter2"}, []string{"--password=‹string›"}},
		{"a numeric password is typed", []string{"--password=12345"}, []string{"--password=‹string›"}},
		{"a password as the next word is typed", []string{"--password", "hunter2"}, []string{"--password", "‹string›"}},
		{"a password that begins with a dash is typed", []string{"--password", "-Hunter2"}, []string{"--password", "‹string›"}},
		{"a flag behind a telling one is a flag", []string{"--password", "--verbose"}, []string{"--password", "--verbose"}},
		{"-p takes a password", []string{"-p", "hunter2"}, []string{"-p", "‹string›"}},
		{"-p may have it glued on", []string{"-phunter2"}, []string{"-p‹string›"}},
		{"-p may have a plain word glued on", []string{"-pgarden"}, []string{"-p‹string›"}},
		{"-port is a flag of Go", []string{"-port=80"}, []string{"-port=80"}},
		{"curl's -u is typed", []string{"-u", "admin:hunter2"}, []string{"-u", "‹string›"}},
		{"a numeric login is typed", []string{"-u", "12345"}, []string{"-u", "‹string›"}},
		{"a word like an assignment is typed", []string{"password=hunter2"}, []string{"password=‹string›"}},
		{"a harmless assignment is kept", []string{"replicas=3"}, []string{"replicas=3"}},
		{"a Java property is typed", []string{"-Dspring.datasource.password=hunter2"}, []string{"-Dspring.datasource.password=‹string›"}},
		{"a harmless Java property is kept", []string{"-Dserver.port=8080"}, []string{"-Dserver.port=8080"}},
		{"a heap size is kept", []string{"-Xmx512m"}, []string{"-Xmx512m"}},
		{"a JVM option is kept", []string{"-XX:MaxRAMPercentage=75.0"}, []string{"-XX:MaxRAMPercentage=75.0"}},
		{"a URL is typed", []string{"--db=postgres://u:hunter2@db/x"}, []string{"--db=‹url›"}},
		{"a path is typed", []string{"--config=/etc/app.yaml"}, []string{"--config=‹path›"}},
		{"a host is typed", []string{"--db-host=db.shop.svc:5432"}, []string{"--db-host=‹host›"}},
		{"a reference is kept", []string{"--password=$(DB_PASSWORD)"}, []string{"--password=$(DB_PASSWORD)"}},
		{"a subcommand is kept", []string{"server", "hunter2"}, []string{"server", "‹string›"}},
		{"a sentence is told by its length", []string{"two words"}, []string{"‹text, 9 bytes›"}},
		{"base64 is no assignment", []string{"c2VjcmV0cGFzc3dvcmQ="}, []string{"‹string›"}},
		{"a token is no flag", []string{"--" + letters(24) + "=1"}, []string{"‹string›"}},
		{"a script without a shell is told by its length", []string{"-c", "echo hunter2"}, []string{"-c", "‹script, 12 bytes›"}},
		{"the end of flags is kept", []string{"--", "hunter2"}, []string{"--", "‹string›"}},
		{"what was typed before stays", []string{"--x=‹path›", "‹string›"}, []string{"--x=‹path›", "‹string›"}},
		{"nothing is nothing", nil, nil},
		{"an empty list stays one", []string{}, []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, redact.Args(tt.args))
		})
	}
}

func TestCommand(t *testing.T) {
	tests := []struct {
		name                           string
		command, args, wantCmd, wantAr []string
	}{
		{"the program is kept", []string{"/usr/bin/web", "x"}, nil, []string{"/usr/bin/web", "‹string›"}, nil},
		{"a shell's script is told by its length", []string{"/bin/sh", "-c"}, []string{"export P=hunter2; run"}, []string{"/bin/sh", "-c"}, []string{"‹script, 21 bytes›"}},
		{"so is one in the command", []string{"bash", "-ec", "run hunter2", "x"}, nil, []string{"bash", "-ec", "‹script, 11 bytes›", "‹string›"}, nil},
		{"and Python's", []string{"python3", "-c", "print('hunter2')"}, nil, []string{"python3", "-c", "‹script, 16 bytes›"}, nil},
		{"-c elsewhere takes a value", []string{"app", "-c", "5"}, nil, []string{"app", "-c", "5"}, nil},
		{"a flag's value may be the first argument", []string{"mysqladmin", "--password"}, []string{"12345"}, []string{"mysqladmin", "--password"}, []string{"‹string›"}},
		{"a first word that is no path is typed", []string{letters(30)}, nil, []string{"‹string›"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, a := redact.Command(tt.command, tt.args)
			require.Equal(t, tt.wantCmd, c)
			require.Equal(t, tt.wantAr, a)
		})
	}
}

func FuzzArgs(f *testing.F) {
	f.Add("--password=%")
	f.Add("--password\x00%")
	f.Add("/bin/sh\x00-c\x00echo %")
	f.Add("-D%=1")
	f.Add("a=%\x00-x%")
	secret := letters(24)
	f.Fuzz(func(t *testing.T, words string) {
		args := strings.Split(strings.ReplaceAll(words, "%", secret), "\x00")
		kept := redact.Args(args)
		require.Len(t, kept, len(args))
		require.NotContains(t, strings.Join(kept, " "), secret)
		command, _ := redact.Command(args, nil)
		require.NotContains(t, strings.Join(command, " "), secret)
	})
}
