package demo

import (
	"embed"
	"io/fs"
)

//go:embed workspace/*.yaml
var workspace embed.FS

// Workspace is Nordverk's journeys, touchpoints and personas as definition files, for journey/file to read.
func Workspace() fs.FS {
	sub, err := fs.Sub(workspace, "workspace")
	if err != nil {
		panic("BUG: the embedded workspace has no folder: " + err.Error())
	}
	return sub
}
