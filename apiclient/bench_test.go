package apiclient

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// BenchmarkGetContact compares one call over loopback with the bare request.
func BenchmarkGetContact(b *testing.B) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddContact(emulator.Contact{ID: aUUID, Email: anEmail})
	server := httptest.NewServer(e)
	defer server.Close()

	b.Run("client", func(b *testing.B) {
		c := newClient(b, Config{Account: "1111111", BaseURL: server.URL})
		unpaced(c)
		for b.Loop() {
			if _, err := c.GetContact(context.Background(), ContactID(aUUID)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare net/http", func(b *testing.B) {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport}
		for b.Loop() {
			request, err := http.NewRequest(http.MethodGet, server.URL+"/api/accounts/1111111/contacts/"+aUUID, nil)
			if err != nil {
				b.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+emulator.Token)
			response, err := client.Do(request)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != 200 {
				b.Fatal(response.Status, err)
			}
			response.Body.Close()
		}
	})
}
