package emulator

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Transport returns a RoundTripper that reaches the emulator without a network, whatever host is asked for. Lost
// answers are errors, truncated ones end with io.ErrUnexpectedEOF, and gzip is unpacked as http.Transport does it
// unless the request has an Accept-Encoding. Each request has one goroutine, which ends when the answer's body is read
// to its end or closed, or the request's context ends; so it works in a testing/synctest bubble.
func (e *Emulator) Transport() http.RoundTripper { return transport{e} }

type transport struct{ emulator *Emulator }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	served, err := servedRequest(ctx, r)
	if err != nil {
		cancel()
		return nil, err
	}
	body, pipe := io.Pipe()
	context.AfterFunc(ctx, func() { body.CloseWithError(ctx.Err()) })
	x := &exchange{header: http.Header{}, pipe: pipe, started: make(chan struct{})}
	go x.serve(t.emulator, served)

	select {
	case <-x.started:
	case <-ctx.Done():
		cancel()
		return nil, ctx.Err()
	}
	if x.aborted {
		cancel()
		return nil, io.ErrUnexpectedEOF
	}
	return x.response(r, answerBody{body, body, cancel})
}

// servedRequest is the request as a server sees it. Its body is read here, so that the caller gets it back closed.
func servedRequest(ctx context.Context, r *http.Request) (*http.Request, error) {
	var sent []byte
	if r.Body != nil {
		defer r.Body.Close()
		var err error
		if sent, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1)); err != nil {
			return nil, err
		}
	}
	served := r.Clone(ctx)
	served.RequestURI = r.URL.RequestURI()
	served.Body = io.NopCloser(bytes.NewReader(sent))
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	return served, nil
}

// exchange is the emulator's side of one round trip: an http.ResponseWriter.
type exchange struct {
	header  http.Header
	pipe    *io.PipeWriter
	once    sync.Once
	started chan struct{} // closed when the fields below are set
	status  int
	sent    http.Header
	aborted bool // the connection was closed without an answer
}

func (x *exchange) serve(e *Emulator, r *http.Request) {
	defer func() {
		var err error
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler { //nolint:errorlint // it is panicked with as it is
				panic(p)
			}
			err = io.ErrUnexpectedEOF
		}
		x.once.Do(func() {
			x.aborted = true
			close(x.started)
		})
		x.pipe.CloseWithError(err)
	}()
	e.ServeHTTP(x, r)
}

// Header implements http.ResponseWriter.
func (x *exchange) Header() http.Header { return x.header }

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	x.once.Do(func() {
		x.status, x.sent = status, x.header.Clone()
		close(x.started)
	})
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(p []byte) (int, error) {
	x.WriteHeader(http.StatusOK)
	if len(p) == 0 {
		return 0, nil
	}
	return x.pipe.Write(p)
}

func (x *exchange) response(r *http.Request, body answerBody) (*http.Response, error) {
	response := &http.Response{
		Status:        strconv.Itoa(x.status) + " " + http.StatusText(x.status),
		StatusCode:    x.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        x.sent,
		ContentLength: -1,
		Request:       r,
	}
	if length, err := strconv.ParseInt(x.sent.Get("Content-Length"), 10, 64); err == nil {
		response.ContentLength = length
	}
	if x.sent.Get("Content-Encoding") == "gzip" && r.Header.Get("Accept-Encoding") == "" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			_ = body.Close()
			return nil, err
		}
		body.Reader = unpacked
		response.Uncompressed = true
		response.ContentLength = -1
		response.Header.Del("Content-Encoding")
	}
	response.Body = body
	return response, nil
}

// answerBody ends the emulator's side when it is closed.
type answerBody struct {
	io.Reader
	pipe   *io.PipeReader
	cancel context.CancelFunc
}

// Close implements io.Closer.
func (b answerBody) Close() error {
	b.cancel()
	return b.pipe.Close()
}
