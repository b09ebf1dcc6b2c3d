package tools

import (
	"context"
	"hash/maphash"
	"strings"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/intake"
)

// contactSet is contacts by the hashes of the addresses and UUIDs that they are named by: a file may name a million.
type contactSet struct {
	seed  maphash.Seed
	there map[uint64]bool // whether a snapshot has them
}

func newContactSet() contactSet { return contactSet{maphash.MakeSeed(), map[uint64]bool{}} }

func (n contactSet) of(contact string) uint64 {
	return maphash.String(n.seed, strings.ToLower(contact))
}

func (n contactSet) add(contact string) { n.there[n.of(contact)] = false }

// has reports whether a snapshot that was counted in has a contact.
func (n contactSet) has(contact string) bool { return n.there[n.of(contact)] }

// countIn is how many of them a snapshot has whom a condition fits.
func (n contactSet) countIn(ctx context.Context, sn *audience.Snapshot, condition string) (count int, err error) {
	err = sn.EachAddress(ctx, condition, func(email, id string) error {
		is := false
		for _, key := range []uint64{n.of(email), n.of(id)} {
			if _, isNamed := n.there[key]; isNamed {
				n.there[key], is = true, true
			}
		}
		if is { // once, though named by address and by UUID
			count++
		}
		return nil
	})
	return count, err
}

// Contacts implements intake.Stage.
func (n contactSet) Contacts(_ context.Context, chunk intake.Chunk) error {
	return chunk.Rows.Each(func(one intake.Row) error { n.add(one.Name()); return nil })
}

// Rejected implements intake.Stage.
func (n contactSet) Rejected(context.Context, []string, []intake.Rejected) error { return nil }

// OptedOut implements intake.Stage.
func (n contactSet) OptedOut(context.Context, []string) error { return nil }
