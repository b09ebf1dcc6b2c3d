package intake

import (
	"database/sql/driver"
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// compressedForm is what compressed Rows begin with; others begin with rowsForm, or a line of JSON.
const compressedForm = 2

// Value compresses the contacts for a database, which takes less time than to write all of their bytes.
func (r Rows) Value() (driver.Value, error) {
	if r == nil {
		return nil, nil
	}
	to := make([]byte, 1+s2.MaxEncodedLen(len(r)))
	to[0] = compressedForm
	return to[:1+len(s2.Encode(to[1:], r))], nil
}

// Scan reads contacts from a database, as Value or an earlier program kept them.
func (r *Rows) Scan(kept any) (err error) {
	content, isBytes := kept.([]byte)
	switch {
	case kept == nil:
		*r = nil
		return nil
	case !isBytes:
		return fmt.Errorf("staged contacts are a %T", kept)
	case len(content) == 0 || content[0] != compressedForm:
		*r = slices.Clone(content)
		return nil
	}
	if *r, err = s2.Decode(nil, content[1:]); err != nil {
		return fmt.Errorf("%w: %w", errRows, err)
	}
	return nil
}
