package report

type proofRunJSON struct {
	TookMS         float64            `json:"took_ms"`
	ShownMS        float64            `json:"shown_ms"`
	MachineStallMS float64            `json:"machine_stall_ms"`
	LongestStallMS float64            `json:"longest_stall_ms"`
	ReadStallMS    float64            `json:"longest_read_ms"`
	WriteStallMS   float64            `json:"longest_write_ms"`
	Failed         int                `json:"failed_statements"`
	Writes         int                `json:"writes"`
	WritesChecked  int                `json:"writes_checked"`
	Lost           []string           `json:"lost"`
	Stopped        string             `json:"stopped,omitempty"`
	Before         proofLatencyJSON   `json:"before"` // before the first step
	Steps          []proofStepJSON    `json:"steps"`
	Marks          []proofMarkJSON    `json:"marks"`
	Buckets        []proofBucketJSON  `json:"buckets"`
	Locks          []proofLockJSON    `json:"locks"`
	Failures       []proofFailureJSON `json:"failures"`
}

type proofStepJSON struct {
	Title           string             `json:"title"`
	Phase           string             `json:"phase,omitempty"`
	Path            string             `json:"path"`
	FromMS          float64            `json:"from_ms"`
	ToMS            float64            `json:"to_ms"`
	AloneMS         float64            `json:"alone_ms"`
	LogBytes        *int64             `json:"log_bytes"`
	Rows            int64              `json:"rows,omitempty"`
	WaitingSessions int                `json:"waiting_sessions"`
	Failed          int                `json:"failed_statements"`
	Tables          []tracedTableJSON  `json:"tables"`
	Latency         []proofLatencyJSON `json:"latency"`
	Remarks         []string           `json:"remarks"`
	Contradictions  []string           `json:"contradictions"`
}

type proofLatencyJSON struct {
	Application string  `json:"application,omitempty"` // neither this nor the kind: all statements
	Kind        string  `json:"kind,omitempty"`
	Write       bool    `json:"write"`
	Count       int     `json:"count"`
	Failed      int     `json:"failed"`
	P50MS       float64 `json:"p50_ms"`
	P99MS       float64 `json:"p99_ms"`
	LongestMS   float64 `json:"longest_ms"`
}

type proofMarkJSON struct {
	AtMS float64 `json:"at_ms"`
	Text string  `json:"text"`
}

type proofBucketJSON struct {
	FromMS  float64 `json:"from_ms"`
	ToMS    float64 `json:"to_ms"`
	ReadMS  float64 `json:"longest_read_ms"` // 0: none began
	WriteMS float64 `json:"longest_write_ms"`
	Failed  int     `json:"failed"`
}

type proofLockJSON struct {
	lockJSON
	FromMS float64 `json:"from_ms"`
	ToMS   float64 `json:"to_ms"`
	Step   int     `json:"step"` // in steps
	Waits  bool    `json:"waits"`
}

type proofFailureJSON struct {
	Application string `json:"application"`
	Kind        string `json:"kind"`
	Error       string `json:"error"`
	Count       int    `json:"count"`
	Step        *int   `json:"step"` // in steps; null: none ran
}

func proofRunOf(r *ProofRun) *proofRunJSON {
	out := &proofRunJSON{
		TookMS: ms(r.Took), ShownMS: ms(r.Shown), MachineStallMS: ms(r.Machine), LongestStallMS: ms(r.stall().Longest),
		ReadStallMS: ms(r.readStall().Longest), WriteStallMS: ms(r.writeStall().Longest), Failed: r.failed(),
		Writes: r.Writes, WritesChecked: r.Checked, Lost: list(r.Lost), Stopped: r.Stopped, Before: proofLatencyOf(&r.Base),
		Steps: []proofStepJSON{}, Marks: []proofMarkJSON{}, Buckets: []proofBucketJSON{}, Locks: []proofLockJSON{}, Failures: []proofFailureJSON{},
	}
	for i := range r.Steps {
		out.Steps = append(out.Steps, proofStepOf(&r.Steps[i]))
	}
	for _, m := range r.Marks {
		out.Marks = append(out.Marks, proofMarkJSON{ms(m.At), m.Text})
	}
	for _, b := range r.Buckets {
		out.Buckets = append(out.Buckets, proofBucketJSON{ms(b.From), ms(b.To), ms(b.Reads), ms(b.Write), b.Failed})
	}
	for _, l := range r.Locks {
		out.Locks = append(out.Locks, proofLockJSON{lockOf(l.Table, l.Index, l.Lock, l.Blocks), ms(l.From), ms(l.To), l.Step, l.Waits})
	}
	for _, f := range r.Failed {
		out.Failures = append(out.Failures, proofFailureOf(f))
	}
	return out
}

func proofStepOf(s *ProofStep) proofStepJSON {
	out := proofStepJSON{
		Title: s.Title, Phase: s.Phase, Path: s.Path, FromMS: ms(s.From), ToMS: ms(s.To), AloneMS: ms(s.Alone), Rows: s.Rows,
		WaitingSessions: s.Waiting, Failed: s.Failed, Tables: tracedTablesOf(s.Tables), Latency: []proofLatencyJSON{},
		Remarks: list(s.Remarks), Contradictions: list(s.Contradictions),
	}
	if s.WAL >= 0 {
		out.LogBytes = &s.WAL
	}
	for i := range s.Latency {
		out.Latency = append(out.Latency, proofLatencyOf(&s.Latency[i]))
	}
	return out
}

func proofLatencyOf(l *ProofLatency) proofLatencyJSON {
	return proofLatencyJSON{l.Side, l.Kind, l.Write, l.Count, l.Failed, ms(l.P50), ms(l.P99), ms(l.Longest)}
}

func proofFailureOf(f ProofFailure) proofFailureJSON {
	out := proofFailureJSON{Application: f.Side, Kind: f.Kind, Error: f.Error, Count: f.Count}
	if step := f.Step - 1; step >= 0 {
		out.Step = &step
	}
	return out
}
