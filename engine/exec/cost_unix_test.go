//go:build unix

package exec_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cpu is the processor time that this process has used, on all cores, the garbage collector's included.
func cpu(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(unix.TimevalToNsec(u.Utime) + unix.TimevalToNsec(u.Stime))
}
