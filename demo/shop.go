package demo

import "math"

func exp(x float64) float64 { return math.Exp(x) }

type market struct {
	country, locale, zone, city string
	share                       float64
	late                        float64 // share of parcels that come after the promise
}

var markets = []market{
	{country: "NO", locale: "nb-NO", zone: "Europe/Oslo", city: "Bergen", share: 0.34, late: 0.07},
	{country: "SE", locale: "sv-SE", zone: "Europe/Stockholm", city: "Göteborg", share: 0.26, late: 0.06},
	{country: "DK", locale: "da-DK", zone: "Europe/Copenhagen", city: "Aarhus", share: 0.18, late: 0.06},
	{country: "PL", locale: "pl-PL", zone: "Europe/Warsaw", city: "Gdańsk", share: 0.22, late: 0.08},
}

// persona is a kind of customer and how it behaves. Probabilities are per occasion.
type persona struct {
	id       string
	share    float64 // of households
	b2b      bool
	people   int     // most people in the buying centre
	mobile   float64 // on a phone
	bounce   float64 // first visit ends on the landing page
	sessions int     // most browsing sessions before giving up or buying
	compare  float64 // looks at the comparison
	add      float64 // puts a product into the cart, per session
	checkout float64 // goes on to the checkout with a full cart
	rep      float64 // is visited by a sales rep
	quote    float64 // asks for a quote
	store    float64 // visits a store
	basket   float64 // median order value, NOK
	repeat   float64 // orders again after a good delivery
	refer    float64 // recommends after a good score
}

var personas = []persona{
	{id: "workshop-owner", share: 0.22, b2b: true, people: 3, mobile: 0.35, bounce: 0.22, sessions: 9, compare: 0.3, add: 0.42, checkout: 0.62, rep: 0.3, quote: 0.15, store: 0.12, basket: 4200, repeat: 0.75, refer: 0.25},
	{id: "purchaser", share: 0.20, b2b: true, people: 4, mobile: 0.12, bounce: 0.18, sessions: 11, compare: 0.6, add: 0.4, checkout: 0.55, rep: 0.22, quote: 0.5, store: 0.02, basket: 11800, repeat: 0.7, refer: 0.15},
	{id: "craftsman", share: 0.25, b2b: false, people: 1, mobile: 0.62, bounce: 0.3, sessions: 8, compare: 0.2, add: 0.42, checkout: 0.58, rep: 0.04, quote: 0.05, store: 0.35, basket: 1900, repeat: 0.6, refer: 0.2},
	{id: "hobbyist", share: 0.33, b2b: false, people: 1, mobile: 0.68, bounce: 0.42, sessions: 8, compare: 0.4, add: 0.34, checkout: 0.5, rep: 0, quote: 0, store: 0.15, basket: 890, repeat: 0.4, refer: 0.12},
}

type source struct {
	name, medium, site, path string
	share                    float64
}

var sources = []source{
	{name: "google", medium: "organic", site: "https://www.google.com/", share: 0.38},
	{name: "google", medium: "cpc", site: "https://www.google.com/", path: "/kampanje/verktoy", share: 0.24},
	{name: "facebook", medium: "social", site: "https://www.facebook.com/", path: "/kampanje/helg", share: 0.12},
	{name: "", medium: "", share: 0.18},
	{name: "colleague", medium: "referral", path: "/verv", share: 0.08},
}

type product struct {
	sku, name, category string
	price               float64 // NOK
}

var products = []product{
	{"NV-1001", "Impact driver 18 V", "power-tools", 2190}, {"NV-1002", "Angle grinder 125 mm", "power-tools", 1290},
	{"NV-1003", "Rotary hammer SDS-plus", "power-tools", 3490}, {"NV-1004", "Circular saw 190 mm", "power-tools", 2790},
	{"NV-2001", "Socket set 108 pieces", "hand-tools", 1590}, {"NV-2002", "Torque wrench 20–200 Nm", "hand-tools", 1190},
	{"NV-2003", "Pliers set, insulated", "hand-tools", 890}, {"NV-2004", "Cold chisel", "hand-tools", 149},
	{"NV-3001", "Compressor 50 l", "compressors", 4490}, {"NV-3002", "Silent compressor 24 l", "compressors", 5290},
	{"NV-4001", "Work gloves, 12 pairs", "protection", 349}, {"NV-4002", "Safety shoes S3", "protection", 1290},
	{"NV-4003", "Welding helmet, automatic", "protection", 1490}, {"NV-5001", "Brake cleaner, 24 × 500 ml", "consumables", 990},
	{"NV-5002", "Cutting discs, 50 pieces", "consumables", 449}, {"NV-6001", "Tool trolley, 7 drawers", "storage", 6990},
}

var searches = []string{"slagtrekker", "kompressor", "momentnøkkel", "vernesko", "kapskive", "bromsrengöring", "handsker"}

var polishSearches = []string{"klucz dynamometryczny", "sprężarka", "wkrętarka udarowa", "buty robocze", "tarcza do cięcia"}
