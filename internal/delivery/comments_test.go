package delivery

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// gitHub keeps the comments of pull request 7 of octo/shop.
type gitHub struct {
	mu       sync.Mutex
	comments []map[string]any
}

// comments starts a GitHub with 150 comments of other people, so that ours are on the
// second page; one of them has our marker and nobody's right to write.
func comments(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("! comments makes no sense")
	}
	g := &gitHub{}
	for i := range 150 {
		g.comments = append(g.comments, map[string]any{
			"id": i + 1, "body": "<!-- safemig:report -->", "user": map[string]string{"type": "User"}, "author_association": "NONE",
		})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /repos/octo/shop/issues/7/comments", g.list)
	mux.HandleFunc("POST /repos/octo/shop/issues/7/comments", g.add)
	mux.HandleFunc("PATCH /repos/octo/shop/issues/comments/{id}", g.change)
	forbidden := slices.Contains(args, "forbidden")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || forbidden && r.Method != http.MethodGet {
			http.Error(w, `{"message":"Resource not accessible by integration"}`, http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	ts.Defer(server.Close)
	ts.Setenv("GITHUB_API_URL", server.URL)
	ts.Value(scriptKey{}).(*script).gitHub = g
}

func (g *gitHub) list(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	size, page := number(r, "per_page", 30), number(r, "page", 1)
	first := min((page-1)*size, len(g.comments))
	_ = json.NewEncoder(w).Encode(g.comments[first:min(first+size, len(g.comments))])
}

func number(r *http.Request, name string, otherwise int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil {
		return n
	}
	return otherwise
}

func (g *gitHub) add(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.comments = append(g.comments, map[string]any{"id": len(g.comments) + 1, "user": map[string]string{"type": "Bot"}, "author_association": "NONE"})
	g.write(w, r, len(g.comments))
}

func (g *gitHub) change(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 || id > len(g.comments) {
		http.NotFound(w, r)
		return
	}
	g.write(w, r, id)
}

// write takes what GitHub takes: up to 65,536 characters.
func (g *gitHub) write(w http.ResponseWriter, r *http.Request, id int) {
	var sent struct{ Body string }
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || len([]rune(sent.Body)) > 65536 || sent.Body == "" {
		http.Error(w, "body is too long, or no JSON", http.StatusUnprocessableEntity)
		return
	}
	g.comments[id-1]["body"] = sent.Body
	_, _ = fmt.Fprintln(w, "{}")
}

// printComment prints a comment; there must be one with that number.
func printComment(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: comment ID")
	}
	g := ts.Value(scriptKey{}).(*script).gitHub
	g.mu.Lock()
	defer g.mu.Unlock()
	id, err := strconv.Atoi(args[0])
	ts.Check(err)
	if there := id <= len(g.comments); there == neg {
		ts.Fatalf("there are %d comments", len(g.comments))
	}
	if !neg {
		_, _ = fmt.Fprintln(ts.Stdout(), g.comments[id-1]["body"])
	}
}
