package upload

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// readCSV is a whole file as maps: a second way to read it, independent of the importer.
func readCSV(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, c := range r {
			m[rows[0][i]] = c
		}
		out = append(out, m)
	}
	return out
}

func wantCounts(t *testing.T, f *fakeServer, want map[string]int) {
	t.Helper()
	got := f.byName()
	for name, n := range want {
		if len(got[name]) != n {
			t.Errorf("%s: %d events, want %d", name, len(got[name]), n)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%d events %q that nobody expected", len(got[name]), name)
		}
	}
}

func people(messages ...[]message) map[string]int {
	out := map[string]int{}
	for _, list := range messages {
		for _, m := range list {
			if m.UserID != "" {
				out[m.UserID]++
			}
		}
	}
	return out
}

func TestOlist(t *testing.T) {
	files := realData(t, "olist/*.csv")
	f := newFake(t)
	sum, err := Run(context.Background(), f.options(example(t, "olist"), files...))
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, f, map[string]int{
		"identify": 36389, "Order Completed": 36389, "Payment Approved": 36389 - 151, "Shipment Created": 36389 - 1782,
		"Shipment Delivered": 36389 - 2965, "Survey Answered": 14538,
	})
	if sum.Rows != 36389+14538 || sum.Events != int64(len(f.order)) || f.doubles != 0 || sum.Repeated != 0 || sum.BadRows != 0 {
		t.Errorf("summary %+v, %d doubles", sum, f.doubles)
	}
	if f.largest > 500_000 || f.most > 2500 {
		t.Errorf("a batch of %d bytes, one of %d events", f.largest, f.most)
	}
	got := f.byName()
	if n := len(people(got["Order Completed"])); n != 35802 {
		t.Errorf("%d customers, want 35802", n)
	}

	dir := filepath.Dir(files[0])
	customer := map[string]string{}
	for _, c := range readCSV(t, filepath.Join(dir, "olist_customers_dataset.csv")) {
		customer[c["customer_id"]] = c["customer_unique_id"]
	}
	paid := map[string]float64{}
	for _, p := range readCSV(t, filepath.Join(dir, "olist_order_payments_dataset.csv")) {
		v, err := strconv.ParseFloat(p["payment_value"], 64)
		if err != nil {
			t.Fatal(err)
		}
		paid[p["order_id"]] += v
	}
	orders := map[string]map[string]string{}
	for _, o := range readCSV(t, filepath.Join(dir, "olist_orders_dataset.csv")) {
		orders[o["order_id"]] = o
	}
	for _, m := range got["Order Completed"] {
		id := m.Properties["order_id"].(string)
		if m.UserID != customer[orders[id]["customer_id"]] {
			t.Fatalf("order %s is of %s", id, m.UserID)
		}
		if sum, ok := paid[id]; ok && math.Abs(m.Properties["total"].(float64)-sum) > 0.006 {
			t.Fatalf("order %s: total %v, paid %v", id, m.Properties["total"], sum)
		}
	}
	lateDeliveries(t, got, orders, readCSV(t, filepath.Join(dir, "olist_order_reviews_dataset.csv")))
}

// lateDeliveries holds the imported answers against the files. What counts: every review of an order that has a date
// of delivery, whatever its status; late is an instant of delivery after the instant promised; a review given before
// the delivery counts too; an order with two reviews counts twice.
func lateDeliveries(t *testing.T, got map[string][]message, orders map[string]map[string]string, reviews []map[string]string) {
	t.Helper()
	want, have := map[string][2]float64{}, map[string][2]float64{}
	for _, r := range reviews {
		o := orders[r["order_id"]]
		kind := "on_time"
		switch at := o["order_delivered_customer_date"]; {
		case at == "":
			kind = "none"
		case at > o["order_estimated_delivery_date"]: // same layout: text order is time order
			kind = "late"
		}
		score, err := strconv.ParseFloat(r["review_score"], 64)
		if err != nil {
			t.Fatal(err)
		}
		want[kind] = [2]float64{want[kind][0] + 1, want[kind][1] + score}
	}
	for _, m := range got["Survey Answered"] {
		kind, score := m.Properties["delivery"].(string), m.Properties["score"].(float64)
		have[kind] = [2]float64{have[kind][0] + 1, have[kind][1] + score}
	}
	for _, c := range []struct {
		kind string
		n    float64
		mean string
	}{{"on_time", 10615, "4.28"}, {"late", 936, "2.50"}, {"none", 2987, "1.76"}} {
		h := have[c.kind]
		if h != want[c.kind] {
			t.Errorf("%s: %v answers with a sum of %v, the files have %v", c.kind, h[0], h[1], want[c.kind])
		}
		if mean := strconv.FormatFloat(h[1]/h[0], 'f', 2, 64); h[0] != c.n || mean != c.mean {
			t.Errorf("%s: mean %s of %v answers, want %s of %v", c.kind, mean, h[0], c.mean, c.n)
		}
	}
	late := 0
	for _, m := range got["Shipment Delivered"] {
		o := orders[m.Properties["order_id"].(string)]
		if isLate := o["order_delivered_customer_date"] > o["order_estimated_delivery_date"]; m.Properties["late"] != isLate {
			t.Fatalf("order %v: late %v", o, m.Properties["late"])
		} else if isLate {
			late++
		}
		if days := m.Properties["days_late"].(float64); days > 0.01 != (m.Properties["late"] == true) && math.Abs(days) > 0.01 {
			t.Fatalf("order %v: %v days late", o, days)
		}
	}
	if late == 0 {
		t.Error("no delivery is late")
	}
}

