package cli

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/term"
)

var update = flag.Bool("update", false, "write generated files instead of comparing them")

// TestDocsOfCommandsAndSettingsAreThoseOfTheSource renews docs/cli and
// docs/settings.md with -update, and otherwise fails where they have drifted.
func TestDocsOfCommandsAndSettingsAreThoseOfTheSource(t *testing.T) {
	t.Setenv("HOME", "/home/you")
	pages := map[string][]byte{"settings.md": []byte(config.Document())}
	for _, cmd := range tree(newRoot(newFactory(term.Streams{}, func(string) string { return "" }, Options{Version: "dev"}), "fred", Options{})) {
		var b bytes.Buffer
		require.NoError(t, doc.GenMarkdown(cmd, &b))
		pages[filepath.Join("cli", strings.ReplaceAll(cmd.CommandPath(), " ", "_")+".md")] = b.Bytes()
	}
	for name, want := range pages {
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, want, 0o644))
			continue
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err, "run: make docs")
		require.Equal(t, string(want), string(got), "%s has drifted: run make docs", name)
	}
	left, err := filepath.Glob("../../docs/cli/*.md")
	require.NoError(t, err)
	for _, path := range left {
		require.Contains(t, pages, filepath.Join("cli", filepath.Base(path)), "a page of a command that is no more")
	}
}

// tree returns cmd and all commands below it that people see.
func tree(cmd *cobra.Command) []*cobra.Command {
	cmd.DisableAutoGenTag = true
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && !c.IsAdditionalHelpTopicCommand() {
			all = append(all, tree(c)...)
		}
	}
	return all
}

func TestEveryCommandSaysWhatItDoesAndHowToUseIt(t *testing.T) {
	for _, cmd := range tree(newRoot(newFactory(term.Streams{}, func(string) string { return "" }, Options{}), "fred", Options{})) {
		require.NotEmpty(t, cmd.Short, cmd.CommandPath())
		if cmd.Runnable() && cmd.Name() != "version" && cmd.Name() != "config" {
			require.NotEmpty(t, cmd.Example, cmd.CommandPath())
		}
	}
}
