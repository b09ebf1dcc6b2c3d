package intake

import (
	"errors"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// A cell holds an address in many forms: "Ann <ann@example.com>", "mailto:ann@example.com", with marks around it that
// nobody sees. Whatever can mean one address only is read as that address.

// address is what a cell of addresses holds. Two cells name one person when their keys are equal; written is what is sent,
// because the account may know the person by that form.
type address struct{ key, written string }

// readAddress reads a cell as one address. The error says what is wrong with the cell, without quoting it.
func readAddress(cell string) (address, error) {
	if email, err := apiclient.ParseEmail(cell); err == nil {
		return addressOf(email), nil
	}
	folded := foldSigns(cell)
	bare := bareAddress(folded)
	found, only := addressesIn(folded)
	if len(found) > 1 {
		return address{}, errors.New("holds " + text.Count(len(found), "address") + " in one cell; give each of them a row of its own")
	}
	email, err := apiclient.ParseEmail(bare)
	switch {
	case err == nil:
		return addressOf(email), nil
	case len(found) == 1 && only:
		return found[0], nil
	case len(found) == 1:
		return address{}, errors.New("holds more than an address; leave only the address in the cell")
	}
	_, domain, _ := strings.Cut(bare, "@")
	switch spaced := strings.ContainsFunc(bare, unicode.IsSpace); {
	case spaced && strings.Contains(domain, "."):
		err = errors.New("contains a space")
	case spaced:
		err = errors.New("is not a valid e-mail address")
	case bare != "" && text.Clean(bare) != bare:
		err = errors.New("contains an invisible character")
	}
	return address{}, err
}

func addressOf(email string) address {
	if isASCII(email) && !strings.Contains(email, "xn--") {
		return address{email, email}
	}
	email = norm.NFC.String(email)
	return address{PersonKey(email), email}
}

// PersonKey is the same for all forms of a checked address: composed and decomposed letters, and domains in their own
// script and in the ASCII form that begins with xn--. It is an address too, and nearly always the one given.
func PersonKey(email string) string {
	email = strings.ToLower(email)
	at := strings.LastIndexByte(email, '@')
	if at < 0 || isASCII(email) && !strings.Contains(email[at:], "xn--") {
		return email
	}
	email = norm.NFC.String(email)
	at = strings.LastIndexByte(email, '@')
	domain, err := idna.Lookup.ToUnicode(email[at+1:])
	if err != nil {
		return email
	}
	key, err := apiclient.ParseEmail(email[:at+1] + domain)
	if err != nil || isASCII(key) {
		return email
	}
	return key
}

// FormsOf are the forms of a checked address that the account or a file may know it by, its key first.
func FormsOf(email string) []string {
	key := PersonKey(email)
	forms := []string{key}
	if isASCII(key) {
		return forms
	}
	at := strings.LastIndexByte(key, '@')
	if domain, err := idna.Lookup.ToASCII(key[at+1:]); err == nil && domain != key[at+1:] {
		forms = append(forms, key[:at+1]+domain)
	}
	if decomposed := norm.NFD.String(key); decomposed != key {
		forms = append(forms, decomposed)
	}
	return forms
}

// NamesPerson reports whether a cell holds an address, in any form, and nothing but addresses.
func NamesPerson(cell, email string) bool {
	key := PersonKey(email)
	if read, err := readAddress(cell); err == nil {
		return read.key == key
	}
	found, only := addressesIn(foldSigns(cell))
	return only && slices.ContainsFunc(found, func(one address) bool { return one.key == key })
}

// foldSigns writes the signs of an address that some keyboards have in a wide form as they are meant, and what HTML writes
// for them.
func foldSigns(cell string) string {
	if strings.IndexByte(cell, '&') >= 0 {
		cell = html.UnescapeString(cell)
	}
	return wideSigns.Replace(cell)
}

var wideSigns = strings.NewReplacer("＠", "@", "．", ".", "。", ".", "｡", ".", "；", ";", "，", ",", "、", ",", "＜", "<", "＞", ">")

// bareAddress takes away what stands around an address and is not a part of it.
func bareAddress(cell string) string {
	for {
		before := cell
		cell = strings.TrimFunc(cell, isAround)
		cell = strings.TrimRight(cell, ".")
		if len(cell) > len("mailto:") && strings.EqualFold(cell[:len("mailto:")], "mailto:") {
			cell, _, _ = strings.Cut(cell[len("mailto:"):], "?")
			if plain, err := url.PathUnescape(cell); err == nil {
				cell = plain
			}
		}
		if open := strings.LastIndexByte(cell, '<'); open >= 0 { // the end of Name <ann@example.com> is trimmed already
			cell = cell[open+1:]
		}
		if cell == before {
			return cell
		}
	}
}

// isAround tells signs that may stand around an address: blanks, what nobody sees, quotes, brackets, separators.
func isAround(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"'`´<>()[]{},;:|“”„‘’‚«»‹›", r) || r != utf8.RuneError && text.Clean(string(r)) == ""
}

// mostAddresses bounds the addresses that are told apart in one cell.
const mostAddresses = 100

// addressesIn finds the different addresses of a cell. only tells that there is nothing beside them but a name and the signs
// between them: "ann@example.com; bob@example.com", "Ann Abel (ann@example.com)".
func addressesIn(cell string) (found []address, only bool) {
	if len(cell) > mostAddresses*apiclient.MaxEmail || strings.IndexByte(cell, '@') < 0 {
		return nil, false
	}
	only = true
	for token := range strings.FieldsFuncSeq(cell, isBetween) {
		email, err := apiclient.ParseEmail(bareAddress(token))
		if err != nil {
			only = only && isOneEnclosed(cell)
			continue
		}
		if one := addressOf(email); len(found) < mostAddresses && !slices.ContainsFunc(found,
			func(other address) bool { return other.key == one.key }) {
			found = append(found, one)
		}
	}
	return found, only
}

// isOneEnclosed tells a name with its one address in brackets behind it, or an address with a name in brackets.
func isOneEnclosed(cell string) bool {
	cell = strings.TrimFunc(cell, func(r rune) bool { return isAround(r) && r != ')' && r != '(' })
	before, inside, found := strings.Cut(cell, "(")
	inside, closed := strings.CutSuffix(inside, ")")
	if !found || !closed || strings.ContainsAny(inside, "()") {
		return false
	}
	return strings.Count(before, "@")+strings.Count(inside, "@") == 1
}

// isBetween tells signs that stand between addresses.
func isBetween(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"<>()[]{},;|/\\&“”„«»", r)
}

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
