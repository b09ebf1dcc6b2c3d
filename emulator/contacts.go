package emulator

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// contactBody is a contact as the API shows it. The key order is that of SDK fixtures that look copied from live
// answers; the spec's example has another.
type contactBody struct {
	ID        string      `json:"id"`
	Email     string      `json:"email"`
	CreatedAt int64       `json:"created_at"`
	UpdatedAt int64       `json:"updated_at"`
	ListIDs   []int64     `json:"list_ids"`
	Status    string      `json:"status"`
	Fields    fieldValues `json:"fields"`
}

type contactAnswer struct {
	Data   contactBody `json:"data"`
	Action string      `json:"action,omitempty"`
}

// fieldValues are a contact's values by merge tag. Every field of the account is there, unset ones as null.
type fieldValues struct {
	fields []Field
	record *record
}

// MarshalJSON keeps the order of the account's fields.
func (f fieldValues) MarshalJSON() ([]byte, error) {
	return marshalObject(len(f.fields), func(i int) (string, any) {
		return f.fields[i].MergeTag, f.record.value(f.fields[i])
	})
}

func (a *account) contactBody(r *record) contactBody {
	return contactBody{
		ID:        r.id.String(),
		Email:     r.email,
		CreatedAt: r.created,
		UpdatedAt: r.updated,
		ListIDs:   a.existingLists(r.lists),
		Status:    r.status(),
		Fields:    fieldValues{a.fields, r},
	}
}

// createContact answers POST /contacts.
func (c *call) createContact() answer {
	body, ok := c.contactParams()
	if !ok {
		return missingWrapper()
	}
	a := c.account
	email, ch, problems := a.readCreation(body)
	if len(problems) > 0 {
		return invalid(problems)
	}
	if refused := a.refuseCreation(email); refused != nil {
		return *refused
	}
	if a.full() {
		return invalid(one("base", "contacts limit reached"))
	}
	r := c.newContact(email, ch)
	a.create(r, c.now)
	return jsonAnswer(http.StatusCreated, contactAnswer{Data: a.contactBody(r)})
}

// refuseCreation answers for an address that has a contact, or will have one (both observed).
func (a *account) refuseCreation(email string) *answer {
	if _, pending := a.unapplied.reserved[email]; pending {
		refused := failure(http.StatusConflict, "Contact exists")
		return &refused
	}
	existing := a.contacts.find(email)
	if existing == nil {
		return nil
	}
	refused := invalid(one("email", "has already been taken"))
	if a.unapplied.inFlight[existing.id] != nil {
		refused = failure(http.StatusConflict, "Contact exists")
	}
	return &refused
}

func (c *call) newContact(email string, ch *change) *record {
	created := c.account.newRecord(email, c.now)
	created.posted = true
	return ch.appliedTo(created, created.created)
}

// getContact answers GET /contacts/{id or e-mail}.
func (c *call) getContact() answer {
	r := c.storedContact()
	if r == nil {
		return notFound()
	}
	return jsonAnswer(http.StatusOK, contactAnswer{Data: c.account.contactBody(r)})
}

// updateContact answers PATCH /contacts/{id or e-mail}, which creates the contact if there is none (spec).
func (c *call) updateContact() answer {
	body, ok := c.contactParams()
	if !ok {
		return missingWrapper()
	}
	id, byID := contactID(c.route.ident)
	if !byID {
		if emailProblem(c.route.ident) != "" {
			return notFound() // neither an id nor an e-mail; the real answer is unknown
		}
		email := strings.ToLower(c.route.ident)
		if id = c.account.idOf(email); id == uuid.Nil {
			return c.upsertContact(email, body)
		}
	}
	if answer, handled := c.updateInFlight(id, body); handled {
		return answer
	}
	r := c.account.contacts.get(id)
	if r == nil && c.emulator.config.UpsertByID {
		return c.upsertContact("", body)
	}
	if r == nil {
		return notFound() // see Config.UpsertByID
	}
	if !byID && c.account.lagging(r, c.now) {
		return invalid(one("email", "has already been taken"))
	}
	ch, problems := c.account.readUpdate(r, body)
	if len(problems) > 0 {
		return invalidNested(problems)
	}
	c.account.update(r, ch, c.now)
	return c.updated("updated", ch.appliedTo(r, c.now.UnixMilli()))
}

// updateInFlight answers for a contact whose last write is not applied yet: it refuses the update, or pretends.
func (c *call) updateInFlight(id uuid.UUID, body params) (answer, bool) {
	r := c.account.underWrite(id)
	if r == nil {
		return answer{}, false
	}
	if !c.emulator.config.DropInFlight {
		return failure(http.StatusConflict, "Contact exists or being updated"), true
	}
	ch, problems := c.account.readUpdate(r, body)
	if len(problems) > 0 {
		return invalidNested(problems), true
	}
	return c.updated("updated", ch.appliedTo(r, c.now.UnixMilli())), true
}

// upsertContact creates the contact that a PATCH did not find. Its address is the one in the body, else the one in the
// path; email is "" where the path has a UUID.
func (c *call) upsertContact(email string, body params) answer {
	a := c.account
	ch, problems := a.readUpdate(&record{email: email}, body)
	if email == "" && !body.given("email") {
		problems.add("email", "can't be blank")
	}
	if len(problems) > 0 {
		return invalidNested(problems)
	}
	if a.full() {
		return invalidNested(one("base", "contacts limit reached"))
	}
	if ch.email != "" {
		email = ch.email
	}
	r := c.newContact(email, ch)
	a.create(r, c.now)
	return c.updated("created", r)
}

func (c *call) updated(action string, r *record) answer {
	return jsonAnswer(http.StatusOK, contactAnswer{Data: c.account.contactBody(r), Action: action})
}

// deleteContact answers DELETE /contacts/{id or e-mail}. It takes effect at once, and a change still in its window is
// lost with the contact; a contact still being created is not found and appears later. All three are unknown.
func (c *call) deleteContact() answer {
	r := c.storedContact()
	if r == nil {
		return failure(http.StatusNotFound, "Contact(s) not found") // "errors" on purpose, says the spec
	}
	c.account.contacts.remove(r)
	if w := c.account.unapplied.inFlight[r.id]; w != nil {
		c.account.apply(w, c.now)
	}
	return noContent()
}

// contactParams returns the object under "contact".
func (c *call) contactParams() (params, bool) {
	if !c.params.given("contact") {
		return nil, false
	}
	return c.params.object("contact")
}

// missingWrapper: the text was observed, the envelope is inferred.
func missingWrapper() answer {
	return failure(http.StatusUnprocessableEntity, "Please, provide top level key: contact")
}

// storedContact returns the contact the path names, as it is without pending writes.
func (c *call) storedContact() *record {
	if id, ok := contactID(c.route.ident); ok {
		return c.account.contacts.get(id)
	}
	// That look-up ignores case is unknown; addresses are stored in lower case.
	return c.account.contacts.find(strings.ToLower(c.route.ident))
}

// idOf returns the id of the contact that has the e-mail or will have it, uuid.Nil if there is none.
func (a *account) idOf(email string) uuid.UUID {
	if id, pending := a.unapplied.reserved[email]; pending {
		return id
	}
	if r := a.contacts.find(email); r != nil {
		return r.id
	}
	return uuid.Nil
}

// contactID reads a UUID in its usual form of 36 characters.
func contactID(ident string) (uuid.UUID, bool) {
	if len(ident) != 36 {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(ident)
	return id, err == nil
}
