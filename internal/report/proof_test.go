package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// golden holds output against testdata/report.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "report", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestProofText(t *testing.T) {
	for name, p := range proofs() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := ProofText(&b, p, Style{}); err != nil {
				t.Fatal(err)
			}
			golden(t, "proof-"+name+".txt", b.Bytes())
		})
	}
}

// TestProofTextFitsTheTerminal: also the narrowest, and nothing in it drives it.
func TestProofTextFitsTheTerminal(t *testing.T) {
	for name, p := range proofs() {
		for _, width := range []int{80, DefaultWidth, maxWidth} {
			var b bytes.Buffer
			if err := ProofText(&b, p, Style{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(b.String(), "\n") {
				if columns(line) > width {
					t.Errorf("%s: %d columns of %d: %s", name, columns(line), width, line)
				}
				if strings.ContainsFunc(line, unicode.IsControl) {
					t.Errorf("%s: a terminal would obey %q", name, line)
				}
			}
		}
	}
}

func TestProofQuietIsTheVerdict(t *testing.T) {
	p := provenExample()
	var b bytes.Buffer
	if err := ProofText(&b, p, Style{Quiet: true}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n > 3+len(p.Verdict())*2 || !strings.Contains(b.String(), "the plan holds") {
		t.Error(b.String())
	}
}

func TestVerdict(t *testing.T) {
	got := strings.Join(provenExample().Verdict(), "\n")
	want := `the plan holds
original: writes to orders blocked 8.20 s, reads 8.20 s; 412 statements of the old version failed (column "total" does not exist)
plan: longest stall 14 ms in step 1 (the machine's own: 9.0 ms); no statement failed
end state identical: 132 objects, 1,010,000 rows of 3 tables
1,204,331 application writes, none lost
way back: steps 5 to 1 were taken back to the start, and run again to the same end; step 6 cannot be undone: the old values of orders.total are gone`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestHolds: each thing alone is enough for a plan not to hold.
func TestHolds(t *testing.T) {
	if p := provenExample(); !p.Holds() {
		t.Fatal(p.Verdict())
	}
	for name, spoil := range map[string]func(*Proof){
		"no plan":                      func(p *Proof) { p.NoPlan = "too new" },
		"no step":                      func(p *Proof) { p.Plan.Steps = nil },
		"no load":                      func(p *Proof) { p.Plan.Buckets, p.Plan.Steps = nil, []ProofStep{{Title: "x"}} },
		"stopped":                      func(p *Proof) { p.Plan.Stopped = "step 2: lock timeout" },
		"failures":                     func(p *Proof) { p.Plan.Failed = []ProofFailure{{Side: "old", Error: "gone", Count: 1}} },
		"failures of a step":           func(p *Proof) { p.Plan.Steps[1].Failed = 1 },
		"failures of a bucket":         func(p *Proof) { p.Plan.Buckets[300].Failed = 1 },
		"lost":                         func(p *Proof) { p.Plan.Lost = []string{"orders 17"} },
		"another end":                  func(p *Proof) { p.End.Differences = []string{"orders.total"} },
		"another catalogue under load": func(p *Proof) { p.End.UnderLoad = []string{"orders_total_idx"} },
		"end not tried":                func(p *Proof) { p.End.Tried = false },
		"way back":                     func(p *Proof) { p.Back.Faults = []string{"step 2"} },
		"contradiction":                func(p *Proof) { p.Plan.Steps[0].Contradictions = []string{"lock"} },
		"contradiction of the original": func(p *Proof) {
			p.Original.Steps[0].Contradictions = []string{"lock"}
		},
		"stall": func(p *Proof) { p.Plan.Steps[0].Latency[3].Longest = 109*millis + time.Microsecond },
		"stall of all": func(p *Proof) {
			p.Plan.Steps[0].Latency[0].Longest = 109*millis + time.Microsecond
		},
		"stall between steps": func(p *Proof) { p.Plan.Buckets[395].Reads = time.Second },
	} {
		p := provenExample()
		spoil(p)
		if v := p.Verdict(); p.Holds() || !strings.HasPrefix(v[0], faultMark) {
			t.Errorf("%s: the plan holds: %q", name, v)
		}
	}
}

// TestHoldsWithinWhatIsAllowed: what the machine does by itself is nobody's stall, and
// what was slow before the first step is not the plan's.
func TestHoldsWithinWhatIsAllowed(t *testing.T) {
	p := provenExample()
	p.Plan.Steps[0].Latency[3].Longest = 109 * millis
	p.Plan.Buckets[3].Reads = time.Second
	if !p.Holds() {
		t.Error(p.Verdict())
	}
}

func TestProofJSON(t *testing.T) {
	for name, p := range proofs() {
		var b bytes.Buffer
		if err := ProofJSON(&b, p, Style{}); err != nil {
			t.Fatal(err)
		}
		var out proofJSON
		if err := json.Unmarshal(b.Bytes(), &out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Contains(b.String(), "null,") && name == "holds" {
			t.Errorf("a list is null:\n%s", b.String())
		}
		if out.Holds != p.Holds() || len(out.Verdict) != len(p.Verdict()) || (out.Plan == nil) != (p.NoPlan != "") ||
			len(out.Original.Steps) != len(p.Original.Steps) || len(out.Original.Buckets) != len(p.Original.Buckets) {
			t.Errorf("%s: %+v", name, out)
		}
	}
	p := provenBadly()
	p.Original.Buckets, p.Plan.Buckets = p.Original.Buckets[19:21], p.Plan.Buckets[:1]
	p.Plan.Steps = p.Plan.Steps[2:5]
	var b bytes.Buffer
	if err := ProofJSON(&b, p, Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "proof-faults.json", b.Bytes())
}
