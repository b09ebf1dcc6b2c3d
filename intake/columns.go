package intake

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// columnPlan says what each column of a file is.
type columnPlan struct {
	columns []column
	email   int   // index of the address
	id      int   // that of contacts' UUIDs in a selection, where an address is missing; -1 where there is none
	selects bool  // it is of a selection, which has no values
	loose   bool  // of a selection: nothing but whom a row names counts
	emails  []int // where there are several of a person, all of them, in the order in which they are looked into
	left    []int // of addresses that are called after people who left
	// mail are the columns that say whether a person may be mailed.
	mail   []judged
	facts  []bool // those of an export of ours that Mailtrap knows of every contact, and no field has
	now    int    // the year, for dates that have two digits of theirs
	lists  int    // index of the column that says on which lists contacts are; -1 where there is none
	quoted bool   // its values are in quotes where they have to be, as in CSV
	typed  bool   // its numbers are written as programs write them, with a point and nothing at the thousands
}

// column is what is made of one column.
type column struct {
	name    string
	field   *apiclient.Field // nil when it goes into none
	unknown bool             // nobody has said what it is, so that a field is proposed for it
	given   bool             // mapping says which field it goes into
	dropped bool             // mapping leaves it out
	holds   *optout.Values   // empty: to see what the column holds
	optOut  bool             // it says who may be mailed, so that no field is proposed for it
	order   coerce.Order     // how its dates are written
	sign    coerce.Sign      // how its numbers are
	shows   string           // the value that shows it
	// overruled is set when it shows another than the call gave.
	overruled bool
}

// What a mapping may say instead of a field.
const (
	asAddress = "email"
	asNothing = "ignore"
	asID      = "id" // in a selection
)

// planColumns matches a header to the account's fields: as mapping says, and else by merge tag, by name, by known alias,
// in plain form.
func planColumns(names []string, fields []apiclient.Field, mapping map[string]string) (columnPlan, error) {
	plan := columnPlan{email: -1, id: -1, lists: -1, columns: make([]column, len(names)), now: coerce.ThisYear()}
	for i, name := range names {
		plan.columns[i].name, plan.columns[i].holds = name, optout.ValuesOf(name)
	}
	targets, err := planMapping(names, fields, mapping)
	if err != nil {
		return plan, err
	}
	plan.assign(targets)
	plan.facts = factColumns(names)
	if err := plan.match(knownFields(fields), targets); err != nil {
		return plan, err
	}
	if plan.email < 0 {
		return plan, noAddresses(names)
	}
	return plan, nil
}

// assign does what a mapping says.
func (p *columnPlan) assign(targets map[int]target) {
	for i, target := range targets {
		switch {
		case target.nothing:
			p.columns[i].dropped = true
		case target.field == nil:
			p.emails = append(p.emails, i)
		default:
			p.columns[i].field, p.columns[i].given = target.field, true
		}
	}
	if len(p.emails) > 0 {
		rankAddresses(p.columns, p.emails)
		p.email = p.emails[0]
	}
	if len(p.emails) == 1 {
		p.emails = nil
	}
}

// match finds what the columns are that no mapping speaks of. What a mapping has given to another column is left alone.
func (p *columnPlan) match(known fieldIndex, targets map[int]target) error {
	given, addressGiven := map[string]bool{}, p.email >= 0
	for _, target := range targets {
		if target.field != nil {
			given[target.field.MergeTag] = true
		}
	}
	taken := map[string]string{} // by merge tag, the column
	for i := range p.columns {
		column := &p.columns[i]
		if _, isMapped := targets[i]; isMapped || isOwnColumn(column.name) || p.facts[i] {
			continue
		}
		field, isAddress := known.match(column.name)
		switch {
		case isAddress && addressGiven, field != nil && given[field.MergeTag]:
		case isAddress && p.email >= 0:
			return twice("an e-mail address", asAddress, p.columns[p.email].name, column.name)
		case isAddress:
			p.email = i
		case field == nil:
			_, isKey := catalog.CutFieldKey(column.name) // a field's that was, not a new one's
			column.unknown = !isNameless(column.name, i) && !isKey
		default:
			tag := field.MergeTag
			if other, ok := taken[tag]; ok {
				return twice("the field "+text.Clip(tag, 60), text.Clip(tag, 60), other, column.name)
			}
			column.field, taken[tag] = field, column.name
		}
	}
	return nil
}

