package intake

import (
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/coerce"
)

// Proposal is a field for a column that has none.
type Proposal struct {
	Column string
	Field  apiclient.Field // its id is 0: it is not there yet
	coerce.Type
	// Likely is the merge tag of a field of the account that the column may mean, in another language; then none is created.
	Likely string

	index int
}

// propose finds a field for each column that nobody has said anything of. Empty columns get none.
func (p *columnPlan) propose(found *survey, asked coerce.Sign, fields []apiclient.Field) []Proposal {
	var proposals []Proposal
	free := catalog.NewFreeNames(fields)
	for i, profile := range found.profiles {
		holds := profile.Type(asked)
		if holds.Values == 0 || p.columns[i].optOut {
			continue
		}
		proposal := Proposal{Column: p.columns[i].name, Type: holds, index: i}
		proposal.Field.DataType = holds.DataType
		if likely := p.likelyField(p.columns[i].name, fields); likely != nil {
			proposal.Likely = likely.MergeTag
		}
		proposal.Field.Name, proposal.Field.MergeTag = free.Take(p.columns[i].name, fmt.Sprintf("column_%d", i+1))
		proposals = append(proposals, proposal)
	}
	return proposals
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
