package demo

// Pain is something wrong that was planted in the simulated shop, for whatever finds pains to be tested on.
type Pain struct {
	ID    string  // short name
	Where string  // touchpoint of the demo journey that it sits on
	Says  string  // what a finder should say
	Since float64 // when it begins, as a share of the history (0 is the start); before it there is none of it
}

// Pains are all that is wrong with Nordverk. Options.Calm leaves every one of them out.
var Pains = []Pain{
	{"safari-cards", "checkout", "Card payments fail in Safari on phones: 42 % of attempts against 2 %", 0.75},
	{"late-parcels", "delivered-late", "PostNord's parcels come late: 38 % against 6 to 8 %; late parcels bring five times the tickets, 2.5 instead of 4.3 of 5, and fewer second orders", 0.5},
	{"approval-calls", "checkout", "Purchasers call their rep in the middle of the checkout (approval limit): 38 % of checkouts, about two days lost, three in ten never come back", 0},
	{"polish-search", "search-site", "Polish searches find nothing: 38 % against 5 %; seven in ten of those leave", 0},
	{"slow-quotes", "quote", "Quotes take ever longer: median 22 h at the start, 72 h at the end", 0},
	{"compressor-loops", "compare", "People go back and forth between compressors and the comparison: two to five rounds against one", 0},
}
