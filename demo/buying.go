package demo

import (
	"math"
	"strconv"

	"wend.dev/wend/event"
)

// shop plays the household from first contact to the end of the history.
func (h *household) shop(people []*visitor) {
	lead := people[0]
	buyer := people[min(1, len(people)-1)]
	from := pick(h.rng, sources, func(s source) float64 { return s.share })
	if bounced := h.discover(lead, from); bounced {
		return
	}
	for orders := 0; orders < 12; orders++ {
		won, at := h.decide(people, orders)
		if !won {
			return
		}
		buyer.now = max(buyer.now, at)
		happy := h.fulfil(buyer, orders)
		if buyer.now >= h.end || !h.chance(h.person.repeat*happy) {
			return
		}
		next := h.opening(buyer.now + h.around(24*day, 0.5))
		for _, v := range people {
			v.now = max(v.now, next)
		}
	}
}

// discover is the first visit; true when it was the last.
func (h *household) discover(v *visitor, from *source) bool {
	v.arrive(from)
	landing := "/"
	if from.path != "" {
		landing = from.path
	}
	v.page(landing)
	if h.chance(h.person.bounce) {
		return true
	}
	h.browse(v)
	return false
}

// browse is the looking around of one session; it returns the last product seen, and whether the visit ended in vain.
func (h *household) browse(v *visitor) (p *product, lost bool) {
	if h.chance(0.55) {
		if h.search(v) {
			return nil, true
		}
	}
	for range 1 + h.rng.IntN(4) {
		p = &products[h.rng.IntN(len(products))]
		if h.chance(0.5) {
			v.page("/c/" + p.category)
		}
		h.look(v, p)
		if h.chance(h.person.compare * 0.5) {
			h.compare(v, p)
		}
	}
	return p, false
}

func (h *household) look(v *visitor, p *product) {
	v.page("/p/" + p.sku)
	v.track("Product Viewed", str("properties.product_id", p.sku), str("properties.category", p.category), num("properties.price", p.price))
	v.now += v.around(50*second, 0.8)
}

// compare goes to the comparison and back. Pain: compressors lack figures, so people go back and forth.
func (h *household) compare(v *visitor, p *product) {
	rounds := 1
	if !h.calm && p.category == "compressors" {
		rounds = 2 + h.rng.IntN(4)
	}
	for range rounds {
		v.page("/compare")
		v.track("Products Compared", str("properties.category", p.category), num("properties.count", float64(2+h.rng.IntN(3))))
		v.now += v.around(70*second, 0.6)
		h.look(v, p)
	}
}

// search uses the site's search; true when nothing was found and the visitor left.
// Pain: Polish words are not in the index.
func (h *household) search(v *visitor) bool {
	words, miss := searches, 0.05
	if v.market.country == "PL" {
		words = polishSearches
		if !h.calm {
			miss = 0.38
		}
	}
	hits := 4 + h.rng.IntN(60)
	if h.chance(miss) {
		hits = 0
	}
	v.page("/search")
	v.track("Products Searched", str("properties.query", words[h.rng.IntN(len(words))]), num("properties.results", float64(hits)))
	v.now += v.around(15*second, 0.5)
	return hits == 0 && h.chance(0.7)
}

// decide is the way from a wish to an order; won is false when they never buy.
func (h *household) decide(people []*visitor, orders int) (won bool, at event.Millis) {
	lead, buyer := people[0], people[min(1, len(people)-1)]
	for range 1 + h.rng.IntN(h.person.sessions) {
		v := lead
		if h.chance(0.4) {
			v = people[h.rng.IntN(len(people))]
		}
		v.now = h.opening(v.now + h.around(40*hour, 0.8))
		h.offlineContacts(v)
		v.arrive(h.returning(v))
		v.page("/")
		p, lost := h.browse(v)
		if lost || p == nil || !h.chance(h.person.add) {
			continue
		}
		if h.quote(v) {
			v.now = h.opening(v.now + 4*hour)
			v.arrive(nil)
		}
		if v != buyer {
			buyer.now = max(buyer.now, v.now+h.around(3*hour, 0.8))
			buyer.arrive(nil)
		}
		if h.order(buyer, p, orders) {
			return true, buyer.now
		}
	}
	return false, 0
}

// returning is where a later visit comes from: mostly direct, sometimes a newsletter or a search.
func (h *household) returning(v *visitor) *source {
	switch {
	case v.known && h.chance(0.25):
		v.offline("email")
		v.track("Message Sent", str("properties.template", "newsletter"))
		v.now += h.around(3*hour, 0.8)
		v.track("Message Opened", str("properties.template", "newsletter"))
		v.now += 20 * second
		v.track("Message Clicked", str("properties.template", "newsletter"))
		return &source{name: "newsletter", medium: "email"}
	case h.chance(0.35):
		return pick(h.rng, sources, func(s source) float64 { return s.share })
	}
	return nil
}

