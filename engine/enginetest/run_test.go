package enginetest_test

import (
	"testing"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
)

func TestScripts(t *testing.T) {
	enginetest.Run(t, "testdata", func(_ *testing.T, w *enginetest.World) engine.Engine {
		e := exec.New(w, w)
		e.Use(w)
		return e
	})
}
