package lsp

import (
	"net/url"
	"path/filepath"
	"strings"
)

// pathOf is the path that a file: URI names; ok is false for any other.
func pathOf(uri string) (path string, ok bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Path == "" {
		return "", false
	}
	path = u.Path
	if u.Host != "" && u.Host != "localhost" {
		return filepath.FromSlash("//" + u.Host + path), true // a share on Windows
	}
	if isDrive(path) {
		path = strings.ToUpper(path[1:2]) + path[2:]
	}
	return filepath.Clean(filepath.FromSlash(path)), true
}

// isDrive says whether a path is /c:/..., as URIs have those of Windows.
func isDrive(path string) bool {
	return len(path) > 2 && path[0] == '/' && path[2] == ':' && (path[1]|0x20 >= 'a' && path[1]|0x20 <= 'z')
}

// uriOf is the URI of a file.
func uriOf(path string) string {
	path = filepath.ToSlash(path)
	if share, is := strings.CutPrefix(path, "//"); is {
		host, rest, _ := strings.Cut(share, "/")
		return (&url.URL{Scheme: "file", Host: host, Path: "/" + rest}).String()
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