// matchEnds finds the fields of columns that several rows name, by what the last of them says: "Contact: First name". Where
// two columns end alike, neither is meant.
func (p *columnPlan) matchEnds(known fieldIndex) {
	ends, taken := map[*apiclient.Field][]int{}, map[*apiclient.Field]bool{}
	for i, column := range p.columns {
		taken[column.field] = true
		if at := strings.LastIndex(column.name, ": "); at >= 0 && column.unknown {
			field, _ := known.match(column.name[at+2:])
			ends[field] = append(ends[field], i)
		}
	}
	for field, columns := range ends {
		if field != nil && !taken[field] && len(columns) == 1 {
			p.columns[columns[0]].field, p.columns[columns[0]].unknown = field, false
		}
	}
}

// manner is how a column writes its values, as far as that is known.
func (p *columnPlan) manner(i int) coerce.Manner {
	return coerce.Manner{Order: p.columns[i].order, Sign: p.columns[i].sign, Typed: p.typed, Now: p.now}
}

// leftOut are the columns that nobody wanted left out: no field matches them, and they are no opt-outs.
func (p *columnPlan) leftOut() (names []string) {
	for i, column := range p.columns {
		if p.becomes(i) == "" && !column.optOut && !isOwnColumn(column.name) {
			names = append(names, column.name)
		}
	}
	return names
}

// becomes is what a column goes into, as Use.To says it.
func (p *columnPlan) becomes(i int) string {
	switch column := p.columns[i]; {
	case i == p.email, slices.Contains(p.emails, i):
		return asAddress
	case column.field != nil:
		return column.field.MergeTag
	case i == p.lists:
		return asLists
	case column.dropped:
		return asNothing
	}
	return ""
}

// target is what mapping makes of a column: nothing, a field, or else the address.
type target struct {
	nothing bool
	field   *apiclient.Field
}

// planMapping finds the columns and fields that a mapping names.
func planMapping(names []string, fields []apiclient.Field, mapping map[string]string) (map[int]target, error) {
	targets := map[int]target{}
	given := map[string]string{} // by merge tag, the column
	var ambiguous error
	const known = `a field of the account (create_field makes a new one), "email" or "ignore"`
	err := eachMapping(names, mapping, known, func(i int, wanted string) (problem string) {
		switch strings.ToLower(wanted) {
		case asNothing:
			targets[i] = target{nothing: true}
			return ""
		case asAddress:
			targets[i] = target{}
			return ""
		}
		field, found, err := catalog.MatchField(wanted, fields)
		ambiguous = cmp.Or(ambiguous, err)
		if err == nil && !found {
			return "there is no field " + shown(wanted) + catalog.FieldHint(wanted, fields)
		}
		if other, twice := given[field.MergeTag]; twice {
			return shown(other) + " is mapped to " + text.Clip(field.MergeTag, 60) + " already; two columns cannot go into one field"
		}
		given[field.MergeTag], targets[i] = names[i], target{field: &field}
		return ""
	})
	return targets, cmp.Or(ambiguous, err)
}

