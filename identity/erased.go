package identity

// Erased is what an erasure did.
type Erased struct {
	Profiles int   `json:"profiles" doc:"Profiles that were one person: the root and those merged into it"`
	Events   int64 `json:"events" doc:"Events that are in no answer any more"`
	Rejected int   `json:"rejected" doc:"Rejected events that held an identifier of the person and were dropped"`
	Files    int   `json:"files" doc:"Parquet files that are being rewritten without them; health says when none is left"`
}
