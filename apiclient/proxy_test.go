package apiclient

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestADownloadGoesThroughAProxyWithAPrivateAddressButNotToOne(t *testing.T) {
	asked := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.Host
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(Config{Token: "t", Account: "1"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	transport := client.download.Transport.(*http.Transport)

	transport.Proxy = http.ProxyURL(at)
	if _, err := client.Download(t.Context(), "https://files.example.com/export.csv.gz"); err == nil || asked != "CONNECT files.example.com:443" {
		t.Errorf("the proxy was asked %q; %v", asked, err)
	}

	transport.Proxy = func(*http.Request) (*url.URL, error) { return nil, nil }
	asked = ""
	_, err = client.Download(t.Context(), "https://"+at.Host+"/export.csv.gz")
	if err == nil || asked != "" || !strings.Contains(err.Error(), "could not be fetched") {
		t.Errorf("the private address was asked %q; %v", asked, err)
	}
}