func TestOtto(t *testing.T) {
	files := realData(t, "otto/train.jsonl")
	f := newFake(t)
	sum, err := Run(context.Background(), f.options(example(t, "otto"), files...))
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, f, map[string]int{"Product Clicked": 800, "Product Added": 52, "Order Completed": 10})
	sessions := map[string]bool{}
	for _, m := range f.events {
		sessions[m.AnonymousID] = true
		if m.UserID != "" || m.Properties["product_id"] == "" {
			t.Fatalf("event %+v", m)
		}
	}
	if len(sessions) != 20 || sum.Rows != 862 || sum.Repeated != 0 {
		t.Errorf("%d sessions, %+v", len(sessions), sum)
	}
	if first := f.events[f.order[0]]; first.Timestamp.UnixMilli() != 1659304800025 {
		t.Errorf("the first event is of %v", first.Timestamp)
	}
}

func TestOnlineRetail(t *testing.T) {
	files := realData(t, "online_retail/*.csv.gz")
	f := newFake(t)
	var last Progress
	calls := 0
	o := f.options(example(t, "online_retail"), files...)
	o.Progress = func(p Progress) {
		if p.Rows < last.Rows || p.Bytes < last.Bytes || p.Bytes > p.BytesAll {
			t.Errorf("progress went from %+v to %+v", last, p)
		}
		last = p
		calls++
	}
	sum, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, f, map[string]int{"Order Completed": 25900 - 3836, "Order Cancelled": 3836})
	got := f.byName()
	named := people(got["Order Completed"], got["Order Cancelled"])
	if len(named) != 4372 {
		t.Errorf("%d customers, want 4372", len(named))
	}
	if n := len(people(got["Order Cancelled"])); n != 1589 {
		t.Errorf("%d customers cancelled, want 1589", n)
	}
	unnamed, lines, gross, refunds := 0, 0.0, 0.0, 0.0
	kinds := map[string]int{}
	for _, m := range f.events {
		if m.AnonymousID != "" {
			unnamed++
		}
		lines += m.Properties["items"].(float64)
		if m.Event == "Order Completed" {
			kinds[m.Properties["kind"].(string)]++
			gross += m.Properties["total"].(float64)
		} else {
			refunds += m.Properties["refund"].(float64)
		}
	}
	if unnamed != 3710 || lines != 541909 {
		t.Errorf("%d invoices without a customer, want 3710; %v lines, want 541909", unnamed, lines)
	}
	if kinds["order"] != 20725 || kinds["stock_adjustment"] != 1336 || kinds["debt_adjustment"] != 3 {
		t.Errorf("kinds %v", kinds)
	}
	if math.Abs(gross-10644560.42) > 1 || math.Abs(refunds-896812.49) > 1 {
		t.Errorf("orders of %.2f, refunds of %.2f; want 10644560.42 and 896812.49", gross, refunds)
	}
	if sum.Rows != 25900 || sum.Repeated != 0 || f.doubles != 0 {
		t.Errorf("summary %+v", sum)
	}
	if last.Bytes != last.BytesAll || last.Rows != 25900 || last.Left != 0 || last.Rate <= 0 || calls < 50 {
		t.Errorf("%d calls of progress, the last %+v", calls, last)
	}
}
