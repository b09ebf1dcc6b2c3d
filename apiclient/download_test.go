package apiclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// exported runs an export on the emulator and returns its link.
func exported(t *testing.T, c *Client) string {
	t.Helper()
	export, err := c.CreateExport(context.Background(), ExportFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if export, err = c.Export(context.Background(), export.ID); err != nil || !export.Done() || export.URL == "" {
		t.Fatalf("got %+v, %v", export, err)
	}
	return export.URL
}

func fetch(ctx context.Context, c *Client, link string) (string, error) {
	body, err := c.Download(ctx, link)
	if err != nil {
		return "", err
	}
	defer body.Close()
	content, err := io.ReadAll(body)
	return string(content), err
}

func zipped(s string) string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, s) // a buffer takes everything
	_ = w.Close()
	return packed.String()
}

// loopback serves the handler and returns a client whose API it is.
func loopback(t *testing.T, handler http.Handler) (*httptest.Server, *Client) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server, newClient(t, Config{Account: "1111111", BaseURL: server.URL})
}

func TestAnExportIsDownloadedWithoutTheToken(t *testing.T) {
	e := emulator.New(emulator.Config{})
	e.AddContact(emulator.Contact{Email: anEmail})
	_, c := loopback(t, e)
	content, err := fetch(context.Background(), c, exported(t, c))
	if err != nil || !strings.HasPrefix(content, "Email,") || !strings.Contains(content, anEmail) {
		t.Errorf("got %q, %v", content, err)
	}
	requests := e.Requests()
	last := requests[len(requests)-1]
	if !strings.HasPrefix(last.Path, "/data_exports/") || last.TokenSeen {
		t.Errorf("sent %s, token seen: %v", last.Path, last.TokenSeen)
	}
}

func TestALinkThatCouldReachInsideIsRefused(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was asked") }))
	defer other.Close()
	_, own := loopback(t, http.NotFoundHandler())
	public := newClient(t, Config{})
	hostless := strings.TrimPrefix(other.URL, "http://")
	for name, link := range map[string]string{
		"clear text": "http://example.com/x", "clear text on another port": other.URL, "a file": "file:///etc/passwd", "nothing": "", "no host": "https:///x",
		"a password": "https://a:b@example.com/x", "what is no URL": "https://[::1", "a relative path": "/data_exports/1",
		"loopback": "https://" + hostless + "/x", "localhost": "https://localhost:1/x", "IPv6 loopback": "https://[::1]:1/x", "a private network": "https://10.1.2.3/x",
		"another": "https://192.168.1.1/x", "a third": "https://172.16.0.1/x", "a cloud's metadata": "https://169.254.169.254/latest/meta-data", "any address": "https://0.0.0.0/x",
		"carrier-grade NAT": "https://100.64.0.1/x", "a unique local address": "https://[fd00::1]/x", "a mapped address": "https://[::ffff:127.0.0.1]:1/x", "multicast": "https://224.0.0.1/x",
	} {
		for _, c := range []*Client{own, public} {
			_, err := fetch(context.Background(), c, link)
			f := wantFault(t, err, fault.UpstreamError)
			if cause := fmt.Sprint(f.Err, f.What); !strings.Contains(cause, "private address") && !strings.Contains(cause, "not https") && !strings.Contains(cause, "malformed") {
				t.Errorf("%s: %s", name, cause)
			}
		}
	}
}

func TestARedirectCannotReachInside(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was asked") }))
	defer other.Close()
	for name, target := range map[string]string{"private": "https://10.1.2.3/x", "loopback": other.URL, "clear text": "http://example.com/", "a file": "file:///etc/passwd"} {
		t.Run(name, func(t *testing.T) {
			server, c := loopback(t, http.RedirectHandler(target, http.StatusFound))
			_, err := fetch(context.Background(), c, server.URL+"/x")
			f := wantFault(t, err, fault.UpstreamError)
			if cause := fmt.Sprint(f.Err); !strings.Contains(cause, "private address") && !strings.Contains(cause, "not https") && !strings.Contains(cause, "malformed") {
				t.Error(cause)
			}
		})
	}
}

