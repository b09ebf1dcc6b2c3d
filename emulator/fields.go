package emulator

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Field is a custom field of contacts.
type Field struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	DataType string `json:"data_type"` // text, integer, float, boolean or date
	MergeTag string `json:"merge_tag"`

	slot  int      // where contacts keep its value; never used again after the field is deleted
	usage []string // why it cannot be deleted
}

var dataTypes = []string{"text", "integer", "float", "boolean", "date"}

// mergeTagPattern: the real character set is unknown; every example is snake_case.
var mergeTagPattern = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// listFields answers GET /contacts/fields, oldest first (order unknown). The built-in e-mail is not among them.
func (c *call) listFields() answer {
	return jsonAnswer(http.StatusOK, c.account.fields)
}

func (c *call) getField() answer {
	f := c.account.field(c.number())
	if f == nil {
		return notFound()
	}
	return jsonAnswer(http.StatusOK, *f)
}

// createField answers POST /contacts/fields. Name, data type and merge tag are all required.
func (c *call) createField() answer {
	var found problems
	name := c.readFieldName(0, &found)
	dataType, problem := c.params.text("data_type")
	if problem == "" && !slices.Contains(dataTypes, dataType) {
		problem = "is invalid" // text unknown
	}
	if problem != "" {
		found.add("data_type", problem)
	}
	tag := c.readMergeTag(0, &found)
	if len(found) == 0 && len(c.account.fields) >= maxFields {
		found.add("base", "fields limit reached") // text unknown
	}
	if len(found) > 0 {
		return invalidNested(found)
	}
	return jsonAnswer(http.StatusCreated, c.account.addField(name, dataType, tag))
}

// updateField answers PATCH /contacts/fields/{id}: name, merge tag or both. A data_type is ignored (observed).
func (c *call) updateField() answer {
	f := c.account.field(c.number())
	if f == nil {
		return notFound()
	}
	changed := *f
	var found problems
	if _, there := c.params["name"]; there {
		changed.Name = c.readFieldName(f.ID, &found)
	}
	if _, there := c.params["merge_tag"]; there {
		changed.MergeTag = c.readMergeTag(f.ID, &found)
	}
	if len(found) > 0 {
		return invalidNested(found)
	}
	*f = changed
	return jsonAnswer(http.StatusOK, changed)
}

// deleteField answers DELETE /contacts/fields/{id}. The contacts' values go with the field, unless it is in use (spec;
// the help pages say that a field with data cannot be deleted).
func (c *call) deleteField() answer {
	f := c.account.field(c.number())
	if f == nil {
		return notFound()
	}
	if len(f.usage) > 0 {
		return invalid(problems{{"usage", f.usage}})
	}
	id := f.ID
	c.account.fields = slices.DeleteFunc(c.account.fields, func(f Field) bool { return f.ID == id })
	return noContent()
}

func (c *call) readFieldName(self int64, found *problems) string {
	name, problem := c.params.text("name")
	if problem == "" {
		problem = c.account.fieldNameProblem(name, self)
	}
	if problem != "" {
		found.add("name", problem)
	}
	return name
}

// fieldNameProblem is why a field cannot have a name; self is its own id.
func (a *account) fieldNameProblem(name string, self int64) string {
	taken := func(f Field) bool { return f.Name == name && f.ID != self }
	switch {
	case utf8.RuneCountInString(name) > maxFieldName:
		return "is too long (maximum is 80 characters)"
	case slices.ContainsFunc(a.fields, taken) || name == "Email":
		return "has already been taken" // that the built-in field's name is taken is inferred
	}
	return ""
}

// readMergeTag accepts {{tag}} as well as tag: Mailtrap's own CLI writes it so. That the braces are not kept is unknown.
func (c *call) readMergeTag(self int64, found *problems) string {
	tag, problem := c.params.text("merge_tag")
	if inner, ok := strings.CutPrefix(tag, "{{"); ok && strings.HasSuffix(inner, "}}") {
		tag = strings.TrimSuffix(inner, "}}")
	}
	if problem == "" {
		problem = c.account.mergeTagProblem(tag, self)
	}
	if problem != "" {
		found.add("merge_tag", problem)
	}
	return tag
}

// mergeTagProblem is why a field cannot have a merge tag; self is its own id.
func (a *account) mergeTagProblem(tag string, self int64) string {
	taken := func(f Field) bool { return f.MergeTag == tag && f.ID != self }
	switch {
	case utf8.RuneCountInString(tag) > maxFieldName:
		return "is too long (maximum is 80 characters)"
	case !mergeTagPattern.MatchString(tag):
		return "is invalid"
	case slices.ContainsFunc(a.fields, taken) || tag == "email":
		return "has already been taken"
	}
	return ""
}

func (a *account) addField(name, dataType, tag string) Field {
	a.emulator.lastID.field++
	f := Field{ID: a.emulator.lastID.field, Name: name, DataType: dataType, MergeTag: tag, slot: a.slots}
	a.slots++
	a.fields = append(slices.Clip(a.fields), f)
	return f
}

// field returns the field with that id, nil if there is none.
func (a *account) field(id int64) *Field {
	i := slices.IndexFunc(a.fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return &a.fields[i]
}

// fieldByTag returns the field with that merge tag, nil if there is none.
func (a *account) fieldByTag(tag string) *Field {
	for i := range a.fields {
		if a.fields[i].MergeTag == tag {
			return &a.fields[i]
		}
	}
	return nil
}
