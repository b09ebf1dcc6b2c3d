package emulator

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// seedFile is an account as a file describes it.
type seedFile struct {
	Lists        []string          `yaml:"lists"`
	Fields       []seedField       `yaml:"fields"`
	Contacts     []seedContact     `yaml:"contacts"`
	Suppressions []seedSuppression `yaml:"suppressions"`
	Domains      []seedDomain      `yaml:"domains"`
	Campaigns    []seedCampaign    `yaml:"campaigns"`
}

type seedField struct {
	Name     string   `yaml:"name"`
	DataType string   `yaml:"data_type"`
	MergeTag string   `yaml:"merge_tag"`
	InUse    []string `yaml:"in_use"` // why Mailtrap does not delete it
}

type seedContact struct {
	Email     string         `yaml:"email"`
	Status    string         `yaml:"status"`
	Fields    map[string]any `yaml:"fields"` // by merge tag
	Lists     []string       `yaml:"lists"`
	CreatedAt time.Time      `yaml:"created_at"`
	UpdatedAt time.Time      `yaml:"updated_at"`
}

type seedSuppression struct {
	Email  string `yaml:"email"`
	Type   string `yaml:"type"`
	Stream string `yaml:"stream"`
	Domain string `yaml:"domain"`
}

type seedDomain struct {
	Name       string `yaml:"name"`
	Compliance string `yaml:"compliance"`
}

type seedCampaign struct {
	Name            string    `yaml:"name"`
	Subject         string    `yaml:"subject"`
	State           string    `yaml:"state"`
	MergeTags       []string  `yaml:"merge_tags"`
	Lists           []string  `yaml:"lists"`
	Domain          string    `yaml:"domain"`
	CreatedAt       time.Time `yaml:"created_at"`
	StartedAt       time.Time `yaml:"started_at"`
	ScheduledAt     time.Time `yaml:"scheduled_at"`
	Recipients      *int64    `yaml:"recipients"`
	Sent            int64     `yaml:"sent"`
	Delivered       int64     `yaml:"delivered"`
	Bounced         int64     `yaml:"bounced"`
	Opened          int64     `yaml:"opened"`
	Clicked         int64     `yaml:"clicked"`
	Spam            int64     `yaml:"spam"`
	Unsubscriptions int64     `yaml:"unsubscriptions"`
}

// Seed adds what a YAML or JSON file describes to the first account, past limits, window and rate limits. The error of what the
// API would not take names its place, and part of the file may have been added then.
func (e *Emulator) Seed(from io.Reader) error {
	var file seedFile
	decoder := yaml.NewDecoder(from)
	decoder.KnownFields(true)
	switch err := decoder.Decode(&file); {
	case errors.Is(err, io.EOF):
		return errors.New("the file is empty")
	case err != nil:
		return err
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return errors.New("the file has more than one document")
	}
	a, unlock := e.first()
	defer unlock()
	return errors.Join(
		eachOf("lists", file.Lists, func(name string) (string, error) { return name, a.seedList(name) }),
		eachOf("fields", file.Fields, func(f seedField) (string, error) { return f.MergeTag, a.seedField(f) }),
		eachOf("contacts", file.Contacts, func(c seedContact) (string, error) { return c.Email, a.seedContact(c) }),
		eachOf("suppressions", file.Suppressions, func(s seedSuppression) (string, error) { return s.Email, a.seedSuppression(s) }),
		eachOf("domains", file.Domains, func(d seedDomain) (string, error) { return d.Name, a.seedDomain(d) }),
		eachOf("campaigns", file.Campaigns, func(c seedCampaign) (string, error) { return c.Name, a.seedCampaign(c) }),
	)
}

// eachOf adds one after the other, and says which one cannot be.
func eachOf[T any](part string, all []T, add func(T) (name string, err error)) error {
	for i, one := range all {
		if name, err := add(one); err != nil {
			return fmt.Errorf("%s, number %d (%q): %w", part, i+1, name, err)
		}
	}
	return nil
}

