package lying

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// file is an export's file.
func file(content string) lie {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { _, _ = io.WriteString(w, content) }
}

// gzipped is an export's file as Mailtrap packs it, of which only a part arrives.
func gzipped(content string, arrives float64) lie {
	var packed strings.Builder
	to := gzip.NewWriter(&packed)
	_, _ = io.WriteString(to, content)
	_ = to.Close()
	return file(packed.String()[:int(float64(packed.Len())*arrives)])
}

// vast is a file with one cell of 400 MB, sent as fast as it is taken.
func vast(before, after string) lie {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		_, _ = io.WriteString(w, before)
		block := make([]byte, 1<<20)
		for i := range block {
			block[i] = 'x'
		}
		for range 400 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
		_, _ = io.WriteString(w, after)
	}
}

// linked has every export finished, with a link to somewhere.
func linked(to string) lie {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		says(200, fmt.Sprintf(`{"id":%s,"status":"finished","url":%q}`, id, to))(w, r, nil)
	}
}

// moved redirects to somewhere.
func moved(to string) lie {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		http.Redirect(w, r, to, http.StatusFound)
	}
}

// inside is a service on this machine that nobody outside may reach; hits counts who has.
func inside(t *testing.T) (port string, hits *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	hits = &atomic.Int64{}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			_ = connection.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port, hits
}

// Guarantee 4.1. Guarantee 4.9.
func TestAnExportThatIsNoneIsNeverAnEmptyAccount(t *testing.T) {
	t.Parallel()
	port, hits := inside(t)
	const at, of = "GET /file.csv", "GET /contacts/exports/"
	long := strings.Repeat("x", 200_000)
	for name, told := range map[string]map[string]lie{
		"a page":                           {at: page},
		"nothing":                          {at: file("")},
		"white space":                      {at: file("\n\n\n")},
		"no address column":                {at: file("name,status\nAnna,subscribed\n")},
		"no address column, header only":   {at: file("name,status\n")},
		"addresses that are none":          {at: file("email,status\nAnna,subscribed\nBerta,subscribed\n")},
		"JSON":                             {at: file(`[{"email":"a@b.co"}]`)},
		"an error document":                {at: file(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`)},
		"half of the gzip":                 {at: gzipped("email,status\n"+strings.Repeat("a@b.co,subscribed\n", 10_000), 0.5)},
		"a gzip that is none":              {at: file("\x1f\x8b" + long)},
		"a packed page":                    {at: gzipped("<html><title>Sign in</title></html>", 1)},
		"404 for the file":                 {at: says(404, "email,status\n")},
		"a cell of 400 MB":                 {at: vast("email,status\np00@example.com,", "\n")},
		"an address of 400 MB":             {at: vast("email,status\n", "@example.com,subscribed\n")},
		"a header of 400 MB":               {at: vast("email,", "\n")},
		"a link to the cloud's own data":   {of: linked("https://169.254.169.254/latest/meta-data")},
		"a link into the network":          {of: linked("https://10.0.0.1/export.csv")},
		"a link to this machine":           {of: linked("https://localhost:" + port + "/export.csv")},
		"a link to this machine, in clear": {of: linked("http://127.0.0.1:" + port + "/export.csv")},
		"a link to this machine, mapped":   {of: linked("https://[::ffff:127.0.0.1]:" + port + "/export.csv")},
		"a link to nowhere":                {of: linked("https://0.0.0.0:" + port + "/export.csv")},
		"a link to a file":                 {of: linked("file:///etc/passwd")},
		"a link that is none":              {of: linked("://")},
		"a redirect into the network":      {at: moved("https://10.0.0.1/export.csv")},
		"a redirect to this machine":       {at: moved("https://127.0.0.1:" + port + "/export.csv")},
		"failed": {of: func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			says(200, strings.Replace(`{"id":ID,"status":"failed","url":null}`, "ID", r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], 1))(w, r, nil)
		}},
		"gone": {of: says(404, `{"error":"Not Found"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := newLiar(t, told)
			p := start(t, account)
			deleted := p.begin("delete_list", args{"list": "Newsletter"})
			found := p.begin("search_contacts", args{"where": "status = 'subscribed'"})
			chosen := p.begin("bulk_delete_contacts", args{"where": "status = 'subscribed'", "preview": true})
			exported := p.begin("export_contacts", args{"file": "mine.csv"})
			deleted().says("could not be found out").saysNot("Deleted", "Nobody is on it")
			found().says("[").saysNot("0 contacts", "No contact")
			chosen().says("[").saysNot("0 contacts", "plan_id")
			p.ended(exported()).saysNot("0 contacts", "no contact fits", "Exported")
			if left, err := os.ReadDir(p.files); err != nil || len(left) > 0 {
				t.Errorf("files are left: %v, %v", left, err)
			}
			if account.sent("DELETE") > 0 {
				t.Error("something was deleted")
			}
		})
	}
	t.Cleanup(func() {
		if n := hits.Load(); n > 0 {
			t.Errorf("a service of this machine was reached %d times", n)
		}
	})
}

// Guarantee 4.1.
func TestAHeaderWithoutRowsIsDoubtedByWhoeverKnowsBetter(t *testing.T) {
	t.Parallel()
	p := start(t, newLiar(t, map[string]lie{"GET /file.csv": file("email,status,lists\n")}))
	p.call("create_contact", args{"email": "new@example.com", "lists": []any{"Newsletter"}}).saysNot("[")
	p.call("delete_list", args{"list": "Newsletter"}).saysNot("Deleted", "Nobody is on it")

	empty := start(t, newLiar(t, map[string]lie{"GET /file.csv": file("email,status,lists\n")}))
	empty.call("search_contacts", args{"where": "status = 'subscribed'"}).saysNot("[upstream_error]")
}
