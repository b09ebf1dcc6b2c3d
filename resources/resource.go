// Package resources holds the account's facts for clients that read rather than call.
//
// A resource is a tool's answer under a URI: a value that describes itself and says which tool it asks, and how. It has no
// facts of its own, so whatever holds for the tool (bounds, masking, read-only mode) holds for the resource, and where
// the tool is not offered the resource does not exist. Nothing in this package knows about MCP.
package resources

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// MIMEType is what every resource is.
const MIMEType = "application/json"

// Resource is one fact, or, if its URI ends in a variable, one fact of each of many things.
type Resource struct {
	// URI is the resource's own, or a template like "mailtrap://contacts/{contact}".
	URI string
	// Name, Title and Description are what people and agents choose by. No two resources share a name.
	Name, Title, Description string
	// Tool is the tool whose structured answer this is.
	Tool string
	// Fresh is for how long a client may keep what it has read.
	Fresh time.Duration

	// argument is the tool's argument that the template's variable becomes.
	argument string
	// fixed are arguments that every reading gives.
	fixed map[string]any
	// recent are the values that the variable is completed from.
	recent func(context.Context) []string
	call   Call
}

// Call calls a tool and returns its structured answer. The error of a call that failed is the text an agent would read.
type Call func(ctx context.Context, tool string, arguments json.RawMessage) (json.RawMessage, error)

// Variable is the name of the template's variable; empty for a resource that is one fact.
func (r Resource) Variable() string {
	_, variable := r.parts()
	return variable
}

// parts are what of the URI always stays the same, and the variable after it.
func (r Resource) parts() (fixed, variable string) {
	fixed, variable, _ = strings.Cut(r.URI, "{")
	return fixed, strings.TrimSuffix(variable, "}")
}

// Has reports whether a URI is this resource's, or one of its template's.
func (r Resource) Has(uri string) bool {
	fixed, variable := r.parts()
	return uri == fixed || variable != "" && strings.HasPrefix(uri, fixed)
}

// Read returns what stands at a URI that the resource has. A value may be percent-encoded or not, as far as that is the
// same: a plus sign is one, and never a space.
func (r Resource) Read(ctx context.Context, uri string) (json.RawMessage, error) {
	arguments := map[string]any{}
	maps.Copy(arguments, r.fixed)
	if fixed, variable := r.parts(); variable != "" {
		value, err := url.PathUnescape(strings.TrimPrefix(uri, fixed))
		if err != nil || strings.TrimSpace(value) == "" { // without the value, a tool may answer about all of them
			return nil, fault.New(fault.InvalidInput, "The URI "+text.Quote(uri)+" does not name a "+variable+".", "",
				"Read "+r.URI+" with a value in place of {"+variable+"}.")
		}
		if strings.ContainsRune(value, utf8.RuneError) { // broken, or what the protocol's decoder makes of what is
			return nil, fault.New(fault.InvalidInput, "The "+variable+" in "+text.Quote(uri)+" is not valid Unicode.", "",
				"Read "+r.URI+" with the value in UTF-8, percent-encoded.")
		}
		arguments[r.argument] = value
	}
	encoded, err := json.Marshal(arguments)
	if err != nil {
		return nil, fmt.Errorf("writing the arguments of %s: %w", r.Tool, err)
	}
	return r.call(ctx, r.Tool, encoded)
}

// Complete gives the values of the template's variable that begin with a prefix, in whatever case.
func (r Resource) Complete(ctx context.Context, variable, prefix string) ([]string, error) {
	if variable == "" || variable != r.Variable() {
		return nil, nil
	}
	return text.StartingWith(prefix, r.recent(ctx)), nil
}
