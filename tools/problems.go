package tools

import (
	"strings"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/text"
)

// outcomes are what a contact with a problem came to, in words.
var outcomes = map[string]string{"created": "created", "not_found": "not a contact of this account", "refused": "refused",
	"unknown": "of unknown outcome"}

func (v JobView) describeProblems() string {
	var parts []string
	contacts := map[string][]string{} // by what became of them
	for _, problem := range v.Problems {
		if problem.Outcome == bulk.NoMail {
			continue
		}
		came := outcomes[problem.Outcome]
		if v.Kind == string(bulk.Event) && problem.Outcome == "unknown" {
			came += "; do not repeat blindly" // the others can be repeated without harm
		}
		if v.Kind == string(bulk.Undo) && problem.Outcome == "refused" {
			came = "left alone"
		}
		if problem.Reason != "" {
			came += " (" + strings.TrimSpace(problem.Reason) + ")"
		}
		if contacts[came] == nil {
			parts = append(parts, came)
		}
		contacts[came] = append(contacts[came], text.Word(problem.Contact, 80))
	}
	for i, came := range parts {
		named := strings.Join(contacts[came], ", ")
		if len(contacts[came]) > 1 {
			came = strings.Replace(came, "not a contact", "not contacts", 1)
		}
		parts[i] = "- " + named + ": " + came
	}
	if v.OmittedProblems > 0 {
		parts = append(parts, "-"+more(v.OmittedProblems, v.noun))
	}
	if v.ReportFile != "" {
		parts = append(parts, "Report: "+v.ReportFile)
	}
	return strings.Join(parts, "\n")
}

// noMail names those whom the lists do not reach.
func (v JobView) noMail() string {
	if v.NoMail == 0 {
		return ""
	}
	var named []string
	for _, problem := range v.Problems {
		if problem.Outcome == bulk.NoMail {
			named = append(named, text.Word(problem.Contact, 80))
		}
	}
	who := ""
	if len(named) > 0 {
		who = ": " + strings.Join(named, ", ") + more(v.NoMail-len(named), "contact")
	}
	switch {
	case v.Contacts == 1 && len(named) == 1:
		return named[0] + " is unsubscribed and gets no marketing mail." + needsConsent
	case v.NoMail == 1:
		return "1 of them is unsubscribed and gets no marketing mail" + who + "." + needsConsent
	}
	return text.Number(v.NoMail) + " of them are unsubscribed and get no marketing mail" + who + "." + needsConsent
}
