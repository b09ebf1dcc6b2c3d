package apiclient

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"mailtrap-contacts-mcp/fault"
)

// Bounds of an export's download.
const (
	maxDownload  = 4 << 30 // bytes, unpacked
	maxRatio     = 200     // unpacked to packed, beyond the first ratioFrom bytes
	ratioFrom    = 16 << 20
	maxRedirects = 3
	stallTimeout = 30 * time.Second // without a byte, also until the answer's header
)

// newDownloader fetches from hosts that are not the API's: the export's file lies on somebody else's storage. It
// carries no token, uses https only, and reaches no private address, except for the API's own host when that is the
// emulator on this machine.
func newDownloader(api *url.URL, transport http.RoundTripper) *http.Client {
	if transport == nil {
		own := newTransport(func(_, address string) error { return refusePrivate(api, address) })
		own.DisableCompression = true // the bounds below are ours
		own.DialContext = pastProxies(own)
		transport = own
	}
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(request *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errors.New("too many redirects")
			}
			return checkDownload(api, request.URL)
		},
	}
}

type dial func(ctx context.Context, network, address string) (net.Conn, error)

// pastProxies lets a transport dial the proxy that the operator has configured, wherever that is: proxies mostly have
// private addresses. What a link points to is then the proxy's to refuse.
func pastProxies(transport *http.Transport) dial {
	guarded, plain := transport.DialContext, newTransport(nil).DialContext
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if isProxy(transport.Proxy, address) {
			return plain(ctx, network, address)
		}
		return guarded(ctx, network, address)
	}
}

func isProxy(choose func(*http.Request) (*url.URL, error), address string) bool {
	ports := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}
	for _, scheme := range []string{"https", "http"} {
		proxy, err := choose(&http.Request{URL: &url.URL{Scheme: scheme, Host: "mailtrap.io"}})
		if err != nil || proxy == nil {
			continue
		}
		port := proxy.Port()
		if port == "" {
			port = ports[proxy.Scheme]
		}
		if net.JoinHostPort(proxy.Hostname(), port) == address {
			return true
		}
	}
	return false
}

func checkDownload(api, target *url.URL) error {
	if target.User != nil || target.Host == "" {
		return errors.New("the link is malformed")
	}
	ownHost := api.Scheme == "http" && target.Host == api.Host // the emulator: parseBase admits http on loopback only
	if target.Scheme == "https" || target.Scheme == "http" && ownHost {
		return nil
	}
	return errors.New("the link is not https")
}

// refusePrivate looks at the address actually dialled, so that a name cannot point inside.
func refusePrivate(api *url.URL, address string) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("the link's address cannot be read")
	}
	ip := target.Addr().Unmap()
	if ip.IsGlobalUnicast() && !ip.IsPrivate() && !sharedSpace.Contains(ip) {
		return nil
	}
	if ip.IsLoopback() && isLoopback(api.Hostname()) && fmt.Sprint(target.Port()) == api.Port() {
		return nil
	}
	return errors.New("the link points to a private address")
}

// sharedSpace is the carrier-grade NAT range (RFC 6598), private in all but name.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

func controlDial(check func(network, address string) error) func(string, string, syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error { return check(network, address) }
}

// errStalled is why a download ended that sent nothing for stallTimeout.
var errStalled = errors.New("nothing arrived for " + stallTimeout.String())

// Download opens a finished export's file and unpacks it while it is read. The reader fails rather than end early: on a
// truncated file, one that unpacks too far, or one that stalls. The caller closes it.
func (c *Client) Download(ctx context.Context, link string) (io.ReadCloser, error) {
	target, err := url.Parse(link)
	if err != nil {
		return nil, downloadFault("the link is malformed", nil)
	}
	if err := checkDownload(c.base, target); err != nil {
		return nil, downloadFault(err.Error(), nil)
	}
	file := startTransfer(ctx)
	request, err := http.NewRequestWithContext(file.ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		file.end(nil)
		return nil, downloadFault("the link is malformed", nil)
	}
	request.Header.Set("User-Agent", c.userAgent)
	response, err := c.download.Do(request) //nolint:bodyclose // the transfer closes it
	file.timer.Stop()
	if err != nil {
		defer file.end(nil)
		return nil, file.failed("it could not be fetched", withoutURL(err))
	}
	file.body = response.Body
	if response.StatusCode != http.StatusOK {
		_ = file.Close()
		return nil, downloadFault(fmt.Sprintf("the file's host answered status %d", response.StatusCode), nil)
	}
	reader, err := unpack(file)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return reader, nil
}

// transfer is a download under way. It ends itself when the other side sends nothing for stallTimeout.
type transfer struct {
	ctx   context.Context
	end   context.CancelCauseFunc
	timer *time.Timer // runs while something is awaited
	body  io.ReadCloser
}

func startTransfer(ctx context.Context) *transfer {
	ctx, end := context.WithCancelCause(ctx)
	return &transfer{ctx: ctx, end: end, timer: time.AfterFunc(stallTimeout, func() { end(errStalled) })}
}

// Read is timed, and the time between two reads is not: that is the reader's own.
func (t *transfer) Read(p []byte) (int, error) {
	t.timer.Reset(stallTimeout)
	defer t.timer.Stop()
	return t.body.Read(p)
}

// Close lets go of the connection.
func (t *transfer) Close() error {
	t.timer.Stop()
	t.end(nil)
	return t.body.Close()
}

// failed tells a stalled download and one that the caller gave up from one that broke.
func (t *transfer) failed(why string, err error) error {
	switch cause := context.Cause(t.ctx); {
	case errors.Is(cause, errStalled):
		return fault.New(fault.Timeout, "The export's file could not be downloaded: "+errStalled.Error()+".", "",
			"Try again in a minute; if it fails again, the operator should check the network.").Because(err)
	case cause != nil:
		return cause
	}
	return downloadFault(why, err)
}

// unpack reads gzip or, where something in between unpacked it already, plain text.
func unpack(file *transfer) (io.ReadCloser, error) {
	packed := &counted{Reader: file}
	buffered := bufio.NewReaderSize(packed, 64<<10)
	magic, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, file.failed("it broke off", err)
	}
	if len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return &unpacked{reader: buffered, packed: packed, file: file}, nil
	}
	unzipped, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, file.failed("its compression is broken", err)
	}
	return &unpacked{reader: unzipped, packed: packed, file: file}, nil
}

type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

type unpacked struct {
	reader io.Reader
	packed *counted
	file   *transfer
	n      int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.reader.Read(p)
	u.n += int64(n)
	switch {
	case u.n > maxDownload, u.n > ratioFrom && u.n > maxRatio*u.packed.n:
		return n, downloadFault("it unpacks to more than an export can be", nil)
	case err != nil && !errors.Is(err, io.EOF):
		return n, u.file.failed("it broke off", err)
	}
	return n, err
}

func (u *unpacked) Close() error { return u.file.Close() }

func downloadFault(why string, err error) error {
	return fault.New(fault.UpstreamError, "The export's file could not be downloaded: "+why+".", "",
		"Start a new export; if it fails again, the operator should check the network.").Because(err)
}
