package emulator

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// List is a contact list.
type List struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// listLists answers GET /contacts/lists, oldest first (order unknown). search is a case-insensitive prefix of the
// name, as three SDKs document it; the spec does not have it.
func (c *call) listLists() answer {
	search := strings.ToLower(c.request.URL.Query().Get("search"))
	lists := make([]List, 0, len(c.account.lists))
	for _, l := range c.account.lists {
		if strings.HasPrefix(strings.ToLower(l.Name), search) {
			lists = append(lists, l)
		}
	}
	return jsonAnswer(http.StatusOK, lists)
}

// createList answers POST /contacts/lists, with 200 and not 201 (spec). The spec has no 422 for lists: that an empty
// name gets one was observed, the other texts are inferred.
func (c *call) createList() answer {
	name, found := c.readListName(0)
	if len(found) == 0 && len(c.account.lists) >= maxLists {
		found.add("base", "lists limit reached")
	}
	if len(found) > 0 {
		return invalid(found)
	}
	return jsonAnswer(http.StatusOK, c.account.addList(name))
}

func (c *call) getList() answer {
	l := c.account.list(c.number())
	if l == nil {
		return notFound()
	}
	return jsonAnswer(http.StatusOK, *l)
}

func (c *call) updateList() answer {
	l := c.account.list(c.number())
	if l == nil {
		return notFound()
	}
	name, found := c.readListName(l.ID)
	if len(found) > 0 {
		return invalid(found)
	}
	l.Name = name
	return jsonAnswer(http.StatusOK, *l)
}

// deleteList removes the list and keeps its contacts (help pages).
func (c *call) deleteList() answer {
	id := c.number()
	if c.account.list(id) == nil {
		return notFound()
	}
	c.account.lists = slices.DeleteFunc(c.account.lists, func(l List) bool { return l.ID == id })
	return noContent()
}

// readListName checks the name in the body. Names are unique (help pages); that case counts is unknown.
func (c *call) readListName(self int64) (string, problems) {
	name, problem := c.params.text("name")
	if problem == "" {
		problem = c.account.listNameProblem(name, self)
	}
	if problem != "" {
		return "", one("name", problem)
	}
	return name, nil
}

// listNameProblem is why a list cannot have a name; self is its own id.
func (a *account) listNameProblem(name string, self int64) string {
	switch {
	case utf8.RuneCountInString(name) > maxListName:
		return "is too long (maximum is 255 characters)"
	case slices.ContainsFunc(a.lists, func(l List) bool { return l.Name == name && l.ID != self }):
		return "has already been taken"
	}
	return ""
}

func (a *account) addList(name string) List {
	a.emulator.lastID.list++
	l := List{ID: a.emulator.lastID.list, Name: name}
	a.lists = append(a.lists, l)
	return l
}

// list returns the list with that id, nil if there is none.
func (a *account) list(id int64) *List {
	for i := range a.lists {
		if a.lists[i].ID == id {
			return &a.lists[i]
		}
	}
	return nil
}

func (a *account) haveLists(ids []int64) bool {
	return !slices.ContainsFunc(ids, func(id int64) bool { return a.list(id) == nil })
}

// existingLists leaves out lists that were deleted since. The result is never nil.
func (a *account) existingLists(ids []int64) []int64 {
	existing := make([]int64, 0, len(ids))
	for _, id := range ids {
		if a.list(id) != nil {
			existing = append(existing, id)
		}
	}
	return existing
}