// eachMapping calls take with each column that a mapping names and what it is mapped to; take says what is wrong with that. All
// that is wrong is reported at once.
func eachMapping(names []string, mapping map[string]string, to string, take func(i int, wanted string) (problem string)) error {
	var problems []string
	given := map[int]bool{}
	for _, key := range slices.Sorted(maps.Keys(mapping)) {
		i, problem := columnNamed(key, names)
		switch {
		case problem != "":
		case given[i]:
			problem = "the column " + shown(names[i]) + " is mapped twice"
		default:
			problem = take(i, strings.TrimSpace(mapping[key]))
			given[i] = problem == ""
		}
		if problem != "" {
			problems = append(problems, "mapping."+text.Clip(key, 60)+": "+problem)
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return fault.New(fault.InvalidInput, text.Listing(problems, 10)+".", "",
		"Nothing was sent; mapping goes from a column of the file to "+to+".")
}

// columnNamed finds the one column that a key of a mapping names: as written, or else in plain form.
func columnNamed(key string, names []string) (i int, problem string) {
	for _, same := range []func(name string) bool{
		func(name string) bool { return strings.TrimSpace(name) == strings.TrimSpace(key) },
		func(name string) bool { return name == text.Clean(key) },
		func(name string) bool { return text.Letters(key) != "" && text.Letters(name) == text.Letters(key) },
		func(name string) bool { // as an answer shows a long one
			begins, cut := strings.CutSuffix(key, "…")
			return cut && len(begins) >= 20 && strings.HasPrefix(name, begins)
		},
	} {
		i = slices.IndexFunc(names, same)
		if i < 0 {
			continue
		}
		if slices.ContainsFunc(names[i+1:], same) {
			return i, "more than one column is called so; give them different names in the file"
		}
		return i, ""
	}
	if near, ok := text.Nearest(key, names); ok && text.Letters(near) != "" {
		return i, "the file has no such column; did you mean " + shown(near) + "?"
	}
	return i, "the file has no such column (its columns are " + text.Listing(text.Quotes(text.Closest(key, names), text.MaxValue), 12) + ")"
}

func shown(name string) string { return text.Quote(text.Clip(name, 60)) }

// fieldIndex finds the field that a header means. The plain forms of merge tags go before those of names, and both before
// what only means the same.
type fieldIndex struct {
	named map[string]*apiclient.Field
	means map[string]*apiclient.Field // nil where two fields mean the same
}

func knownFields(fields []apiclient.Field) fieldIndex {
	known := fieldIndex{map[string]*apiclient.Field{}, map[string]*apiclient.Field{}}
	for _, nameOf := range []func(apiclient.Field) string{
		func(f apiclient.Field) string { return f.Name },
		func(f apiclient.Field) string { return f.MergeTag },
	} {
		for i := range fields {
			name := text.Letters(nameOf(fields[i]))
			if name == "" {
				continue
			}
			known.named[name] = &fields[i]
			if meaning := meanings()[name]; meaning != "" {
				if other, ok := known.means[meaning]; ok && other != &fields[i] {
					known.means[meaning] = nil
					continue
				}
				known.means[meaning] = &fields[i]
			}
		}
	}
	return known
}

func (k fieldIndex) match(header string) (field *apiclient.Field, isAddress bool) {
	if tag, is := catalog.CutFieldKey(header); is {
		return k.named[text.Letters(tag)], false
	}
	name := text.Letters(header)
	if name == asAddress {
		return nil, true
	}
	if field := k.named[name]; field != nil {
		return field, false
	}
	switch meaning := meanings()[name]; meaning {
	case "":
		return nil, false
	case asAddress:
		return nil, true
	default:
		if field := k.named[meaning]; field != nil {
			return field, false
		}
		return k.means[meaning], false
	}
}

func twice(what, to, one, other string) error {
	return fault.New(fault.InvalidInput, "file: two columns hold "+what+": "+text.Quote(one)+" and "+text.Quote(other)+".", "",
		fmt.Sprintf("Nothing was sent; say with mapping which it is, like {%s: %s, %s: \"ignore\"}, or rename one of them if they "+
			"are called the same.", shown(other), text.Quote(to), shown(one)))
}

// cell is a row's cell, trimmed; empty where the row is too short.
func cell(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// tags says what each column is: "email", a merge tag, or empty.
func (p *columnPlan) tags() []string {
	tags := make([]string, len(p.columns))
	for i, column := range p.columns {
		if column.field != nil {
			tags[i] = column.field.MergeTag
		}
	}
	tags[p.email] = asAddress
	return tags
}

// ownFacts is how many facts beside the address make a file an export of Mailtrap's or of this program's.
const ownFacts = 2

// factColumns tells, in a file that is an export, the columns of what is known of every contact besides its fields: when it
// was created is not a field's value, whatever the account's fields are called. A file is one where such columns stand under
// the names that our own exports give them, or under most of those that Mailtrap's may have.
func factColumns(names []string) []bool {
	told, facts := exports.ColumnsOf(names, nil), make([]bool, len(names))
	exact, all := 0, 0
	for fact, at := range told.Facts {
		if fact == exports.Email || at < 0 {
			continue
		}
		all++
		if exports.FactName(fact) == names[at] {
			exact++
		}
	}
	if told.Facts[exports.Email] < 0 || exact < ownFacts && all <= ownFacts {
		return facts
	}
	for fact, at := range told.Facts {
		if fact != exports.Email && at >= 0 {
			facts[at] = true
		}
	}
	for i, name := range names {
		facts[i] = facts[i] || catalog.IsFact(name) && name != asAddress && !slices.Contains(told.Facts[:], i) &&
			!slices.ContainsFunc(names[:i], func(other string) bool { return other == name })
	}
	return facts
}

// isNameless reports a column that its file does not name, so that its reader had to. No field is made for one.
func isNameless(name string, position int) bool {
	return name == "" || name == "column "+text.Number(position+1)
}
