package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/store"
)

// Fault is an error that the caller can act on. Ports may return it, or any error of their own that has the method
// Code() string with one of these codes; everything else is shown as an internal error and only logged.
//
//	invalid 400 · unauthorized 401 · forbidden 403 · not_found 404 · conflict 409 · stale 412 · limited 429 ·
//	unavailable 503
type Fault struct {
	Kind   string // one of the codes above
	Field  string // the field at fault from the body's root ("spec.stages[0].id"), "" if it is no single one
	Reason string // a sentence a person can act on
}

// Error is the reason, after the field if there is one.
func (f *Fault) Error() string {
	if f.Field == "" {
		return f.Reason
	}
	return f.Field + ": " + f.Reason
}

// Code is Kind.
func (f *Fault) Code() string { return f.Kind }

// ErrNotFound and ErrStale are the two faults that most ports need: there is no such thing, and it was changed by
// someone else since it was read.
var (
	ErrNotFound = &Fault{Kind: "not_found", Reason: "there is no such thing; it may have been deleted"}
	ErrStale    = &Fault{Kind: "stale", Reason: "someone changed it since you read it: read it again and repeat your change"}
)

// statusOf maps a fault's code to its HTTP status; 0 for a code we do not know.
func statusOf(code string) int {
	switch code {
	case "invalid":
		return http.StatusBadRequest
	case "unauthorized":
		return http.StatusUnauthorized
	case "forbidden":
		return http.StatusForbidden
	case "not_found":
		return http.StatusNotFound
	case "conflict":
		return http.StatusConflict
	case "stale":
		return http.StatusPreconditionFailed
	case "limited":
		return http.StatusTooManyRequests
	case "unavailable":
		return http.StatusServiceUnavailable
	}
	return 0
}

// problem turns whatever a port returned into what the caller may see. root is where the port's field names start:
// "body" for a question or a definition, "query" or "path" for parameters. seen is false when the cause is internal
// and must be logged, as its text is not shown.
func problem(err error, root string) (p huma.StatusError, seen bool) {
	var invalid *seq.Invalid
	var coded interface {
		error
		Code() string
	}
	var done huma.StatusError
	switch {
	case errors.As(err, &done):
		return done, true
	case errors.As(err, &invalid):
		return faulty(http.StatusBadRequest, root, invalid.Field, invalid.Reason), true
	case errors.Is(err, store.ErrFull):
		return faulty(http.StatusServiceUnavailable, "", "", "the disk is full: nothing can be stored until there is room"), true
	case errors.Is(err, context.DeadlineExceeded):
		return faulty(http.StatusGatewayTimeout, "", "", "the question took too long and was stopped: ask for a shorter range or fewer steps"), true
	case errors.Is(err, context.Canceled):
		return faulty(statusClientGone, "", "", "the caller went away"), true
	case errors.As(err, &coded) && statusOf(coded.Code()) != 0:
		field, reason := "", coded.Error()
		var f *Fault
		if errors.As(err, &f) {
			field, reason = f.Field, f.Reason
		} else if at, ok := coded.(interface{ At() (field, reason string) }); ok {
			field, reason = at.At()
		}
		return faulty(statusOf(coded.Code()), root, field, reason), true
	}
	return faulty(http.StatusInternalServerError, "", "", "something went wrong on the server; its log says what"), false
}

// statusClientGone is nginx's number for a request whose caller hung up; nobody reads it but the log and the figures.
const statusClientGone = 499

// faulty builds a problem; with a field, the reason is listed under its location too.
func faulty(status int, root, field, reason string) huma.StatusError {
	p := &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: reason}
	if status == statusClientGone {
		p.Title = "Client Closed Request"
	}
	if field != "" {
		p.Detail = fmt.Sprintf("%s: %s", field, reason)
		p.Errors = []*huma.ErrorDetail{{Location: root + "." + field, Message: reason}}
	}
	return p
}
