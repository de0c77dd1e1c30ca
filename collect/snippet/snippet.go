// Package snippet is part of stage 1: nothing in, wend.js out, the small script that a website includes.
package snippet

import (
	_ "embed"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

//go:embed wend.js
var source string

// Source is the script.
func Source() []byte { return []byte(source) }

// Tag is the script's ETag: it changes with the script.
func Tag() string { return fmt.Sprintf(`"%016x"`, xxhash.Sum64String(source)) }
