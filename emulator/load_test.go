package emulator

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// numbered is a typical contact, distinct for every i.
func numbered(lists ...int64) func(i int) Contact {
	return func(i int) Contact {
		return Contact{
			Email:   fmt.Sprintf("contact.%07d@example.com", i),
			ListIDs: lists[i%len(lists) : i%len(lists)+1],
			Fields:  map[string]any{"first_name": "First", "last_name": fmt.Sprintf("Last %d", i)},
		}
	}
}

// TestServesManyClientsAtOnce is for the race detector.
func TestServesManyClientsAtOnce(t *testing.T) {
	e := New(Config{Unlimited: true, ApplyDelay: time.Microsecond, JobDelay: time.Microsecond})
	list := e.AddList("One")
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Go(func() {
			for i := range 50 {
				email := fmt.Sprintf("c%d.%d@example.com", c, i)
				send(e, "POST", "/api/contacts", `{"contact":{"email":"`+email+`"}}`)
				send(e, "PATCH", "/api/contacts/"+email, `{"contact":{"list_ids_included":[1]}}`)
				send(e, "POST", "/api/contacts/imports", `{"contacts":[{"email":"i`+email+`"},{"email":"shared@example.com"}]}`)
				send(e, "GET", "/api/contacts/"+email, "")
				send(e, "POST", "/api/contacts/exports", `{}`)
				if link := linkIn(send(e, "GET", "/api/contacts/exports/7001", "").body); link != "" {
					send(e, "GET", link, "", "Authorization", "")
				}
				send(e, "DELETE", fmt.Sprintf("/api/contacts/i%s", email), "")
				e.Inject(Fault{Path: "/nowhere", Status: 500})
				e.Len()
				e.Requests()
			}
			e.ClearFaults()
		})
	}
	clients.Wait()
	<-time.After(time.Millisecond)
	if _, ok := e.Contact("shared@example.com"); !ok || e.Len() < 400 {
		t.Errorf("%d contacts, list %d", e.Len(), list)
	}
}

func linkIn(body string) string {
	_, link, _ := strings.Cut(body, `"url":"`)
	return strings.TrimSuffix(link, `"}`)
}

func TestHoldsManyContacts(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("takes a second, and many under the race detector")
	}
	e := New(Config{})
	e.AddContacts(200_000, numbered(e.AddList("One"), e.AddList("Two")))
	expect(t, e, "GET", "/api/contacts/contact.0199999%40example.com", "", 200, "")
	expect(t, e, "PATCH", "/api/contacts/contact.0100000%40example.com", `{"contact":{"list_ids_included":[1,2]}}`, 200, "")
	expect(t, e, "DELETE", "/api/contacts/lists/2", "", 204, "")
	expect(t, e, "POST", "/api/contacts/exports", `{}`, 201, "")
	if e.Len() != 200_000 {
		t.Errorf("%d contacts", e.Len())
	}
}

func BenchmarkSeed100000Contacts(b *testing.B) {
	for b.Loop() {
		e := New(Config{})
		e.AddContacts(100_000, numbered(e.AddList("One")))
	}
}

// BenchmarkMemoryPerContact reports the heap each contact takes.
func BenchmarkMemoryPerContact(b *testing.B) {
	const n = 200_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		e := New(Config{})
		e.AddContacts(n, numbered(e.AddList("One")))
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/contact")
		runtime.KeepAlive(e)
	}
}

func BenchmarkExport100000Contacts(b *testing.B) {
	e := New(Config{})
	e.AddContacts(100_000, numbered(e.AddList("One"), e.AddList("Two")))
	a, unlock := e.first()
	job := &exportJob{}
	a.finishExport(job, time.Now())
	unlock()
	for b.Loop() {
		if err := job.file.writeTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkImport50000Contacts(b *testing.B) {
	rows := make([]string, maxImportRows)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"email":"contact.%07d@example.com","fields":{"first_name":"First","last_name":"Last %d"},"list_ids_included":[1]}`, i, i)
	}
	body := `{"contacts":[` + strings.Join(rows, ",") + `]}`
	for b.Loop() {
		e := New(Config{})
		e.AddList("One")
		if got := send(e, "POST", "/api/contacts/imports", body); got.status != 201 || e.Len() != maxImportRows {
			b.Fatal(got)
		}
	}
}
