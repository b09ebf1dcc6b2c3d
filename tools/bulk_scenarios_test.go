package tools_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// The tests of this file are what people ask their agent to do with many contacts, from the first call to the last.

func TestAMessyFileIsPreviewedAndImported(t *testing.T) { // scenario 1
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddField("Company", "text", "company")
		w.file("crm.csv", "\ufeffE-mail Address;First Name;Company Name;Status\r\n"+
			" Bob@Example.com ;Bob;ACME;Active\r\ninfo@example.com;;ACME;Active\r\nsales@example.com;;ACME;Active\r\nbob@example.com;Robert;;Active\r\n"+
			"not an address;;;\r\nmax@example.com;Max;\"Foo; Ltd\";Unsubscribed\r\nanna@example.com;;Bar;Active\r\n")
		given := args{"file": "crm.csv", "lists": "Leads 2026", "mapping": args{"Company Name": "company"}, "skip": "role", "preview": true}
		w.refused("import_contacts", given, "invalid_input", `There is no list "Leads 2026"`, "create_lists: true")
		given["create_lists"] = true
		previewed := w.works("import_contacts", given)
		previewed.says(t, "Preview, nothing was sent: 2 contacts of 7 rows.", `create "Leads 2026" and add to it`, "1 row repeated an address and was merged.", "4 rows rejected; they are in ",
			"- 2 rows: skipped as asked: the address belongs to a role", "has unsubscribed", `"Company Name" → company`, "2 role addresses like info@ were skipped")
		w.nothingWritten()
		imported := w.works("apply_plan", args{"plan_id": previewed.at("job.plan_id")})
		imported.says(t, "Import finished: 2 of 7 rows imported (1 created, 1 updated, 1 merged into another row, 4 rejected).", "4 rows rejected, as the preview said; they are in ", `1 list was created: "Leads 2026"`)
		settled()
		if bob := w.contact("bob@example.com"); bob.Fields["first_name"] != "Robert" || bob.Fields["company"] != "ACME" || len(bob.ListIDs) != 1 || w.Len() != 2 {
			t.Errorf("bob is %+v", bob)
		}
		rejected := readCSV(t, imported.at("job.rejected_file").(string))
		if lines := column(rejected, 0); fmt.Sprint(lines) != "[3 4 6 7]" {
			t.Errorf("the rejected lines are %v", lines)
		}
	})
}

func TestALongImportGoesOnAfterTheMachineRestarts(t *testing.T) { // scenario 2
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		rows := 180_000
		if raceDetector {
			rows = 120_000
		}
		w.AddList("Everyone")
		path := w.file("all.csv", "email\n"+strings.Join(addressesWide(rows), "\n"))
		previewed := w.works("import_contacts", args{"file": "all.csv", "lists": "Everyone", "preview": true})
		previewed.says(t, "Preview, nothing was sent: ", "contacts", "Takes about ", " minutes: ")
		id := previewed.at("job.plan_id")
		w.works("apply_plan", args{"plan_id": id, "wait_seconds": 45}).says(t, "Import is running: ", "It continues in the background")
		time.Sleep(90 * time.Second)
		half := w.works("get_job", args{"job_id": id, "wait_seconds": 0})
		if done := half.count("jobs.0.created"); done < 50_000 || done >= rows {
			t.Errorf("%d are imported half-way", done)
		}
		must(t, os.Remove(path))
		later := restarted(t, w)
		time.Sleep(10 * time.Minute) // nobody asks
		later.works("get_job", nil).says(t, fmt.Sprintf("%s finished: ", id))
		finished := later.works("get_job", args{"job_id": id})
		finished.has(t, "jobs.0.created", rows, "jobs.0.updated", nil, "jobs.0.outcome_unknown", nil, "jobs.0.not_sent", nil)
		if posts := (rows + 49_999) / 50_000; w.imports() != posts || w.Len() != rows {
			t.Errorf("%d imports, want %d, and %d contacts", w.imports(), posts, w.Len())
		}
	}, onDisk(t.TempDir()), func(set *setting) { set.emulator.JobDelay = time.Minute })
}

