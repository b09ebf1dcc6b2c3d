package apiclient

import (
	"net/mail"
	"net/url"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// MaxEmail is the longest address accepted, in bytes (RFC 5321's limit on a forward path less its brackets).
const MaxEmail = 254

// ContactRef names one contact, by address or by UUID. The zero value names nobody.
type ContactRef struct {
	value  string
	isUUID bool
}

// ParseContact reads a contact's address or UUID. Anything else is an invalid_input fault: an identifier becomes a
// part of a URL, and nothing that could name another resource may get there.
func ParseContact(s string) (ContactRef, error) {
	trimmed := strings.TrimSpace(s)
	if id, err := uuid.Parse(trimmed); err == nil && len(trimmed) == 36 {
		return ContactRef{value: id.String(), isUUID: true}, nil
	}
	email, err := ParseEmail(trimmed)
	if err != nil {
		return ContactRef{}, fault.New(fault.InvalidInput, text.Quote(s)+" is neither an e-mail address nor a contact's UUID.", "",
			"Name the contact by an address like name@example.com or by the id that get_contact shows.")
	}
	return ContactRef{value: email}, nil
}

// ParseEmail trims, checks and lower-cases an address. Mailtrap stores addresses in lower case (observed in its own
// interface). The error says what is wrong with the address, without quoting it.
func ParseEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s)) // first, because it can lengthen
	if isOrdinary(s) {
		return s, nil
	}
	switch {
	case s == "":
		return "", emailError("is empty")
	case len(s) > MaxEmail:
		return "", emailError("is longer than 254 characters")
	case text.Clean(s) != s || strings.ContainsFunc(s, unicode.IsSpace):
		return "", emailError("contains spaces or invisible characters")
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || strings.ContainsAny(s, `"<>()[],;:\`) {
		return "", emailError("is not a valid e-mail address")
	}
	local, domain, _ := strings.Cut(s, "@")
	if len(local) > 64 {
		return "", emailError("has more than 64 characters before the @")
	}
	if problem := checkDomain(domain); problem != "" {
		return "", emailError(problem)
	}
	return s, nil
}

// isOrdinary tells an address that is valid beyond doubt, as nearly all are, without taking it apart: files hold millions.
func isOrdinary(s string) bool {
	at := strings.IndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > MaxEmail || s[at-1] == '.' {
		return false
	}
	before := byte('.')
	for i := range at {
		c := s[i]
		if !isPlainByte(c) && c != '+' && c != '_' && c != '-' && (c != '.' || before == '.') {
			return false
		}
		before = c
	}
	label, labels := at+1, 0
	for i := at + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if i == label || i-label > 63 || s[i-1] == '-' {
				return false
			}
			label, labels = i+1, labels+1
		case !isPlainByte(c) && (c != '-' || i == label):
			return false
		}
	}
	top := s[label:]
	return labels > 0 && len(top) >= 2 && len(top) <= 63 && top[0] > '9' && top[len(top)-1] != '-'
}

func isPlainByte(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

func checkDomain(domain string) string {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return "has no top-level domain"
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "has a malformed domain"
		}
		for _, r := range label {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return "has a malformed domain"
			}
		}
	}
	top := labels[len(labels)-1]
	if len(top) < 2 || unicode.IsDigit(rune(top[0])) {
		return "has an impossible top-level domain"
	}
	return ""
}

type emailError string

func (e emailError) Error() string { return string(e) }

// Fault is the error where nobody has put the argument's name to it.
func (e emailError) Fault() *fault.Error {
	return fault.New(fault.InvalidInput, "The e-mail address "+string(e)+".", "",
		"Nothing was sent; give an address like name@example.com.").Because(e)
}

// ContactID is the reference to a contact whose UUID came from the API itself.
func ContactID(id string) ContactRef { return ContactRef{value: id, isUUID: true} }

// ByUUID reports whether the reference is a UUID rather than an address.
func (r ContactRef) ByUUID() bool { return r.isUUID }

// IsZero reports whether the reference names nobody.
func (r ContactRef) IsZero() bool { return r.value == "" }

// String is the lower-case address or UUID.
func (r ContactRef) String() string { return r.value }

// segment escapes the reference for a URL path. Everything but letters, digits and -_.~ is percent-encoded, as
// Mailtrap's own SDKs do (%2B, %40); url.PathEscape would leave "..", "+" and "@" as they are.
func (r ContactRef) segment() string { return url.QueryEscape(r.value) }
