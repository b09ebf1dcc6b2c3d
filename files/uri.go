package files

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// localPath is the path that a client means by what it passes: a path, one that begins with ~ for the home folder, or a
// file: URI, as the clients that work with resources and roots have it.
func localPath(given string, windows bool) (string, error) {
	given = strings.TrimSpace(given)
	if len(given) > 5 && strings.EqualFold(given[:5], "file:") {
		return pathOfURI(given, windows)
	}
	if rest, inHome := strings.CutPrefix(given, "~"); inHome && rest != "" && os.IsPathSeparator(rest[0]) {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest), nil
		}
	}
	return given, nil
}

// pathOfURI is the path of a file: URI (RFC 8089). A name with a % that encodes nothing is taken as it is.
func pathOfURI(uri string, windows bool) (string, error) {
	path := uri[len("file:"):]
	if rest, hasHost := strings.CutPrefix(path, "//"); hasHost {
		host, after, _ := strings.Cut(rest, "/")
		drive := windows && len(host) == 2 && host[1] == ':' // file://C:/folder, which many write
		if host != "" && !strings.EqualFold(host, "localhost") && !drive {
			return "", fault.New(fault.FileAccess, "file: "+text.Quote(uri)+" is on another machine.", "",
				"Give the path of a file on this one, like file:///folder/contacts.csv.")
		}
		path = "/" + after
		if drive {
			path = "/" + host + path
		}
	}
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	if windows {
		if len(path) >= 3 && path[0] == '/' && (path[2] == ':' || path[2] == '|') {
			path = path[1:2] + ":" + path[3:]
		}
		path = strings.ReplaceAll(path, "/", `\`)
	}
	return path, nil
}
