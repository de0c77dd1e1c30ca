//go:build !ui

// Package web is the user interface: its build in, an embedded file tree out. This twin is for builds without Node: its
// tree is one page that says how to build the real one.
package web

import (
	"embed"
	"io/fs"
)

//go:embed noui/index.html
var dist embed.FS

// Files is the page in place of the UI, index.html at its root.
func Files() fs.FS {
	files, err := fs.Sub(dist, "noui")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return files
}
