package demo

import (
	"math"

	"wend.dev/wend/event"
)

// fulfil is all that follows an order: mails, parcel, delivery, service desk, surveys. It returns how happy they are,
// as a factor on whether they order again.
func (h *household) fulfil(v *visitor, orders int) float64 {
	id := str("properties.order_id", v.orderID(orders))
	v.offline("email")
	v.now += 40 * second
	v.track("Message Sent", str("properties.template", "order-confirmation"), id)
	v.offline("delivery")
	v.now += h.around(20*hour, 0.4)
	carrier := "Bring"
	if h.n%3 == 0 {
		carrier = "PostNord"
	}
	v.track("Shipment Created", id, str("properties.carrier", carrier))
	promise := v.now + 4*day
	late := h.chance(h.lateRate(carrier, v.now))
	h.track(v, id)
	v.now = max(v.now, promise-h.around(30*hour, 0.5))
	daysLate := 0.0
	if late {
		v.now = promise + h.around(50*hour, 0.5)
		daysLate = math.Ceil(float64(v.now-promise) / float64(day))
	}
	v.offline("delivery")
	delivery := "on_time"
	if late {
		delivery = "late"
	}
	v.track("Shipment Delivered", id, str("properties.carrier", carrier), truth("properties.late", late), num("properties.days_late", daysLate))
	h.complain(v, id, late)
	return h.answer(v, id, delivery)
}

// lateRate is how often a parcel misses its promise. Pain: PostNord's parcels since the middle of the history.
func (h *household) lateRate(carrier string, at event.Millis) float64 {
	if !h.calm && carrier == "PostNord" && h.past(at) > 0.5 {
		return 0.38
	}
	return h.market.late
}

// track is following the parcel: status changes and the mail that people open again and again.
func (h *household) track(v *visitor, id event.Field) {
	v.now += h.around(12*hour, 0.4)
	v.track("Shipment Updated", id, str("properties.status", "in_transit"))
	v.offline("email")
	v.now += minute
	v.track("Message Sent", str("properties.template", "tracking"), id)
	for range h.rng.IntN(5) {
		v.now += h.around(9*hour, 0.7)
		v.track("Message Opened", str("properties.template", "tracking"), id)
	}
}

// complain opens a ticket. Pain: late parcels bring five times as many.
func (h *household) complain(v *visitor, id event.Field, late bool) {
	p, reason := 0.05, "product question"
	if late {
		p, reason = 0.31, "where is my parcel"
	}
	if !h.chance(p) {
		return
	}
	v.offline("service")
	v.now += h.around(9*hour, 0.7)
	v.track("Ticket Opened", id, str("properties.reason", reason))
	v.now += h.around(14*hour, 0.7)
	v.track("Ticket Solved", id, str("properties.reason", reason))
}

// answer is the survey after delivery (1 to 5), the NPS question two weeks later (0 to 10), and recommending.
func (h *household) answer(v *visitor, id event.Field, delivery string) float64 {
	mood := 4.3
	if delivery == "late" {
		mood = 2.5
	}
	mood += h.rng.NormFloat64() * 0.9
	score := min(5, max(1, math.Round(mood)))
	v.offline("email")
	if h.chance(0.42) {
		v.now += h.around(22*hour, 0.5)
		v.track("Survey Answered", id, str("properties.survey", "delivery"), num("properties.score", score), str("properties.delivery", delivery))
	}
	if h.chance(0.3) {
		v.now += 12*day + h.around(20*hour, 0.5)
		nps := min(10, max(0, math.Round(mood*2+0.3+h.rng.NormFloat64()*1.2)))
		v.track("Survey Answered", str("properties.survey", "nps"), num("properties.score", nps))
		if nps >= 9 && h.chance(h.person.refer*2) {
			v.arrive(nil)
			v.now += h.around(hour, 0.5)
			v.page("/verv")
			v.track("Invite Sent", str("properties.channel", "email"))
		}
	}
	return (mood - 1) / 3.3
}
