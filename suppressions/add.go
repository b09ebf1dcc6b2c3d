package suppressions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

// PerMinute is about how many addresses can be put on the list in a minute: half of the requests that Mailtrap allows are kept for
// those who look somebody up.
const PerMinute = 5

// Place is for what mail addresses are suppressed: that which one of the account's domains sends through one stream.
type Place struct {
	DomainID int64  `json:"domain_id"`
	Domain   string `json:"domain"`
	Stream   string `json:"stream"`
}

// String is the mail, within a sentence: "bulk mail from example.com".
func (p Place) String() string { return p.Stream + " mail from " + p.Domain }

// covers reports a suppression that stops this mail. lax counts one of which Mailtrap does not tell for what domain it is.
func (p Place) covers(one apiclient.Suppression, lax bool) bool {
	return (one.SendingStream == "any" || strings.EqualFold(one.SendingStream, p.Stream)) &&
		(strings.EqualFold(one.DomainName, p.Domain) || lax && one.DomainName == "")
}

// Final is why a suppression cannot be undone.
const Final = "Only a person can lift a suppression, in Mailtrap under Suppressions."

// Add has an address suppressed, unless it is already: then added is false. Whoever the list does not have is not looked up first;
// where there is no list, or the request may have left before (cutOff), everybody is.
func (k *Keeper) Add(ctx context.Context, api *apiclient.Client, changes *journal.Journal, email string, at Place,
	cutOff bool) (added bool, err error) {
	listed := map[string]bool{addressIn(email): true}
	list, err := k.Latest(ctx)
	if err == nil && list != nil && !cutOff {
		listed, err = list.Have(ctx, []string{email}, at)
	}
	if err != nil {
		return false, Fault(err)
	}
	if listed[addressIn(email)] { // which it may not be any more
		if found, err := look(ctx, api, email, at, false); err != nil || found != nil {
			return false, Fault(err)
		}
	}
	intent := journal.Write{Action: journal.Create, Kind: journal.Suppression, Subject: email, Name: at.Domain, After: at, Final: Final}
	var made *apiclient.Suppression
	err = changes.Do(ctx, intent, func(ctx context.Context, write *journal.Write) error {
		made, err = create(ctx, write.By(api), email, at)
		return err
	})
	if apiclient.IsKind(err, apiclient.Refused) { // maybe because it is suppressed already
		if found, failed := look(ctx, api, email, at, true); failed == nil && found != nil {
			return false, nil
		}
	}
	if err != nil {
		return false, notAdded(err)
	}
	if err := k.note(ctx, *made); err != nil {
		k.log.WarnContext(ctx, "a new suppression is not in the list yet; it is when that is loaded anew", "cause", err)
	}
	return true, nil
}

// create sends the request. Where its answer was lost, a look tells whether it was carried out; where that finds nothing, it may be
// repeated.
func create(ctx context.Context, api *apiclient.Client, email string, at Place) (*apiclient.Suppression, error) {
	made, err := api.CreateSuppression(ctx, apiclient.NewSuppression{Email: email, DomainID: at.DomainID, Stream: at.Stream})
	if err == nil {
		return &made, nil
	}
	failed, ok := apiclient.AsError(err)
	if !ok || !failed.Unknown && !failed.Lost {
		return nil, err
	}
	found, looked := look(ctx, api, email, at, false)
	switch {
	case looked != nil:
		return nil, err
	case found == nil:
		again := *failed
		again.Repeatable = true
		return nil, &again
	}
	return found, nil
}

// look is a suppression of an address that stops the mail, as Mailtrap lists it now; nil where there is none.
func look(ctx context.Context, api *apiclient.Client, email string, at Place, lax bool) (*apiclient.Suppression, error) {
	found, err := api.Suppressions(ctx, apiclient.SuppressionFilter{Email: email})
	for _, one := range found {
		if strings.EqualFold(one.Email, email) && at.covers(one, lax) {
			return &one, err
		}
	}
	return nil, err
}

// notAdded is why an address was not put on the list, as an agent reads it.
func notAdded(err error) error {
	if apiclient.IsKind(err, apiclient.Forbidden) || apiclient.IsKind(err, apiclient.NotFound) {
		return fault.New(fault.Forbidden, "This API token may not do this: suppress addresses.", "",
			"Ask the operator for a token with rights of an administrator, or to add the addresses in Mailtrap under Suppressions.").Because(err)
	}
	return Fault(err)
}

// Have are those of some addresses that the list has, for this mail. They are as the list writes them.
func (l *List) Have(ctx context.Context, emails []string, at Place) (map[string]bool, error) {
	db, err := store.OpenFile(l.Path, "ro", "busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	asking, err := db.PrepareContext(ctx, `SELECT EXISTS (SELECT 1 FROM suppression JOIN kind ON number = kind
		WHERE email = $1 AND stream IN ('any', $2) AND domain = $3)`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = asking.Close() }()
	have := map[string]bool{}
	for _, email := range emails {
		var is bool
		if err := asking.QueryRowContext(ctx, addressIn(email), at.Stream, strings.ToLower(at.Domain)).Scan(&is); err != nil {
			return nil, err
		}
		if is {
			have[addressIn(email)] = true
		}
	}
	return have, nil
}

// note has the lists that are kept, and one that is being loaded, know a new suppression: they are asked before they are renewed.
func (k *Keeper) note(ctx context.Context, made apiclient.Suppression) error {
	account, err := k.api.AccountKey(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, path := range append(k.files(account, finished), k.files(account, unfinished)...) {
		failed = append(failed, noteIn(ctx, path, made))
	}
	return errors.Join(failed...)
}

func noteIn(ctx context.Context, path string, made apiclient.Suppression) error {
	db, err := store.OpenFile(path, "rw", "busy_timeout(5000)", "synchronous(FULL)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	storing, err := tx.PrepareContext(ctx, sqlKeep)
	if err != nil {
		return err
	}
	defer func() { _ = storing.Close() }()
	if _, err := keepOne(ctx, tx, storing, map[Kind]int64{}, made); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return tx.Commit()
}
