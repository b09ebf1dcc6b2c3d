package contactfile

import (
	"bytes"
	"encoding/xml"
)

// Whom somebody has crossed out in a sheet they may have meant to delete. It is in the font of the cell, or in those of all
// runs of its text.

// strikes say whether a text is crossed out.
type strikes struct {
	style         bool // all of the cell is
	run           bool // what follows is
	crossed, left bool // some of the text is, and some is not
}

func (s *strikes) add(written []byte) {
	switch {
	case len(bytes.TrimSpace(written)) == 0:
	case s.run:
		s.crossed = true
	default:
		s.left = true
	}
}

func (s *strikes) all() bool { return s.style || s.crossed && !s.left }

// isStrike tells the element that crosses out from one that says it does not.
func isStrike(element xml.StartElement) bool {
	value := attribute(element, "val")
	return value == "" || isTrue(value)
}
