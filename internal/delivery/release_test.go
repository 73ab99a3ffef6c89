package delivery

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// The program in a release of the test: the one that is tested.
const program = "#!/bin/sh\nexec safemig \"$@\"\n"

// releases serves a release as GitHub does, from its page on.
func releases(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: releases VERSION [wrong|unlisted|empty]")
	}
	version, is := args[0], func(what string) bool { return slices.Contains(args[1:], what) }
	mux := http.NewServeMux()
	var sums strings.Builder
	for name, archive := range archives(ts, version, is("empty")) {
		if !is("unlisted") {
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archive), name)
		}
		if is("wrong") {
			archive = append(archive, '\n')
		}
		mux.HandleFunc("/releases/download/"+version+"/"+name, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive) })
	}
	mux.HandleFunc("/releases/download/"+version+"/checksums.txt", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, sums.String()) })
	mux.HandleFunc("/releases/latest", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/releases/tag/"+version, http.StatusFound)
	})
	mux.HandleFunc("/releases/tag/"+version, func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	ts.Setenv("SAFEMIG_RELEASES", server.URL+"/releases")
}

func archives(ts *testscript.TestScript, version string, empty bool) map[string][]byte {
	out := map[string][]byte{}
	for _, arch := range []string{"amd64", "arm64"} {
		base := "safemig_" + strings.TrimPrefix(version, "v") + "_"
		files := map[string]string{"LICENSE": "MIT\n", "safemig": program, "safemig.exe": program}
		if empty {
			files = map[string]string{"LICENSE": "MIT\n"}
		}
		out[base+"linux_"+arch+".tar.gz"] = tarball(ts, files)
		out[base+"darwin_"+arch+".tar.gz"] = tarball(ts, files)
		out[base+"windows_"+arch+".zip"] = zipped(ts, files)
	}
	return out
}

func tarball(ts *testscript.TestScript, files map[string]string) []byte {
	var b bytes.Buffer
	compressed := gzip.NewWriter(&b)
	w := tar.NewWriter(compressed)
	for name, text := range files {
		ts.Check(w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}))
		_, err := w.Write([]byte(text))
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(compressed.Close())
	return b.Bytes()
}

func zipped(ts *testscript.TestScript, files map[string]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		ts.Check(err)
		_, err = f.Write([]byte(text))
		ts.Check(err)
	}
	ts.Check(w.Close())
	return b.Bytes()
}
