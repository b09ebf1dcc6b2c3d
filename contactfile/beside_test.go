package contactfile

import (
	"strings"
	"testing"
)

func TestTablesSideBySideAreRefused(t *testing.T) {
	for _, file := range []string{
		"Email,Name,,Email,Reason\nann@b.co,Ann,,bob@b.co,left\ncid@b.co,Cid,,,\n",
		"Subscribed,,,Unsubscribed,\nEmail,Name,,E-mail,Name\nann@b.co,Ann,,bob@b.co,Bob\n",
		"Email;Name;;Address\nann@b.co;Ann;;bob@b.co\n;;;cid@b.co\n",
		"Email,Name,Email,Name\nann@b.co,Ann,bob@b.co,Bob\n",
	} {
		if read := readAll(content(file), Options{}); read.err == nil || !strings.Contains(read.err.Error(), "two tables stand side by side. One has \"") {
			t.Errorf("%q: %v, %q", file, read.err, read.columns)
		}
	}
	for _, file := range []string{
		"Email,Name,,Work email\nann@b.co,Ann,,ann@c.co\nbob@b.co,Bob,,bob@c.co\n",
		"Email,Name,,Email\nann@b.co,Ann,x,ann@c.co\n",
		"Email,Name,,Note\nann@b.co,Ann,,\nbob@b.co,Bob,,new\n",
		"Email,,Name\nann@b.co,,Ann\n",
		"email,E-Mail\na@b.co,b@b.co\n",
	} {
		if read := readAll(content(file), Options{}); read.err != nil {
			t.Errorf("%q: %v", file, read.err)
		}
	}
}
