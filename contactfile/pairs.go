package contactfile

import (
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// Many tools write what they know of a person as pairs: [{"key": "newsletter", "value": "no"}], [{"name": "email",
// "values": ["ann@shop.example"]}], [{"field": {"ref": "newsletter"}, "type": "boolean", "boolean": false}]. Each pair is
// a column that is called by its name, like a value that stands in the person itself.

// pairNames are the members by which a pair is called, the best first; those of the second row only where there is no other.
var pairNames = [][]string{
	{
		"label", "title", "question", "heading", "name", "fieldname", "displayname", "key", "attributename", "attributecode",
		"attribute", "propertyname", "property", "metakey", "field", "code", "slug", "alias", "ref", "variable", "tag",
	},
	{"customfieldid", "fieldid", "attributeid", "questionid", "id"},
}

// pairValues are the members that hold the value of one.
var pairValues = []string{
	"value", "values", "answer", "answers", "response", "val", "fieldvalue", "customfieldvalue", "attributevalue",
	"propertyvalue", "metavalue", "content", "stringvalue", "numbervalue", "booleanvalue",
}

// namesPair and holdsAnswer tell the members of a pair by their names.
func namesPair(name string) bool {
	if len(name) > 24 {
		return false
	}
	plain := text.Letters(name)
	return plain == "text" || slices.ContainsFunc(pairNames, func(names []string) bool { return slices.Contains(names, plain) })
}

func holdsAnswer(name string) bool {
	return len(name) <= 24 && slices.Contains(pairValues, text.Letters(name))
}

// pairHolders are words in the names of arrays of pairs that say nothing of what the pairs are about.
var pairHolders = []string{
	"field", "attribute", "propert", "custom", "meta", "answer", "question", "respons", "value", "data", "extra",
	"additional", "info", "param", "variable", "trait", "merge", "detail", "option", "form",
}

// pair is an element of an array of pairs.
type pair struct {
	name     string
	labelled bool // the name is a label, as of one of several addresses
	value    []byte
	rest     []byte // the whole element
}

// pairsOf takes an array of pairs apart that is called so; nil where it is something else. Where its name says nothing of what is in
// it, elements that are not pairs stand among them; another holds pairs only, of different names.
func pairsOf(name string, array []byte) []pair {
	var found []pair
	holder, is := holdsPairs(name), false
	for value := range elements(array) {
		one := pair{rest: value}
		if value[0] == '{' {
			one = pairOf(value)
		}
		if !holder && (one.name == "" || one.labelled || slices.ContainsFunc(found, func(other pair) bool { return other.name == one.name })) {
			return nil
		}
		is = is || one.name != "" && one.value != nil
		found = append(found, one)
	}
	if !is {
		return nil
	}
	return found
}

// pairOf reads an object as a pair; it has no name where it is not a pair. Where it names its type, as in {"type": "email",
// "email": "ann@shop.example"}, the member of that name is the value.
func pairOf(object []byte) pair {
	one := pair{rest: object}
	all := map[string][]byte{}
	for name, value := range members(object) {
		if plain := text.Letters(name); all[plain] == nil {
			all[plain] = value
		}
	}
	for _, name := range pairValues {
		if one.value == nil {
			one.value = all[name]
		}
	}
	if kind := text.Letters(pairName(all["type"])); one.value == nil && kind != "" && kind != "type" {
		one.value = all[kind]
	}
	if one.value == nil { // a text is the answer, or beside one the question
		one.value = all["text"]
	} else if one.name = pairName(all["text"]); one.name != "" {
		return one
	}
	for _, names := range pairNames {
		for _, name := range names {
			if one.name = pairName(all[name]); one.name != "" {
				one.labelled = name == "label" && all["type"] == nil && all["alias"] == nil
				return one
			}
		}
	}
	return one
}

// pairName is a name as a pair has it: a text, or an object that has one.
func pairName(value []byte) string {
	if len(value) == 0 {
		return ""
	}
	switch {
	case value[0] == '"', value[0] >= '0' && value[0] <= '9':
		name := strings.TrimSpace(cellOf(value))
		if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") { // as Campaign Monitor writes them
			name = name[1 : len(name)-1]
		}
		return name
	case value[0] == '{':
		if inner := pairOf(value); inner.value == nil {
			return inner.name
		}
	}
	return ""
}

// holdsPairs tells the name of an array that says nothing of the pairs in it.
func holdsPairs(name string) bool {
	plain := text.Letters(name)
	return slices.ContainsFunc(pairHolders, func(word string) bool { return strings.Contains(plain, word) })
}

// describing are members that describe a pair, and say nothing of the person.
var describing = []string{
	"type", "fieldtype", "valuetype", "datatype", "inputtype", "namespace", "description", "group", "order", "position",
	"required", "isrequired", "options", "choices", "primary", "contact", "contactid", "clear", "objecttypeid", "links",
	"createdat", "updatedat", "cdate", "udate", "created", "updated", "ownerid", "ownerresource",
}

// pairs puts the values of pairs into columns of their own. Those of one name are joined. What else a pair says, and is no
// description of it, follows behind all values.
func (f *flat) pairs(found []pair, at where) {
	at.place, at.joined = at.place+"\x00pair\x00", true
	for i, one := range found {
		switch {
		case one.name == "":
			f.value(strconv.Itoa(i+1), one.rest, at)
		case one.value != nil:
			f.value(one.name, answerOf(one.value), at)
		}
	}
	for _, one := range found {
		if one.name == "" {
			continue
		}
		beside := where{place: at.place + one.name + "\x00", prefix: at.prefix + one.name + ".", depth: at.depth + 1, joined: true}
		kind := ""
		for name, value := range members(one.rest) {
			plain := text.Letters(name)
			if plain == "type" {
				kind = text.Letters(cellOf(value))
			}
			if !namesPair(name) && !holdsAnswer(name) && plain != kind && value[0] != 'n' && !slices.Contains(describing, plain) {
				f.value(name, value, beside)
			}
		}
	}
}

// answerOf is the value of a pair; of one that was chosen among others what it is called.
func answerOf(value []byte) []byte {
	if value[0] != '{' {
		return value
	}
	answer := value
	for name, inner := range members(value) {
		if plain := text.Letters(name); plain == "label" || plain == "labels" || plain == "value" {
			answer = inner
		}
	}
	return answer
}

// pairMembers takes an object apart whose members are all pairs, as {"3": {"text": "Newsletter?", "answer": "No"}}.
func pairMembers(object []byte) []pair {
	var found []pair
	for _, value := range valuesIn(object) {
		if value[0] != '{' {
			return nil
		}
		one := pairOf(value)
		if one.name == "" || one.labelled || one.value == nil {
			return nil
		}
		found = append(found, one)
	}
	return found
}

// role is what a member of that name is in a pair.
type role struct{ names, answers bool }

func (c *census) roleOf(name string) role {
	known, met := c.roles[name]
	if !met {
		known = role{namesPair(name), holdsAnswer(name)}
		if len(c.roles) < maxPlaces/10 {
			c.roles[name] = known
		}
	}
	return known
}

// beyondPairs goes from an address that is the value of a pair, [{"name": "email", "value": …}, …], up to the person.
func beyondPairs(best *place) *place {
	for at := best; at.above != nil; at = at.above {
		if 2*at.pairs < at.objects || at.pairs == 0 {
			continue
		}
		outer := at.above
		for outer.above != nil && !outer.isMany() {
			outer = outer.above
		}
		if outer.above != nil && (outer.objects > 1 || 2*at.people <= at.objects) {
			best = outer
		}
	}
	return best
}
