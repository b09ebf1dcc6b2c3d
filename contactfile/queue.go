package contactfile

import "slices"

// queue hands rows on, of which some may be looked at before.
type queue struct {
	read  func() (Row, error)
	ahead []Row // read already
	ended error // what comes behind them
}

// look reads so many rows ahead, unless they are long. An error waits for its turn.
func (q *queue) look(count, bytes int) {
	length := 0
	for _, row := range q.ahead {
		length += lengthOf(row.Cells)
	}
	for len(q.ahead) < count && length < bytes && q.ended == nil {
		row, err := q.read()
		if err != nil {
			q.ended = err
			return
		}
		row.Cells = slices.Clone(row.Cells)
		length += lengthOf(row.Cells)
		q.ahead = append(q.ahead, row)
	}
}

// take returns the next row.
func (q *queue) take() (Row, error) {
	if len(q.ahead) > 0 {
		row := q.ahead[0]
		q.ahead = q.ahead[1:]
		return row, nil
	}
	if q.ended != nil {
		return Row{}, q.ended
	}
	return q.read()
}

func lengthOf(cells []string) (length int) {
	for _, cell := range cells {
		length += len(cell)
	}
	return length
}
