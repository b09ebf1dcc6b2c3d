package server

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// mcp-go v1.2.1 checks neither the Origin of a request nor, on every route, its Host: any web page that a person has
// open could call tools on their machine. And it answers /sse with Access-Control-Allow-Origin: *.

// guarded lets a request through only if it is addressed to this machine by a name of this machine, and if the page
// that sends it, in case it is one, is ours or allowed. http.CrossOriginProtection would let GET through, which opens
// streams.
func guarded(next http.Handler, origins []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !addressedHere(r.Host) {
			http.Error(w, "This server answers on localhost only.", http.StatusForbidden)
			return
		}
		origin := r.Header.Get("Origin")
		if origin != "" && origin != "http://"+r.Host && !slices.Contains(origins, origin) {
			http.Error(w, "Pages of this origin may not use this server.", http.StatusForbidden)
			return
		}
		if slices.Contains(origins, origin) { // what we answer ourselves is read, too
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
		next.ServeHTTP(w, r)
	})
}

// addressedHere tells a name of this machine from one that a foreign name server has pointed at it.
func addressedHere(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	return isLoopback(strings.ToLower(name))
}

// cors names the origins that may read the answers. The library takes an empty list for no restriction, so a name that
// no page can have keeps the list from being empty.
func cors(origins []string) []mcpserver.CORSOption {
	return []mcpserver.CORSOption{
		mcpserver.WithCORSAllowedOrigins(append([]string{"https://nobody.invalid"}, origins...)...),
		mcpserver.WithCORSAllowedHeaders("Content-Type", "Authorization", "Last-Event-ID", mcpserver.HeaderKeySessionID,
			mcp.HeaderProtocolVersion, mcp.HeaderMethod, mcp.HeaderName),
		mcpserver.WithCORSExposedHeaders(mcpserver.HeaderKeySessionID),
	}
}
