package cli

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/lsp"
)

// typingPause is how long no key must be pressed before a file is judged: shorter
// than anybody notices, and long enough for a word that is pasted or completed.
const typingPause = 30 * time.Millisecond

func (p *program) lspCommand() *cli.Command {
	flags := slices.DeleteFunc(inputFlags(), func(f cli.Flag) bool { return slices.Contains(f.Names(), flagStdinFilename) })
	return command(&cli.Command{
		Name:  "lsp",
		Usage: "the language server: findings, locks and safe forms in an editor",
		Description: "It speaks the Language Server Protocol on stdin and stdout; an editor starts it. docs/editors.md says how.\n" +
			"Flags are as for lint, and hold for all files; what is not given comes from the configuration nearest to each file.",
		Flags: append(flags,
			&cli.StringFlag{Name: flagStats, Usage: "`FILE` with the sizes of the tables, which safemig stats writes"},
			// https://github.com/microsoft/vscode-languageserver-node/blob/main/client/src/node/main.ts
			&cli.BoolFlag{Name: "stdio", DisableDefaultText: true, Usage: "speak on stdin and stdout, as it does in any case: some clients say so"},
		),
		Action: p.lsp,
	})
}

func (p *program) lsp(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage(c.Command, "lsp takes no paths: the editor tells which files are open")
	}
	if err := oneOf(c, flagDialect, dialects()); err != nil {
		return err
	}
	if err := oneOf(c, flagLayout, layouts()); err != nil {
		return err
	}
	quiet := *p
	e := &editor{program: &quiet, cli: c, history: newHistory(), configs: map[string]*readConfig{}}
	server := lsp.NewServer(interruptible(c.Context, p.stdin), p.stdout, e, lsp.Options{Version: versionOf(nil, version).Safemig, Pause: typingPause})
	quiet.stderr = &eachOnce{say: server.Logf, said: map[string]bool{}}
	return server.Run(c.Context)
}

// eachOnce passes lines on, those of one text once: an editor has a file judged
// many times, and its log shall be worth reading.
type eachOnce struct {
	mu   sync.Mutex
	say  func(format string, args ...any)
	said map[string]bool
}

// mostSaid bounds what is remembered.
const mostSaid = 1000

func (o *eachOnce) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	line := strings.TrimPrefix(strings.TrimRight(string(text), "\n"), "safemig: ")
	if o.said[line] {
		return len(text), nil
	}
	if len(o.said) >= mostSaid {
		clear(o.said)
	}
	o.said[line] = true
	o.say("%s", line)
	return len(text), nil
}
