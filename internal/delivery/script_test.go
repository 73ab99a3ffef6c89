package delivery

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// scripts are the shell scripts that users run; shellcheck finds what no run of them shows.
func TestShellScripts(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed: see .ci/deps")
	}
	scripts, err := filepath.Glob("../../.github/*/*.sh")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts of the action: %v", err)
	}
	cmd := exec.Command(shellcheck, append([]string{"-x", "install.sh"}, scripts...)...)
	for i, path := range scripts {
		cmd.Args[i+3], _ = filepath.Rel("../..", path)
	}
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