// refused is the error of what the API would not take; nil without a problem.
func refused(what, problem string) error {
	if problem == "" {
		return nil
	}
	return errors.New(what + " " + problem)
}

func (a *account) seedList(name string) error {
	if err := refused("the name", textProblem(name, a.listNameProblem)); err != nil {
		return err
	}
	a.addList(name)
	return nil
}

// textProblem is why a text that must be there cannot be what it is.
func textProblem(given string, problem func(string, int64) string) string {
	if strings.TrimSpace(given) == "" {
		return "can't be blank"
	}
	return problem(given, 0)
}

func (a *account) seedField(f seedField) error {
	err := errors.Join(
		refused("the name", textProblem(f.Name, a.fieldNameProblem)),
		refused("the merge_tag", textProblem(f.MergeTag, a.mergeTagProblem)),
		oneOf("data_type", f.DataType, dataTypes),
	)
	if err != nil {
		return err
	}
	id := a.addField(f.Name, f.DataType, f.MergeTag).ID
	a.field(id).usage = f.InUse
	return nil
}

func oneOf(what, given string, known []string) error {
	if slices.Contains(known, given) {
		return nil
	}
	return fmt.Errorf("%s is %q, and can be %s", what, given, strings.Join(known, ", "))
}

func (a *account) seedContact(c seedContact) error {
	lists, err := a.listsNamed(c.Lists)
	err = errors.Join(err, refused("the email", emailProblem(c.Email)))
	if c.Status != "" {
		err = errors.Join(err, oneOf("status", c.Status, []string{"subscribed", "unsubscribed"}))
	}
	if err != nil {
		return err
	}
	for tag, value := range c.Fields {
		at, isTime := value.(time.Time) // as YAML reads it without quotes
		switch {
		case isTime && at.Equal(at.Truncate(24*time.Hour)):
			c.Fields[tag] = at.Format(time.DateOnly)
		case isTime:
			c.Fields[tag] = at.Format(time.RFC3339)
		}
	}
	_, err = a.seed(Contact{
		Email: c.Email, Status: c.Status, Fields: c.Fields, ListIDs: lists, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	})
	return err
}

func (a *account) listsNamed(names []string) (ids []int64, err error) {
	for _, name := range names {
		at := slices.IndexFunc(a.lists, func(l List) bool { return l.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no list %q", name)
		}
		ids = append(ids, a.lists[at].ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func (a *account) seedSuppression(s seedSuppression) error {
	err := errors.Join(refused("the email", emailProblem(s.Email)), oneOf("type", s.Type, suppressionTypes),
		oneOf("stream", s.Stream, suppressionStreams))
	if err == nil {
		a.suppressions.add(a.emulator.newSuppression(s.Email, s.Type, s.Stream, s.Domain, a.emulator.config.Now()))
	}
	return err
}

func (a *account) seedDomain(d seedDomain) error {
	if d.Name == "" {
		return errors.New("the name can't be blank")
	}
	a.addDomain(d.Name, d.Compliance)
	return nil
}

func (a *account) seedCampaign(c seedCampaign) error {
	lists, err := a.listsNamed(c.Lists)
	if err != nil {
		return err
	}
	seeded := Campaign{
		Name: c.Name, Subject: c.Subject, State: c.State, MergeTags: c.MergeTags, ListIDs: lists, CreatedAt: c.CreatedAt,
		StartedAt: c.StartedAt, ScheduledAt: c.ScheduledAt, Recipients: c.Recipients, Stats: CampaignStats{Sent: c.Sent,
			Delivered: c.Delivered, Bounced: c.Bounced, Opened: c.Opened, Clicked: c.Clicked, Spam: c.Spam, Unsubscriptions: c.Unsubscriptions},
	}
	if c.Domain != "" {
		at := slices.IndexFunc(a.domains, func(d domain) bool { return d.name == c.Domain })
		if at < 0 {
			return fmt.Errorf("there is no domain %q", c.Domain)
		}
		seeded.DomainID, seeded.DomainName = a.domains[at].id, c.Domain
	}
	_, err = a.addCampaign(seeded)
	return err
}
