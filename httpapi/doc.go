// Package httpapi is the JSON edge: HTTP requests in; answers, problems (RFC 9457) and a live feed out.
//
// One file per resource. There is no SQL and no logic here: a handler reads its input, asks a port, and writes what
// came back. The ports are in port.go. The OpenAPI 3.1 document is made from the Go types (Document), so every field of
// a request or an answer bears a doc tag; a test holds that. docs/api.md is the guide for people.
//
//	request ─▶ security headers ─▶ metrics, recover ─▶ /api/…: who is it (bearer, cookie, same origin) ─▶ huma: decode,
//	           check against the schema ─▶ handler ─▶ port ─▶ answer or fault ─▶ gzip
//	                                                └▶ else: the UI's files, index.html for every other path
package httpapi