// offlineContacts are the meetings that no browser sees: the sales rep's visit and the store.
func (h *household) offlineContacts(v *visitor) {
	if h.chance(h.person.rep * 0.4) {
		v.identify()
		v.offline("sales")
		v.track("Rep Visited", str("properties.rep", "rep-"+strconv.Itoa(h.n%9)), num("properties.minutes", float64(20+h.rng.IntN(60))))
		v.now += v.around(26*hour, 0.7)
	}
	if h.chance(h.person.store * 0.3) {
		v.offline("store")
		v.track("Store Visited", str("properties.store", v.market.city))
		v.now += v.around(5*hour, 0.8)
	}
}

// quote asks for one; true when it was asked for. Pain: answers have become slower over the history.
func (h *household) quote(v *visitor) bool {
	if !h.chance(h.person.quote) {
		return false
	}
	v.identify()
	v.track("Quote Requested", num("properties.amount", math.Round(h.basket())))
	median := 22 * hour
	if !h.calm {
		median += event.Millis(h.past(v.now) * float64(50*hour))
	}
	v.now += h.around(median, 0.4)
	v.offline("email")
	v.track("Quote Sent", str("properties.template", "quote"))
	v.now += h.around(7*hour, 0.8)
	if h.chance(0.8) {
		v.track("Message Opened", str("properties.template", "quote"))
	}
	return true
}

func (h *household) basket() float64 { return h.person.basket * exp(h.rng.NormFloat64()*0.55) }

// order fills the cart, goes to the checkout and pays.
func (h *household) order(v *visitor, p *product, orders int) bool {
	v.track("Product Added", str("properties.product_id", p.sku), str("properties.category", p.category), num("properties.price", p.price), num("properties.quantity", float64(1+h.rng.IntN(3))))
	v.now += v.around(40*second, 0.6)
	v.page("/cart")
	if !h.chance(h.person.checkout) {
		return h.remind(v, orders)
	}
	return h.checkout(v, orders)
}

// remind is the mail to an abandoned cart.
func (h *household) remind(v *visitor, orders int) bool {
	if !v.known {
		return false
	}
	v.now += 4 * hour
	v.offline("email")
	v.track("Message Sent", str("properties.template", "cart-reminder"))
	if !h.chance(0.4) {
		return false
	}
	v.now += h.around(5*hour, 0.9)
	v.track("Message Opened", str("properties.template", "cart-reminder"))
	if !h.chance(0.35) {
		return false
	}
	v.now += 30 * second
	v.track("Message Clicked", str("properties.template", "cart-reminder"))
	v.arrive(&source{name: "cart-reminder", medium: "email"})
	v.page("/cart")
	return h.checkout(v, orders)
}

// checkout pays. Pain: purchasers meet an approval limit and have to call their sales rep; cards fail on Safari on
// a phone since the last quarter of the history.
func (h *household) checkout(v *visitor, orders int) bool {
	v.page("/checkout")
	v.identify()
	v.track("Checkout Started", num("properties.value", math.Round(h.basket())))
	v.now += v.around(90*second, 0.5)
	if !h.calm && h.person.id == "purchaser" && h.chance(0.38) {
		v.now += h.around(20*minute, 0.5)
		v.offline("phone")
		v.track("Call Made", str("properties.to", "sales"), str("properties.reason", "approval limit"))
		v.now = h.opening(v.now + h.around(50*hour, 0.4))
		if h.chance(0.3) {
			return false
		}
		v.arrive(nil)
		v.page("/checkout")
		v.track("Checkout Started", num("properties.value", math.Round(h.basket())))
		v.now += v.around(60*second, 0.5)
	}
	method := "card"
	if h.person.b2b && h.chance(0.6) {
		method = "invoice"
	}
	for try := 0; h.chance(h.failRate(v, method)); try++ {
		v.track("Payment Failed", str("properties.method", method), str("properties.outcome", "failed"))
		v.now += v.around(40*second, 0.5)
		if try == 2 || h.chance(0.55) {
			return false
		}
	}
	h.pay(v, method, orders)
	return true
}

func (h *household) failRate(v *visitor, method string) float64 {
	switch {
	case method != "card":
		return 0.004
	case !h.calm && v.mobile && v.safari && h.past(v.now) > 0.75:
		return 0.42
	}
	return 0.02
}

func (h *household) pay(v *visitor, method string, orders int) {
	p := products[h.rng.IntN(len(products))]
	total := math.Round(h.basket()*100) / 100
	v.track("Payment Info Entered", str("properties.method", method))
	v.now += 2 * second
	v.track("Order Completed", str("properties.order_id", v.orderID(orders)), num("properties.total", total), str("properties.currency", "NOK"),
		str("properties.method", method), str("properties.category", p.category),
		raw("properties.products", `[{"product_id":"`+p.sku+`","price":`+strconv.FormatFloat(p.price, 'f', -1, 64)+`,"quantity":1}]`))
	v.now += 5 * second
}

func (v *visitor) orderID(n int) string {
	return "o-" + v.seed + "-" + strconv.Itoa(v.n) + "-" + strconv.Itoa(n)
}
