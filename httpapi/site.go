package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// policy lets our pages load what we serve and nothing else. Styles may be inline (the component library sets them
// so); scripts may not.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; " +
	"font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// secure puts the security headers on every answer.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// site serves the built UI from memory: each file with its entity tag and, where the build left one, its .br or .gz.
type site struct {
	files map[string]*asset // by path without the leading slash
}

// asset is one file in up to three encodings.
type asset struct {
	kind, tag    string
	raw, gz, br  []byte
	neverChanges bool // its name holds a hash of its content
}

func newSite(files fs.FS) (*site, error) {
	s := &site{files: map[string]*asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(raw)
		a := &asset{kind: kindOf(name), tag: `"` + hex.EncodeToString(sum[:8]), raw: raw, neverChanges: strings.HasPrefix(name, "assets/")}
		a.br, _ = fs.ReadFile(files, name+".br")
		a.gz, _ = fs.ReadFile(files, name+".gz")
		s.files[name] = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the UI's files: %w", err)
	}
	if s.files["index.html"] == nil {
		return nil, fmt.Errorf("the UI has no index.html")
	}
	return s, nil
}

// ServeHTTP serves a file; an address that looks like a page gets index.html, whose router takes it from there.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		plain(w, http.StatusMethodNotAllowed, "only GET and HEAD")
		return
	}
	nameRoute(r, "ui")
	a := s.files[strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")]
	if a == nil {
		if path.Ext(r.URL.Path) != "" || strings.HasPrefix(r.URL.Path, "/assets/") {
			plain(w, http.StatusNotFound, "there is no such file")
			return
		}
		a = s.files["index.html"]
	}
	body, tag := a.raw, a.tag
	h := w.Header()
	accepts := acceptedEncodings(r)
	switch {
	case accepts["br"] && a.br != nil:
		body, tag = a.br, tag+"-br"
		h.Set("Content-Encoding", "br")
	case accepts["gzip"] && a.gz != nil:
		body, tag = a.gz, tag+"-gz"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", a.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", tag+`"`)
	h.Set("Cache-Control", "no-cache")
	if a.neverChanges {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptedEncodings reads Accept-Encoding; an encoding with q=0 is refused.
func acceptedEncodings(r *http.Request) map[string]bool {
	out := map[string]bool{}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";q=")
		out[strings.ToLower(name)] = strings.Trim(q, "0.") != "" || q == ""
	}
	return out
}

// kindOf is a file's media type. The few that matter are fixed: the system's table may lack or change them.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
