package tools

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

var getAccount = Tool[GetAccountInput, GetAccountOutput]{
	Name: "get_account", Title: "Show the account", Toolset: Account, Effect: Reads,
	Description: "Shows which Mailtrap account this server works on, its lists and fields, and the rate budget. A good first call.",
	Example:     `{}`,
	Run:         (*Toolbox).getAccount,
}

// GetAccountInput has no arguments.
type GetAccountInput struct{}

// GetAccountOutput is the account at a glance.
type GetAccountOutput struct {
	AccountID int64        `json:"account_id,omitempty"`
	Name      string       `json:"name,omitempty"`
	Access    string       `json:"access,omitempty"`
	ReadOnly  bool         `json:"read_only,omitempty"`
	API       string       `json:"api"`
	Lists     int          `json:"lists"`
	ListNames []string     `json:"list_names"`
	Fields    int          `json:"fields"`
	FieldTags []string     `json:"field_tags"`
	Folders   []string     `json:"folders" jsonschema_description:"Folders that files may be read from and written to"`
	Budget    []BudgetView `json:"rate_budget"`
}

// BudgetView is one rate limit and what this server has used of it.
type BudgetView struct {
	Limit   string `json:"limit"`
	Used    int    `json:"used"`
	Of      int    `json:"of"`
	Seconds int    `json:"seconds"`
}

func (box *Toolbox) getAccount(ctx context.Context, _ GetAccountInput) (GetAccountOutput, error) {
	id, err := box.API.AccountID(ctx)
	if err != nil {
		return GetAccountOutput{}, err
	}
	out := GetAccountOutput{AccountID: id, API: box.API.BaseURL(), ReadOnly: box.API.ReadOnly(), ListNames: []string{}, FieldTags: []string{},
		Folders: text.Paths(box.Folders.Paths())}
	var lists []apiclient.List
	var fields []apiclient.Field
	asking, together := errgroup.WithContext(ctx)
	asking.Go(func() (err error) { out.Name, out.Access, err = box.nameAccount(together, id); return err })
	asking.Go(func() (err error) { lists, err = box.Catalog.Lists(together); return err })
	asking.Go(func() (err error) { fields, err = box.Catalog.Fields(together); return err })
	if err := asking.Wait(); err != nil {
		return GetAccountOutput{}, err
	}
	out.Lists, out.Fields = len(lists), len(fields)
	for _, list := range lists {
		out.ListNames = append(out.ListNames, text.Clean(list.Name))
	}
	for _, field := range fields {
		out.FieldTags = append(out.FieldTags, text.Clean(field.MergeTag))
	}
	for _, usage := range box.API.Budget(ctx) {
		out.Budget = append(out.Budget, BudgetView{Limit: usage.Name, Used: usage.Used, Of: usage.Limit, Seconds: int(usage.Window.Seconds())})
	}
	return out, nil
}

// nameAccount finds the account's name and the token's access to it. An account that the token does not list, or none,
// has no name.
func (box *Toolbox) nameAccount(ctx context.Context, id int64) (name, access string, err error) {
	accounts, err := box.API.Accounts(ctx)
	if apiclient.IsKind(err, apiclient.Forbidden) || apiclient.IsKind(err, apiclient.NotFound) {
		return "", "", nil // a token may have rights to the contacts only
	}
	if err != nil {
		return "", "", err
	}
	for _, account := range accounts {
		if account.ID == id {
			return text.Clean(account.Name), accessName(account.AccessLevels), nil
		}
	}
	return "", "", nil
}

// accessNames are the levels of access (spec).
var accessNames = map[int]string{1000: "owner", 100: "admin", 50: "viewer+", 10: "viewer"}

// accessName names the highest level of access; empty where Mailtrap does not say which it is.
func accessName(levels []int) string {
	highest := 0
	for _, level := range levels {
		highest = max(highest, level)
	}
	return accessNames[highest]
}

// Summary is the text an agent reads.
func (out GetAccountOutput) Summary() string {
	head := "The account of the API token, through " + out.API + "."
	if out.AccountID != 0 {
		head = fmt.Sprintf("Account %d through %s", out.AccountID, out.API)
		if out.Name != "" {
			head = fmt.Sprintf("Account %d %s through %s", out.AccountID, text.Quote(out.Name), out.API)
		}
		if out.Access != "" {
			head += ", with " + out.Access + " rights"
		}
		head += "."
	}
	budget := make([]string, len(out.Budget))
	for i, limit := range out.Budget {
		budget[i] = fmt.Sprintf("%s %d of %d in %d s", limit.Limit, limit.Used, limit.Of, limit.Seconds)
	}
	folders := "Files: none may be used; the operator allows folders with --files."
	if len(out.Folders) > 0 {
		folders = "Files: " + strings.Join(out.Folders, ", ")
	}
	return lines(head, out.mayChange(),
		fmt.Sprintf("%s of %d%s", text.Count(out.Lists, "list"), apiclient.MaxLists, named(out.ListNames, out.Lists)),
		fmt.Sprintf("%s of %d%s", text.Count(out.Fields, "custom field"), apiclient.MaxFields, named(out.FieldTags, out.Fields)),
		"Rate budget used: "+strings.Join(budget, ", "),
		folders)
}

// mayChange says what stands in the way of changes.
func (out GetAccountOutput) mayChange() string {
	switch {
	case out.ReadOnly:
		return "This server is read-only: it changes nothing in the account. The operator can start it without --read-only."
	case strings.HasPrefix(out.Access, accessNames[10]):
		return "With " + out.Access + " rights the API token can look, and Mailtrap may refuse changes."
	}
	return ""
}

func named(names []string, total int) string {
	if total == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = text.Quote(name)
	}
	if more := total - len(names); more > 0 {
		quoted = append(quoted, fmt.Sprintf("and %d more", more))
	}
	return ": " + strings.Join(quoted, ", ")
}

// Shrink keeps the result within its bounds.
func (out GetAccountOutput) Shrink(width int) Output {
	out.Name = text.Clip(out.Name, width)
	out.ListNames, _ = capped(clipAll(out.ListNames, width), width)
	out.FieldTags, _ = capped(clipAll(out.FieldTags, width), width)
	out.Folders, _ = capped(out.Folders, width/4)
	return out
}