func TestRedirectsAreFollowedAFewTimes(t *testing.T) {
	for redirects, works := range map[int]bool{1: true, 3: true, 4: false, 100: false} {
		asked := 0
		server, c := loopback(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" || r.Header.Get("Api-Token") != "" {
				t.Error("the token was sent")
			}
			if asked++; asked <= redirects {
				http.Redirect(w, r, "/again", http.StatusFound)
				return
			}
			_, _ = io.WriteString(w, "email\n") // the client may be gone
		}))
		content, err := fetch(context.Background(), c, server.URL+"/x")
		if works != (err == nil && content == "email\n") || asked > maxRedirects+1 {
			t.Errorf("%d redirects: got %q, %v after %d requests", redirects, content, err, asked)
		}
	}
}

func TestWhatIsDownloadedIsUnpackedWhole(t *testing.T) {
	long := strings.Repeat("anna@example.com,Anna\n", 100_000)
	for name, c := range map[string]struct{ sent, want string }{
		"gzip": {zipped(long), long}, "two gzip members": {zipped("a\n") + zipped("b\n"), "a\nb\n"}, "plain text": {long, long}, "one byte": {"a", "a"}, "nothing": {"", ""}, "an empty gzip": {zipped(""), ""},
		"repetitive, yet small": {zipped(strings.Repeat("0", 8<<20)), strings.Repeat("0", 8<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, Config{Transport: always(200, c.sent)})
			got, err := fetch(context.Background(), client, "https://files.example/x.csv.gz")
			if err != nil || got != c.want {
				t.Errorf("got %d bytes, %v; want %d", len(got), err, len(c.want))
			}
		})
	}
}

func TestABrokenDownloadFailsRatherThanEndsEarly(t *testing.T) {
	long := zipped(strings.Repeat("anna@example.com,Anna\n", 1000))
	network := func(body io.Reader) *stub {
		return &stub{answer: func(int, *http.Request) (*http.Response, error) {
			r := response(200, "")
			r.Body = io.NopCloser(body)
			return r, nil
		}}
	}
	flipped := []byte(long)
	flipped[len(flipped)/2] ^= 0xff
	for name, transport := range map[string]http.RoundTripper{
		"truncated gzip": always(200, long[:len(long)/2]), "a gzip without its last byte": always(200, long[:len(long)-1]), "half a gzip header": always(200, "\x1f\x8b\x08"),
		"a flipped bit": always(200, string(flipped)), "something behind the gzip": always(200, long+"garbage"), "a wrong gzip header": always(200, "\x1f\x8bgarbage"),
		"plain text that breaks off":         network(io.MultiReader(strings.NewReader("email\na@"), brokenReader{})),
		"a connection that breaks at once":   network(brokenReader{}),
		"a reset":                            inTurn(failure(io.ErrUnexpectedEOF)),
		"404":                                always(404, "<Error><Code>NoSuchKey</Code></Error>"),
		"403, an expired link":               always(403, "<Error/>"),
		"204":                                always(204, ""),
		"a redirect without a place to go":   always(302, ""),
		"a partial answer nobody asked for":  always(206, long),
		"a gzip bomb that never ends itself": network(endlessZeros()),
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Config{Transport: transport})
			_, err := fetch(context.Background(), c, "https://files.example/x.csv.gz?X-Amz-Signature=secret")
			f := wantFault(t, err, fault.UpstreamError)
			if strings.Contains(f.Error(), "secret") || strings.Contains(fmt.Sprint(f.Err), "secret") {
				t.Errorf("the link is shown: %s: %v", f, f.Err)
			}
		})
	}
}

// endlessZeros is 16 GB of zeros in 16 MB.
func endlessZeros() io.Reader {
	charge := zipped(strings.Repeat("\x00", 16<<20))
	var all []io.Reader
	for range 1024 {
		all = append(all, strings.NewReader(charge))
	}
	return io.MultiReader(all...)
}

