package upload

import "time"

// report fills in the counts and tells whoever listens.
func (r *run) report(p Progress) {
	if r.Progress == nil {
		return
	}
	p.Rows, p.Events, p.BadRows = r.state.Rows, r.state.Events, r.state.BadRows
	p.Bytes, p.BytesAll, p.Left = r.state.BytesRead, r.state.BytesAll, -1
	if !r.sent.IsZero() {
		took := r.Clock.Now().Sub(r.sent).Seconds()
		if took > 0 {
			p.Rate = float64(r.state.Events-r.base.Events) / took
		}
		if read := r.state.BytesRead - r.base.BytesRead; read > 0 && took > 0 {
			left := float64(r.state.BytesAll-r.state.BytesRead) / float64(read) * took
			p.Left = time.Duration(left * float64(time.Second)).Round(time.Second)
		}
	}
	r.Progress(p)
}

// onWait is called before a request is repeated.
func (r *run) onWait(problem string, d time.Duration) {
	r.report(Progress{Phase: "waiting", Problem: problem, Wait: d})
}
