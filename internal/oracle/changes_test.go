package oracle

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mostShown is how many differences are shown before the test gives up.
const mostShown = 20

// pair is a teller of each build, and how often they differed.
type pair struct {
	of   [2]*teller
	seen map[verdict]int
}

// verdict is how the answers to a text compare: "" where they are the same.
type verdict string

const (
	elsewhere verdict = "both refuse, at different words"
	onlyCgo   verdict = "only cgo takes it"
	onlyPure  verdict = "only purego takes it"
	otherwise verdict = "both take it, as different changes"
)

// judge holds what the two say of a text against each other.
func judge(cgo, pure string) verdict {
	switch {
	case cgo == pure:
		return ""
	case withoutRefusals(cgo) == withoutRefusals(pure):
		return elsewhere
	case refusals(cgo) < refusals(pure):
		return onlyCgo
	case refusals(cgo) > refusals(pure):
		return onlyPure
	}
	return otherwise
}

func refusals(told string) int { return strings.Count("\n"+told, "\nrefused ") }

// withoutRefusals is what is said of a text, but for the words at which the
// grammar gives up: a parser that is not made from its tables knows others.
func withoutRefusals(told string) string {
	var kept []string
	for line := range strings.Lines(told) {
		if !strings.HasPrefix(line, "refused ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// compare asks both of a text, and fails where their verdict is none of the allowed.
func (p *pair) compare(t *testing.T, from, text string, allowed ...verdict) {
	t.Helper()
	for _, of := range p.of {
		of.ask(t, text)
	}
	cgo, pure := p.of[0].answer(t), p.of[1].answer(t)
	v := judge(cgo, pure)
	if v == "" {
		return
	}
	p.seen[v]++
	report := t.Errorf
	if slices.Contains(allowed, v) {
		report = t.Logf
	}
	if p.seen[v] <= mostShown {
		report("%s: %s (-cgo +purego)\n%.1000s\n%s", from, v, text, cmp.Diff(cgo, pure))
	}
}

// TestChanges holds the changes against each other that files make, and that
// each of their statements makes by itself, as it is and as it should not be.
func TestChanges(t *testing.T) {
	folder := t.TempDir()
	p := pair{seen: map[verdict]int{}}
	for i, b := range builds() {
		p.of[i] = b.teller(t, folder)
	}
	seen := map[string]bool{}
	var statements []string
	for _, project := range append(testFolders(), corpora(t)...) {
		files, before := 0, len(statements)
		eachText(t, project, func(path, text string) {
			files++
			p.compare(t, path, text, elsewhere)
			for _, s := range statementsOf(text) {
				if !seen[s] {
					seen[s] = true
					statements = append(statements, s)
					p.compare(t, path, s, elsewhere)
				}
			}
		})
		t.Logf("%s: %d files, %d statements that are in none before", project, files, len(statements)-before)
	}
	t.Logf("of these: %v", p.seen)
	clear(p.seen)
	p.mutants(t, statements)
}

// mutants holds what is understood of statements against each other whose words were moved.
func (p *pair) mutants(t *testing.T, statements []string) {
	count := 5000
	if given := os.Getenv("SAFEMIG_MUTANTS"); given != "" {
		var err error
		if count, err = strconv.Atoi(given); err != nil {
			t.Fatalf("SAFEMIG_MUTANTS: %v", err)
		}
	}
	seed := uint64(count)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range count {
		text := mutant(random, statements)
		p.compare(t, "mutant "+strconv.Itoa(i), text, elsewhere, onlyCgo, onlyPure)
	}
	t.Logf("of %d mutants: %v", count, p.seen)
}