func TestTheEmulatorsGzipBombAndTruncatedFileAreRefused(t *testing.T) {
	for name, do := range map[string]emulator.Action{"bomb": emulator.GzipBomb, "truncated": emulator.TruncateBody, "reset": emulator.LoseBefore} {
		t.Run(name, func(t *testing.T) {
			e := emulator.New(emulator.Config{})
			e.AddContact(emulator.Contact{Email: anEmail})
			_, c := loopback(t, e)
			link := exported(t, c)
			e.Inject(emulator.Fault{Path: "/data_exports/", Do: do})
			content, err := fetch(context.Background(), c, link)
			wantFault(t, err, fault.UpstreamError)
			if len(content) > 64<<20 {
				t.Errorf("%d MB were read", len(content)>>20)
			}
		})
	}
}

// trickle is a network whose file comes piece by piece, with pauses.
func trickle(pieces int, pause time.Duration) *stub {
	return &stub{answer: func(_ int, r *http.Request) (*http.Response, error) {
		body, pipe := io.Pipe()
		context.AfterFunc(r.Context(), func() { body.CloseWithError(r.Context().Err()) })
		go func() {
			for range pieces {
				if _, err := io.WriteString(pipe, "line\n"); err != nil {
					return
				}
				time.Sleep(pause) // in the bubble
			}
			pipe.Close()
		}()
		answer := response(200, "")
		answer.Body = body
		return answer, nil
	}}
}

func TestAStalledDownloadIsGivenUp(t *testing.T) {
	inBubble(t, "before the header", func(t *testing.T) {
		e, c := emulated(t, emulator.Config{})
		e.Inject(emulator.Fault{Path: "/data_exports/", Do: emulator.Hang})
		start := time.Now()
		_, err := fetch(context.Background(), c, "https://files.example/data_exports/1/x.csv.gz")
		wantFault(t, err, fault.Timeout)
		if since(start) != stallTimeout {
			t.Errorf("took %s", since(start))
		}
	})
	inBubble(t, "in the middle", func(t *testing.T) {
		c := newClient(t, Config{Transport: trickle(2, time.Hour)})
		start := time.Now()
		_, err := fetch(context.Background(), c, "https://files.example/x")
		wantFault(t, err, fault.Timeout)
		if since(start) != stallTimeout {
			t.Errorf("took %s", since(start))
		}
		time.Sleep(2 * time.Hour) // until the other side notices
	})
	inBubble(t, "a slow one is not stalled", func(t *testing.T) {
		c := newClient(t, Config{Transport: trickle(20, stallTimeout-time.Second)})
		content, err := fetch(context.Background(), c, "https://files.example/x")
		if err != nil || content != strings.Repeat("line\n", 20) {
			t.Errorf("got %q, %v", content, err)
		}
	})
	inBubble(t, "a slow reader does not stall it", func(t *testing.T) {
		c := newClient(t, Config{Transport: trickle(3, 0)})
		body, err := c.Download(context.Background(), "https://files.example/x")
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		time.Sleep(time.Hour)
		if content, err := io.ReadAll(body); err != nil || string(content) != strings.Repeat("line\n", 3) {
			t.Errorf("got %q, %v", content, err)
		}
	})
}

func TestACancelledDownloadSaysSo(t *testing.T) {
	inBubble(t, "in the middle", func(t *testing.T) {
		c := newClient(t, Config{Transport: trickle(2, time.Hour)})
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := fetch(ctx, c, "https://files.example/x")
		wantFault(t, err, fault.Cancelled)
		if since(start) != time.Second {
			t.Errorf("took %s", since(start))
		}
		time.Sleep(2 * time.Hour) // until the other side notices
	})
	inBubble(t, "before the header, by a deadline", func(t *testing.T) {
		e, c := emulated(t, emulator.Config{})
		e.Inject(emulator.Fault{Do: emulator.Hang})
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := fetch(ctx, c, "https://files.example/data_exports/1/x.csv.gz")
		wantFault(t, err, fault.Timeout)
	})
}
