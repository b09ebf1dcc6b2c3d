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

var (
	suppressionTypes   = []string{"hard bounce", "unsubscription", "spam complaint", "manual import"}
	suppressionStreams = []string{"transactional", "bulk"}
)

// createSuppression answers POST /suppressions with what it created (spec). One that is there already is refused (unknown: neither
// the spec nor a recording says what happens). Contacts who are there stay subscribed (unknown).
func (c *call) createSuppression() answer {
	var found problems
	email, problem := c.params.text("email")
	if problem == "" {
		problem = emailProblem(email)
	}
	if problem != "" {
		found.add("email", problem)
	}
	stream, kind := c.oneOf("sending_stream", suppressionStreams, &found), "manual import" // the default (spec)
	if c.params.given("type") {
		kind = c.oneOf("type", suppressionTypes, &found)
	}
	id := int64(0)
	_ = json.Unmarshal(c.params["domain_id"], &id) // what is no number is no domain's
	at := slices.IndexFunc(c.account.domains, func(one domain) bool { return one.id == id })
	if at < 0 {
		found.add("domain", "can't be blank") // spec
	}
	if len(found) > 0 {
		return invalid(found)
	}
	name := c.account.domains[at].name
	for _, one := range c.account.suppressions.items {
		if strings.EqualFold(one.Email, email) && one.SendingStream == stream && strings.EqualFold(one.DomainName, name) {
			return invalid(problems{{"email", []string{"has already been taken"}}})
		}
	}
	created := c.emulator.newSuppression(email, kind, stream, name, c.now)
	c.account.suppressions.add(created)
	return jsonAnswer(http.StatusCreated, dataAnswer{created})
}

// oneOf is a parameter that has to be one of some words (spec: the text).
func (c *call) oneOf(key string, allowed []string, found *problems) string {
	given, problem := c.params.text(key)
	if problem == "" && !slices.Contains(allowed, given) {
		problem = "is invalid. Allowed values: " + strings.Join(allowed, ", ") + "."
	}
	if problem != "" {
		found.add(key, problem)
	}
	return given
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
