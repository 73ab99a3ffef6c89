package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// TestReadme holds the README to what the program really prints, and its table
// of rules to the rules.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	Main(context.Background(), []string{"safemig", "lint", "testdata/sample"}, strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
	if !bytes.Contains(readme, bytes.TrimSpace(stdout.Bytes())) {
		t.Errorf("README.md does not show what lint of testdata/sample prints:\n%s%s", stdout.String(), stderr.String())
	}
	stdout.Reset()
	sql := "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);\n"
	args := []string{"safemig", "fix", "--server-version", "16", "--stdin-filename", "testdata/sample/004_orders_user.up.sql", "-"}
	Main(context.Background(), args, strings.NewReader(sql), &stdout, &stderr, func(string) string { return "" })
	if !bytes.Contains(readme, bytes.TrimSpace(stdout.Bytes())) || !bytes.Contains(readme, []byte(strings.TrimSpace(sql))) {
		t.Errorf("README.md does not show what fix prints:\n%s%s", stdout.String(), stderr.String())
	}
	for _, r := range rules.All() {
		row := fmt.Sprintf("| [`%s`](docs/rules/%s.md) | %s | %s |", r.ID, r.ID, r.Severity, r.Doc.Title)
		if !bytes.Contains(readme, []byte(row)) {
			t.Errorf("README.md lacks the row of a rule:\n%s", row)
		}
	}
}
