package lying

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

func rows() []any {
	given := make([]any, people)
	for i := range given {
		given[i] = map[string]any{"email": person(i), "fields": map[string]any{"first_name": "Q"}}
	}
	return given
}

// finished is an import that has, with these counts.
func finished(created, updated, over string) lie {
	return says(200, fmt.Sprintf(`{"id":7,"status":"finished","created_contacts_count":%s,"updated_contacts_count":%s,"contacts_over_limit_count":%s}`, created, updated, over))
}

// Guarantee 5.1. Guarantee 5.2. Guarantee 5.3. Guarantee 5.5.
func TestAnImportIsNeverSaidToHaveDoneWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	const asks, creates = "GET /contacts/imports/", "POST /contacts/imports"
	unknown := []string{"30 of unknown outcome", "p00@example.com", "harmless", "-rejected.csv"}
	for name, c := range map[string]struct {
		lies map[string]lie
		says []string
		not  []string
	}{
		"honest":                {nil, []string{"0 created, 30 updated"}, []string{"unknown", "repeated"}},
		"counts as strings":     {map[string]lie{asks: finished(`"10"`, `"20"`, `"0"`)}, []string{"10 created, 20 updated"}, []string{"unknown"}},
		"failed":                {map[string]lie{asks: says(200, `{"id":7,"status":"failed"}`)}, append(unknown, "Import failed", "reports that its import 7 failed"), []string{"finished", "0 of 30", "0 created"}},
		"gone":                  {map[string]lie{asks: says(404, `{"error":"Not Found"}`)}, append(unknown, "Import failed", "does not know its import 7"), []string{"finished", "0 of 30"}},
		"a negative count":      {map[string]lie{asks: finished("-5", "0", "-1")}, append(unknown, "cannot be right"), []string{" -5", " -6", "0 of 30", "0 created"}},
		"a count beyond all":    {map[string]lie{asks: finished("7", "1000000000000000", "0")}, append(unknown, "cannot be right"), []string{"000,000", "0 of 30"}},
		"no whole number":       {map[string]lie{asks: finished("1.5", "28.5", "0")}, append(unknown, "cannot be right"), []string{"0 of 30"}},
		"an object for a count": {map[string]lie{asks: finished("{}", "[]", "null")}, append(unknown, "cannot be right"), []string{"0 of 30"}},
		"no counts":             {map[string]lie{asks: says(200, `{"id":7,"status":"finished"}`)}, append(unknown, "cannot be right"), []string{"0 of 30"}},
		"some are not told":     {map[string]lie{asks: finished("10", "14", "0")}, []string{"24 of 30", "10 created, 14 updated", "6 of unknown outcome", "accounts for 24 of the 30 contacts"}, []string{"30 updated"}},
		"another import":        {map[string]lie{asks: first(2, says(200, `{"id":8,"status":"finished","created_contacts_count":30,"updated_contacts_count":0,"contacts_over_limit_count":0}`))}, []string{"0 created, 30 updated"}, []string{"30 created"}},
		"a count twice": {map[string]lie{asks: first(2, says(200, `{"id":7,"status":"finished","created_contacts_count":30,"created_contacts_count":0,"updated_contacts_count":0,"contacts_over_limit_count":0}`))},
			[]string{"0 created, 30 updated"}, []string{"30 created"}},
		"a broken connection after the work": {map[string]lie{creates: breaksOff(1)}, []string{"30 updated", "A request was repeated"}, nil},
		"500 after the work":                 {map[string]lie{creates: fails(1)}, []string{"30 updated", "A request was repeated"}, nil},
		"an answer without an id":            {map[string]lie{creates: first(1, says(201, "{}"))}, []string{"30 updated", "A request was repeated"}, nil},
		"a page for an answer":               {map[string]lie{creates: first(1, page)}, []string{"30 updated", "A request was repeated"}, nil},
		"refused, naming nobody":             {map[string]lie{creates: says(422, `{"errors":[{"email":"eve@example.com","errors":{"base":["no"]}}]}`)}, []string{"[invalid_input]"}, []string{"finished"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := newLiar(t, c.lies)
			p := start(t, account)
			got := p.ended(p.call("import_contacts", args{"rows": rows()}))
			got.says(c.says...).saysNot(c.not...)
			if file := got.job()["rejected_file"]; file != nil {
				if kept, err := os.ReadFile(filepath.Join(p.files, filepath.Base(fmt.Sprint(file)))); err != nil || len(kept) < people*20 {
					t.Errorf("the file of those concerned: %s, %v", kept, err)
				}
			}
			if account.sent("DELETE") > 0 {
				t.Error("somebody was deleted")
			}
		})
	}
}

func (r result) job() map[string]any {
	job, _ := r.data["job"].(map[string]any)
	if jobs, ok := r.data["jobs"].([]any); ok && len(jobs) == 1 {
		job, _ = jobs[0].(map[string]any)
	}
	return job
}

// Guarantee 5.3. Guarantee 5.4.
func TestAJobThatWaitsSaysNothingOfBeingDoneSoon(t *testing.T) {
	t.Parallel()
	pause := func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Retry-After", "99999")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	for name, c := range map[string]struct {
		lies map[string]lie
		says []string
	}{
		"Retry-After of a day":    {map[string]lie{"GET /contacts/imports/": pause}, []string{"waiting until ", " UTC, for ", "Mailtrap asked for 28 hours", "about 5 minutes left"}},
		"answers nobody can read": {map[string]lie{"GET /contacts/imports/": page}, []string{"cannot be read", "how long it still takes is not known"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, newLiar(t, c.lies))
			id := p.call("import_contacts", args{"rows": rows(), "preview": true}).job()["plan_id"]
			p.call("apply_plan", args{"plan_id": id, "wait_seconds": 0})
			p.call("get_job", args{"job_id": id, "wait_seconds": 3}).says(c.says...).saysNot("less than a minute", "finished")
			p.call("cancel_job", args{"job_id": id}).says("It was told to stop", "It ends as soon as Mailtrap has answered what was sent").saysNot("0 created", "30 updated")
		})
	}
}
