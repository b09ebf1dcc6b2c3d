package tools

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/text"
)

// leftOut names what of the source does not go in, and why.
func (v JobView) leftOut() string {
	var parts []string
	if v.Merged > 0 && (!v.ofRows() || !bulk.State(v.State).Ended()) { // else the outcome says it
		parts = append(parts, text.Count(v.Merged, "row")+" repeated an address and "+was(v.Merged)+" merged.")
	}
	parts = append(parts, v.rejections()...)
	isLikely := func(name string) bool {
		return slices.ContainsFunc(v.likely, func(p intake.Proposal) bool { return p.Column == name })
	}
	if others := slices.DeleteFunc(slices.Clone(v.IgnoredColumns), isLikely); len(others) > 0 {
		way := ". To bring one in, say with mapping which field it goes into"
		switch {
		case v.sync && !v.creates:
			way += "; create_field makes a new one."
		case v.creates:
			way += "."
		default:
			way += ", or import again with create_fields: true."
		}
		parts = append(parts, "Columns without a field, left out: "+strings.Join(text.Quotes(others, text.MaxValue),
			", ")+more(v.OmittedIgnored, "column")+way)
	}
	return strings.Join(append(parts, v.likelyFields()...), "\n")
}

// likelyFields says which columns were left out because they probably belong in fields that exist, and how to bring them in.
func (v JobView) likelyFields() []string {
	var columns, mapping []string
	given := map[string]bool{}
	for _, p := range v.likely {
		columns = append(columns, text.Quote(text.Clip(p.Column, 60)))
		if !given[p.Likely] {
			mapping, given[p.Likely] = append(mapping, columns[len(columns)-1]+": "+text.Quote(p.Likely)), true
		}
	}
	if len(columns) == 0 {
		return nil
	}
	return []string{"Left out until it is clear which field they go into: " + text.Listing(columns, 12) +
		". If it is what they seem to mean, repeat the call with this in mapping: {" + strings.Join(mapping[:min(len(mapping), 12)], ", ") + "}."}
}

// rejections are the rows and contacts that were not taken, and why. Of an import, those that Mailtrap refuses are rows as
// well, and stand in the same file.
func (v JobView) rejections() []string {
	rows, contacts, noun := v.Rejected, v.Refused, "row"
	if v.Kind == string(bulk.Import) {
		rows, contacts = v.Rejected+v.Refused, 0
	}
	var parts []string
	if rows > 0 {
		where := ""
		if v.RejectedFile != "" {
			where = "; " + they(rows) + " in " + v.RejectedFile + ", with the reason for each"
			if v.unmailed+v.skipped < rows {
				where += ", to be corrected and imported again"
			}
			switch {
			case v.unmailed+v.skipped >= rows:
			case v.unmailed > 0 && v.skipped > 0:
				where += ", except those who may not be mailed and those skipped"
			case v.unmailed > 0:
				where += ", except those who may not be mailed"
			case v.skipped > 0:
				where += ", except those skipped"
			}
		}
		told := ""
		if n := v.listedToo(); n > 0 {
			told = ", " + text.Number(n) + " of them of people whom it unsubscribes"
		}
		switch {
		case v.isForeseen() && rows == v.Rejected:
			told += ", as the preview said"
		case v.isForeseen():
			told += ", " + text.Number(v.Rejected) + " of them as the preview said"
		}
		parts = append(parts, text.Count(rows, noun)+" rejected"+told+where+".")
	}
	if contacts > 0 && rows == 0 && v.OmittedProblems == 0 { // each of them is named with its reason
		return nil
	}
	if contacts > 0 {
		parts = append(parts, text.Count(contacts, "contact")+" refused.")
		if noun = "case"; rows == 0 {
			noun = "contact"
		}
	}
	return append(parts, v.byReason(rows+contacts, noun)...)
}

// isForeseen reports rejected rows that a preview has named, and that a file has.
func (v JobView) isForeseen() bool {
	return v.previewed && v.RejectedFile != "" && v.Rejected > 0 && v.foreseen <= len(v.Reasons)
}

// byReason are so many rows or contacts by why they were not taken, with the first rows that were rejected for it.
func (v JobView) byReason(others int, noun string) (said []string) {
	if v.isForeseen() {
		v.Reasons, v.Named = v.Reasons[v.foreseen:], nil
		others -= v.Rejected
	}
	named := map[int][]string{} // by the reason's number; -1 is of those that are not among the reasons
	for _, row := range v.Named {
		named[row.reason] = append(named[row.reason], v.place+" "+row.who())
	}
	for i, reason := range v.Reasons {
		one := "- " + text.Count(reason.Rows, noun) + ": " + reason.Reason
		if who := named[i]; len(who) > 0 {
			one += " (" + strings.Join(who, ", ") + more(reason.Rows-len(who), noun) + ")"
		}
		said = append(said, one)
		others -= reason.Rows
	}
	for _, row := range v.Named {
		if row.reason < 0 {
			said = append(said, "- "+named[-1][0]+": "+text.ClipProse(intake.Brief(row.Reason), 120))
			named[-1] = named[-1][1:]
			others--
		}
	}
	if others > 0 {
		said = append(said, "- "+text.Count(others, noun)+" for other reasons")
	}
	return said
}

// who is a row's number and address.
func (r RowView) who() string {
	if r.Email == "" {
		return text.Number(r.Line)
	}
	return text.Number(r.Line) + " " + text.Word(r.Email, 80)
}

// doubts says where those are whose import Mailtrap's own word leaves in doubt, and what to do about them.
func (v JobView) doubts() string {
	if !v.Doubtful {
		return ""
	}
	where := "To be sure, import those contacts again: that"
	if v.RejectedFile != "" {
		where = "Whom it may concern is in " + v.RejectedFile + ", with the reason for each. Importing those rows again"
	}
	return where + " is harmless, because an import updates contacts that exist."
}
