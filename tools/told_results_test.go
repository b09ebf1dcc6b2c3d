package tools_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// numbersIn are the numbers before words of a text, each with its words: "22 created".
func numbersIn(said string) (sum int) {
	for _, part := range regexp.MustCompile(`[(,:] ?(\d[\d,]*) `).FindAllStringSubmatch(said, -1) {
		n, _ := strconv.Atoi(strings.ReplaceAll(part[1], ",", ""))
		sum += n
	}
	return sum
}

// Guarantee 8.4b.
func TestEveryRowOfAFileIsInOneOfTheNumbersOfAnImport(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		inFakeTime(t, func(t *testing.T, w *world) {
			w.AddField("Age", "integer", "age")
			w.AddContacts(30, func(i int) emulator.Contact {
				return emulator.Contact{Email: fmt.Sprintf("p%02d@example.com", i), Status: []string{"subscribed", "subscribed", "unsubscribed"}[i%3], Fields: map[string]any{"age": i}}
			})
			outWithoutAContact(w, "p40@example.com")
			settled()
			random, lines := rand.New(rand.NewPCG(seed, 7)), []string{"email,age,newsletter"}
			for range 60 {
				n := random.IntN(45) // some are named several times
				row := fmt.Sprintf("p%02d@example.com,%d,yes", n, n+random.IntN(2))
				switch random.IntN(9) {
				case 0:
					row = fmt.Sprintf("p%02d@example.com,old,yes", n)
				case 1:
					row = fmt.Sprintf("p%02d at example.com,1,yes", n)
				case 2:
					row = fmt.Sprintf("p%02d@example.com,1,%s", n, []string{"no", "unsubscribed", "maybe"}[random.IntN(3)])
				}
				lines = append(lines, row)
			}
			w.file("crm.csv", strings.Join(lines, "\n")+"\n")
			given := args{"file": "crm.csv", "unsubscribe": seed%2 == 1, "preview": true}
			preview := w.works("import_contacts", given)
			number := func(a answer, key string) int { n, _ := a.at("job." + key).(float64); return int(n) }
			if rows := number(preview, "rows"); rows != 60 {
				t.Errorf("a file of 60 rows has %d", rows)
			}
			for _, done := range []answer{w.works("apply_plan", args{"plan_id": preview.at("job.plan_id"), "wait_seconds": 45}), w.works("import_contacts", args{"file": "crm.csv", "unsubscribe": seed%2 == 1})} {
				head, _, _ := strings.Cut(done.text, "\n")
				if !strings.Contains(head, " of 60 rows imported (") && !strings.HasPrefix(done.text, "0 changes to make: ") {
					t.Errorf("not of the file's rows: %s", head)
				}
				if _, counts, is := strings.Cut(head, " of 60 rows imported"); is && numbersIn(counts) != 60 {
					t.Errorf("these are %d rows of 60: %s", numbersIn(counts), head)
				}
				time.Sleep(time.Minute)
			}
		})
	}
}

// Guarantee 8.3b.
func TestAnAnswerStatesAReasonOnceAndAResultLeavesWhatItsPreviewSaid(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Age", "integer", "age")
		w.file("people.csv", "email,age\nanna@example.com,1\nbob at example.com,2\ncarla at example.com,2\ndan@example.com,old\nemma@example.com,older\n")
		preview := w.works("import_contacts", args{"file": "people.csv", "preview": true})
		preview.says(t, "4 rows rejected; they are in ", "- 2 rows: email is not a valid e-mail address (line 3 \"bob at example.com\", line 4 \"carla at example.com\")",
			"(line 5 dan@example.com, line 6 emma@example.com)")
		for _, reason := range []string{"not a valid e-mail address", "does not fit this integer field", "dan@example.com"} {
			if n := strings.Count(preview.text, reason); n != 1 {
				t.Errorf("%q stands %d times in:\n%s", reason, n, preview.text)
			}
		}
		done := w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")})
		done.says(t, "1 of 5 rows imported (1 created, 0 updated, 4 rejected)", "4 rows rejected, as the preview said; they are in ", "with the reason for each")
		if strings.Contains(done.text, "valid e-mail address") {
			t.Errorf("the result repeats the preview: %s", done.text)
		}
		w.works("get_job", args{"job_id": done.at("job.job_id")}).says(t, "- 2 rows: email is not a valid e-mail address (line 3")
	})
}

// Guarantee 8.5b.
func TestAResultNamesTheListsItWasFor(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		w.file("people.csv", "email,Lists\nanna@example.com,VIP\nbob@example.com,VIP; Partners\n")
		preview := w.works("import_contacts", args{"file": "people.csv", "create_lists": true, "preview": true})
		preview.says(t, `For each: add to the lists of its row ("VIP" (id 1), "Partners").`)
		w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}).says(t, `"VIP" (id 1)`, `1 list was created: "Partners"`)
		w.file("vip.csv", "email\nanna@example.com\ncarla@example.com\n")
		plan := w.works("sync_contacts", args{"file": "vip.csv", "list": "VIP", "max_removals": 1})
		w.works("apply_plan", args{"plan_id": plan.at("job.plan_id")}).says(t, `Sync of the list "VIP" (id 1) finished: 1 created, 1 updated (left the list)`)
	})
}

// Guarantee 8.10.
func TestAnEstimateSaysWhoseTimeItIs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("large.csv", "email\n"+strings.Join(addresses(60_000), "\n")+"\n")
		large := w.works("import_contacts", args{"file": "large.csv", "preview": true})
		large.says(t, "Takes about 2 minutes: Mailtrap works on 2 imports.")
		large.has(t, "job.requests", 2)
	})
}
