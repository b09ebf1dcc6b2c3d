package tools

import (
	"strings"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/text"
)

// describePlan is what would happen.
func (v JobView) describePlan() string {
	head := "Preview, nothing was sent: " + text.Count(v.Contacts, v.noun)
	if v.Rows > 0 && v.Rows != v.Contacts && (!v.sync || v.Contacts < v.Rows) { // a sync also takes away who is in no row
		head += " of " + text.Count(v.Rows, "row")
	}
	filled := make([]string, len(v.Filled))
	for i, column := range v.Filled {
		filled[i] = text.Word(column.Name, 60) + " " + text.Number(column.Filled)
	}
	samples := make([]string, len(v.Sample))
	for i, one := range v.Sample {
		samples[i] = text.Word(one.Email, 80)
		if len(one.Fields) > 0 {
			samples[i] += " (" + strings.Join(describeValues(one.Fields), ", ") + ")"
		}
	}
	starts := ""
	if len(v.Automations) > 0 {
		starts = "May start automations that wait for: " + strings.Join(v.Automations, ", ") + "."
		if v.Kind == string(bulk.Event) {
			starts += " An automation takes a contact in once per 24 hours."
		}
	}
	if v.Who != "" {
		head += " " + v.Who
	}
	return lines(strings.TrimSpace(head+". "+v.forEach()), v.Match.describe(v.Contacts, v.missing, v.was), v.Difference.describe(),
		v.incomplete(), v.Note, v.leftOut(),
		enumerated("Values for: ", filled, 0, ""), enumerated("For example: ", samples, 0, ""),
		enumerated("Missing from the source, for example: ", text.Words(v.Missing, 80), 0, ""),
		v.takes(), starts)
}

// takes says how long the plan takes, and why.
func (v JobView) takes() string {
	var why []string
	if v.imports > 0 {
		why = append(why, "Mailtrap works on "+text.Count(v.imports, "import"))
	}
	if alone := v.Requests - v.imports; alone > 0 {
		requests := text.Count(alone, "request") + " inside the rate limits"
		if v.Kind == string(bulk.Update) || v.Kind == string(bulk.Delete) || v.Kind == string(bulk.Import) { // who is so already takes one less
			requests = "at most " + requests
		}
		why = append(why, requests)
	}
	takes := v.remaining()
	if about, is := strings.CutPrefix(takes, "about "); is && v.Match != nil && v.Match.Existing == nil { // who does not exist takes less
		takes = "at most " + about
	}
	return "Takes " + takes + ": " + strings.Join(why, ", and ") + "."
}
