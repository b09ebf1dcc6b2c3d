package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// suppression has the recorded keys. What Mailtrap does not know is blank, as recorded; the spec has null.
type suppression struct {
	ID               string `json:"id"`
	Type             string `json:"type"`
	CreatedAt        string `json:"created_at"`
	Email            string `json:"email"`
	SendingStream    string `json:"sending_stream"`
	DomainName       string `json:"domain_name"`
	BounceCategory   string `json:"message_bounce_category"`
	Category         string `json:"message_category"`
	ClientIP         string `json:"message_client_ip"`
	MessageCreatedAt string `json:"message_created_at"`
	ESPResponse      string `json:"message_esp_response"`
	ESPServerType    string `json:"message_esp_server_type"`
	OutgoingIP       string `json:"message_outgoing_ip"`
	RecipientMXName  string `json:"message_recipient_mx_name"`
	SenderEmail      string `json:"message_sender_email"`
	Subject          string `json:"message_subject"`
	created          time.Time
}

type suppressionAnswer struct {
	Data suppression `json:"data"`
}

var (
	suppressionTypes   = []string{"hard bounce", "unsubscription", "spam complaint", "manual import"}
	suppressionStreams = []string{"transactional", "bulk", "any"}
)

// suppressionList holds suppressions in the order they were made.
type suppressionList struct {
	items  []suppression
	emails map[string]int // how many there are for each lower-case address
}

func (l *suppressionList) has(email string) bool { return l.emails[email] > 0 }

func (l *suppressionList) add(s suppression) {
	if l.emails == nil {
		l.emails = map[string]int{}
	}
	l.emails[strings.ToLower(s.Email)]++
	l.items = append(l.items, s)
}

func (l *suppressionList) remove(i int) suppression {
	s := l.items[i]
	l.emails[strings.ToLower(s.Email)]--
	l.items = slices.Delete(l.items, i, i+1)
	return s
}

func (l *suppressionList) index(id string) int {
	return slices.IndexFunc(l.items, func(s suppression) bool { return s.ID == id })
}

// listSuppressions answers GET /suppressions, oldest first (order unknown), at most 1000 of them after last_id. An
// unknown last_id, which ends paging, gives none (unknown). Times that cannot be read are ignored (unknown).
func (c *call) listSuppressions() answer {
	query := c.request.URL.Query()
	items := c.account.suppressions.items
	if last := query.Get("last_id"); last != "" {
		i := c.account.suppressions.index(strings.ToLower(last))
		if i < 0 {
			i = len(items) - 1
		}
		items = items[i+1:]
	}
	email := query.Get("email")
	start, startErr := time.Parse(time.RFC3339, query.Get("start_time"))
	end, endErr := time.Parse(time.RFC3339, query.Get("end_time"))

	page := make([]suppression, 0, min(len(items), suppressionPage))
	for _, s := range items {
		switch {
		case len(page) == suppressionPage:
			return jsonAnswer(http.StatusOK, page)
		case email != "" && !strings.EqualFold(s.Email, email):
		case startErr == nil && s.created.Before(start):
		case endErr == nil && s.created.After(end):
		default:
			page = append(page, s)
		}
	}
	return jsonAnswer(http.StatusOK, page)
}

// createSuppression answers POST /suppressions, for admins only (spec). The texts of its errors are inferred, and so
// is that contacts there already keep their status.
func (c *call) createSuppression() answer {
	if !c.account.admin() {
		return failure(http.StatusForbidden, "Access forbidden")
	}
	var found problems
	email, problem := c.params.text("email")
	if problem == "" {
		problem = emailProblem(email)
	}
	if problem != "" {
		found.add("email", problem)
	}
	if c.readDomain() < 1 {
		found.add("domain_id", "is invalid")
	}
	stream, _ := c.params.text("sending_stream")
	if !slices.Contains(suppressionStreams, stream) {
		found.add("sending_stream", "is invalid")
	}
	kind := "manual import"
	if c.params.given("type") {
		kind, _ = c.params.text("type")
	}
	if !slices.Contains(suppressionTypes, kind) {
		found.add("type", "is invalid")
	}
	if len(found) > 0 {
		return invalid(found)
	}
	s := c.emulator.newSuppression(email, kind, stream, "", c.now)
	c.account.suppressions.add(s)
	return jsonAnswer(http.StatusCreated, suppressionAnswer{s})
}

// readDomain returns domain_id, 0 if it is no number. Any domain exists, and its name is not known.
func (c *call) readDomain() int64 {
	var id int64
	_ = json.Unmarshal(c.params["domain_id"], &id) // what cannot be decoded stays 0
	return id
}

// deleteSuppression answers DELETE /suppressions/{id} with 200 and what was deleted (spec).
func (c *call) deleteSuppression() answer {
	if !c.account.admin() {
		return failure(http.StatusForbidden, "Access forbidden")
	}
	i := c.account.suppressions.index(strings.ToLower(c.route.ident))
	if i < 0 {
		return notFound()
	}
	return jsonAnswer(http.StatusOK, c.account.suppressions.remove(i))
}

func (e *Emulator) newSuppression(email, kind, stream, domain string, now time.Time) suppression {
	id, err := uuid.NewRandomFromReader(e.random)
	if err != nil {
		panic(err) // the reader never fails
	}
	return suppression{
		ID:            id.String(),
		Type:          kind,
		CreatedAt:     now.UTC().Format(timeFormatShort),
		Email:         email,
		SendingStream: stream,
		DomainName:    domain,
		created:       now,
	}
}
