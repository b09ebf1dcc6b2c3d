package text

import "strings"

// Mask hides an address for logs: "anna@example.com" becomes "a***@e***.com". What is no address is masked whole.
func Mask(address string) string {
	local, domain, found := strings.Cut(address, "@")
	if !found || local == "" || domain == "" {
		return "***"
	}
	top := ""
	if dot := strings.LastIndexByte(domain, '.'); dot > 0 {
		top = domain[dot:]
	}
	return firstRune(local) + "***@" + firstRune(domain) + "***" + top
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// Addresses are matched generously, also percent-encoded, once or more often, as they stand in URLs: masking a word too
// many is harmless, and the part before the @ can hold slashes, quotes, an encoded @ and much else.
var addressLike = Pattern(`[^\s"<>(),;:@]+?(@|%(?:25)*40)[^\s"'<>(),;:/?&@]+(?:@[^\s"'<>(),;:/?&@]+)*`)

// MaskAll masks every address inside a longer text.
func MaskAll(s string) string {
	if !strings.ContainsAny(s, "@%") {
		return s
	}
	return addressLike().ReplaceAllStringFunc(s, func(found string) string {
		at := addressLike().FindStringSubmatchIndex(found)
		return Mask(found[:at[2]] + "@" + found[at[3]:])
	})
}
