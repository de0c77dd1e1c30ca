package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// identify is the import's id: the head of the SHA-256 of the files' names and content, the format and the mapping's
// rules, as 32 hex digits. The same files with the same rules are the same import, wherever they lie.
func identify(ctx context.Context, files []string, format, rules string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "wend import 1\n%s\n%d:%s\n", format, len(rules), rules)
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			return "", fmt.Errorf("cannot open file: %w", err)
		}
		content := sha256.New()
		_, err = io.Copy(content, &stoppable{ctx, f})
		_ = f.Close()
		if err != nil {
			return "", fmt.Errorf("cannot read %s: %w", filepath.Base(path), err)
		}
		fmt.Fprintf(h, "%s %x\n", filepath.Base(path), content.Sum(nil))
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// stoppable reads until the context ends.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
