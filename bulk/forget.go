package bulk

import (
	"slices"

	"mailtrap-contacts-mcp/apiclient"
)

// take hands a request out to be sent.
func (g *staging) take(i int) []apiclient.ImportRow {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sending, g.waiting[i] = g.waiting[i], nil
	return g.sending
}

// forget takes a person out of the requests that were not handed out yet, and keeps them out of those that are handed out
// again. It returns how many rows it took, and whether one of them is on its way to Mailtrap. The caller holds the lock.
func (g *staging) forget(email string) (rows int, sending bool) {
	if g.ended {
		return 0, false
	}
	if g.erased == nil {
		g.erased = map[string]bool{}
	}
	g.erased[email] = true
	theirs := func(row apiclient.ImportRow) bool { return row.Email == email }
	for i, chunk := range g.waiting {
		g.waiting[i] = slices.DeleteFunc(chunk, theirs)
		rows += len(chunk) - len(g.waiting[i])
	}
	return rows, slices.ContainsFunc(g.sending, theirs)
}

// spare leaves those out of a request that is about to be sent who were erased since it was handed out.
func (j *job) spare(chunk []apiclient.ImportRow) []apiclient.ImportRow {
	kept := j.unsent.spare(chunk)
	if out := len(chunk) - len(kept); out > 0 {
		j.update("", func(status *Status) {
			status.Total -= out
			status.TakenOut += out
		})
	}
	return kept
}

func (g *staging) spare(chunk []apiclient.ImportRow) []apiclient.ImportRow {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.erased) > 0 {
		chunk = slices.DeleteFunc(slices.Clone(chunk), func(row apiclient.ImportRow) bool { return g.erased[row.Email] })
	}
	g.sending = chunk
	return chunk
}

// notErased are the rejected rows without those of people who were erased since. The caller holds the lock.
func (g *staging) notErased(rejected []Rejected) []Rejected {
	if len(g.erased) == 0 {
		return rejected
	}
	return slices.DeleteFunc(slices.Clone(rejected), func(row Rejected) bool {
		return slices.ContainsFunc(row.Cells, func(cell string) bool {
			for email := range g.erased {
				if isAddress(cell, email) {
					return true
				}
			}
			return false
		})
	})
}