func TestThousandsAreUnsubscribedWithProgressUntilCancelled(t *testing.T) { // scenario 14
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		size, some := 3000, 10*time.Minute
		if raceDetector {
			size, some = 1200, 3*time.Minute
		}
		people := addressesWide(size)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email})
		}
		w.file("out.csv", "Name;E-mail\nA;"+strings.Join(people, "\nB;")+"\nC;stranger@example.com\n")
		wish := args{"file": "out.csv", "unsubscribed": true}
		w.refused("bulk_update_contacts", wish, "needs_preview", "more than 1,000 are not written unseen", "preview: true")
		wish["preview"] = true
		previewed := w.works("bulk_update_contacts", wish)
		previewed.says(t, "Preview, nothing was sent: ", "For each: unsubscribe.", "Takes about ", " minutes: ", " requests inside the rate limits.")
		if minutes := previewed.count("job.seconds") / 60; minutes < size/100 || minutes > size/75 {
			t.Errorf("it is said to take %d minutes", minutes)
		}
		id := previewed.at("job.plan_id")

		var mu sync.Mutex
		var reported []float64
		w.client.OnNotification(func(notification mcp.JSONRPCNotification) {
			mu.Lock()
			defer mu.Unlock()
			if notification.Method != "notifications/progress" {
				return
			}
			done, _ := notification.Params.AdditionalFields["progress"].(float64)
			reported = append(reported, done)
		})
		request := mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "apply_plan", Arguments: args{"plan_id": id, "wait_seconds": 45}, Meta: &mcp.Meta{ProgressToken: "p"}}}
		result, err := w.client.CallTool(t.Context(), request)
		must(t, err)
		w.check("apply_plan", result).says(t, "Update is running: ", " left.", "stop it with cancel_job")
		mu.Lock()
		if len(reported) < 10 || reported[len(reported)-1] < 20 {
			t.Errorf("progress was reported as %v", reported)
		}
		mu.Unlock()

		time.Sleep(some)
		w.works("cancel_job", args{"job_id": id})
		cancelled := w.works("get_job", args{"job_id": id, "wait_seconds": 45})
		cancelled.says(t, "Update was cancelled: ", " not sent)")
		done, left := cancelled.count("jobs.0.done"), cancelled.count("jobs.0.not_sent")
		if done < size/5 || done+left != size+1 {
			t.Errorf("%d done and %d not sent of %d", done, left, size+1)
		}
		settled()
		out := 0
		for _, email := range people {
			if w.contact(email).Status == "unsubscribed" {
				out++
			}
		}
		if out != done {
			t.Errorf("%d are unsubscribed, and %d are said to be", out, done)
		}
		report, err := os.ReadFile(cancelled.at("jobs.0.report_file").(string))
		must(t, err)
		if !strings.Contains(string(report), fmt.Sprintf(`"done": %d`, done)) || !strings.Contains(string(report), fmt.Sprintf(`"not_sent": %d`, left)) {
			t.Errorf("the report is %s", report)
		}
	})
}

func TestAPlanIsAppliedByAnotherServerThanThePreviews(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("few.csv", "email\nbob@example.com\n")
		plan := w.works("import_contacts", args{"file": "few.csv", "lists": "VIP", "preview": true}).at("job.plan_id")
		later := restarted(t, w)
		other := beside(t, later)
		must(t, os.Remove(filepath.Join(w.dir, "few.csv")))
		var all sync.WaitGroup
		said := make([]answer, 2)
		for i, server := range []*world{later, other} { // both at once: it is carried out by one
			all.Go(func() {
				result, err := server.client.CallTool(context.Background(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "apply_plan", Arguments: args{"plan_id": plan}}})
				if err == nil {
					said[i] = server.check("apply_plan", result)
				}
			})
		}
		all.Wait()
		refused := 0
		for _, one := range said {
			if one.isError {
				refused++
				if !strings.Contains(one.text, "is being carried out already") && !strings.Contains(one.text, "has been carried out already") {
					t.Errorf("refused: %s", one.text)
				}
			} else {
				one.says(t, "Import finished: 1 created")
			}
		}
		if refused != 1 || w.imports() != 1 || w.Len() != 2 {
			t.Errorf("%d refused, %d imports, %d contacts", refused, w.imports(), w.Len())
		}
	}, onDisk(t.TempDir()))
}
