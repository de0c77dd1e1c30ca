//go:build !ui

// Package web is the user interface: this twin holds one page that says how to build the real one.
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
