package intake

import "hash/maphash"

// AddressSet is a set of addresses that is small where there are many: it keeps their hashes only. That two have the same
// is less likely than a fault of the machine.
type AddressSet struct {
	seed maphash.Seed
	set  map[uint64]struct{}
}

// NewAddressSet returns an empty set.
func NewAddressSet() *AddressSet { return &AddressSet{maphash.MakeSeed(), map[uint64]struct{}{}} }

// Add adds an address.
func (a *AddressSet) Add(email string) { a.set[maphash.String(a.seed, PersonKey(email))] = struct{}{} }

// Has reports whether an address is in the set; nobody is in one that is nil.
func (a *AddressSet) Has(email string) bool {
	if a == nil {
		return false
	}
	_, has := a.set[maphash.String(a.seed, PersonKey(email))]
	return has
}
