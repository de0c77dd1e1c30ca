package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"wend.dev/wend/collect/upload"
)

// progress draws a bar on a terminal, and a line now and then elsewhere.
type progress struct {
	out   io.Writer
	quiet bool
	drawn bool
	last  time.Time
}

const barWidth = 30

func (p *progress) terminal() bool {
	f, ok := p.out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *progress) show(u upload.Progress) {
	if p.quiet {
		return
	}
	every := 5 * time.Second
	if p.terminal() {
		every = 200 * time.Millisecond
	}
	if time.Since(p.last) < every && u.Bytes < u.BytesAll {
		return
	}
	p.last = time.Now()
	share := 0.0
	if u.BytesAll > 0 {
		share = min(1, float64(u.Bytes)/float64(u.BytesAll))
	}
	full := int(share * barWidth)
	line := fmt.Sprintf("%-8s [%s%s] %3.0f %%  %d rows  %d events", u.Phase, strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*share, u.Rows, u.Events)
	if u.Rate > 0 {
		line += fmt.Sprintf("  %.0f/s", u.Rate)
	}
	if u.Left >= 0 && u.Rate > 0 {
		line += "  " + u.Left.Round(time.Second).String() + " left"
	}
	if u.Problem != "" {
		line += "  " + u.Problem + ", trying again in " + u.Wait.String()
	}
	if p.terminal() {
		fmt.Fprint(p.out, "\r\x1b[K"+line)
		p.drawn = true
		return
	}
	fmt.Fprintln(p.out, line)
}

func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.out)
	}
}
