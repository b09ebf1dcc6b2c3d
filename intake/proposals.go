package intake

import (
	"fmt"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
)

// Proposal is a field for a column that has none.
type Proposal struct {
	Column string
	Field  apiclient.Field // its id is 0: it is not there yet
	// Values is how many cells have one, Fits how many of them fit the field's type; Misfit is one that does not.
	Values, Fits int
	Misfit       string
	// Nearly is the type that more than half of a text's values would fit; then Fits and Misfit are about that.
	Nearly string
	// TooLong is set when the values are too long for any field, and none would be created.
	TooLong bool
	// Likely is the merge tag of a field of the account that the column may mean, in another language; then none is created.
	Likely string

	index int
}

// propose finds a field for each column that nobody has said anything of. Empty columns get none.
func (p *columnPlan) propose(found *survey, fields []apiclient.Field) []Proposal {
	var proposals []Proposal
	there := slices.Clone(fields)
	for i, profile := range found.profiles {
		if profile == nil || profile.datesOnly || profile.numbersOnly || profile.values == 0 || p.columns[i].optOut {
			continue
		}
		kind := profile.kind()
		proposal := Proposal{Column: p.columns[i].name, Values: profile.values, Fits: profile.fits[kind], Misfit: profile.misfits[kind], index: i}
		proposal.Field.DataType = dataTypes[kind]
		if likely := p.likelyField(p.columns[i].name, fields); likely != nil {
			proposal.Likely = likely.MergeTag
		}
		if kind == texts {
			proposal.TooLong = !mostly(profile.fits[texts], profile.values)
			if nearly, ok := profile.nearly(); ok && !proposal.TooLong {
				proposal.Nearly, proposal.Fits, proposal.Misfit = dataTypes[nearly], profile.fits[nearly], profile.misfits[nearly]
			}
		}
		proposal.Field.Name, proposal.Field.MergeTag = catalog.FreeName(p.columns[i].name, fmt.Sprintf("column_%d", i+1), there)
		there = append(there, proposal.Field)
		proposals = append(proposals, proposal)
	}
	return proposals
}

// nearly is the narrow type that most of a text's values would fit.
func (p *profile) nearly() (kind, bool) {
	for _, kind := range inferred {
		if isNumber := kind == wholes || kind == decimals; isNumber && (p.numbered || namesNumbers(p.name)) {
			continue
		}
		if 2*p.fits[kind] > p.values && p.fits[kind] < p.values {
			return kind, true
		}
	}
	return texts, false
}

// create makes the proposed fields the columns' own; they have to be created before the contacts are sent. What stays a
// proposal is returned too.
func (p *columnPlan) create(proposals []Proposal, there int) (created, rest []Proposal, err error) {
	for _, proposal := range proposals {
		if proposal.TooLong || proposal.Likely != "" {
			rest = append(rest, proposal)
			continue
		}
		p.columns[proposal.index].field = &proposal.Field
		created = append(created, proposal)
	}
	if err := catalog.RoomForFields(there, len(created)); err != nil {
		return nil, nil, err
	}
	return created, rest, nil
}
