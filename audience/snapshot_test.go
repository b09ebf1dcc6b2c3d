package audience

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

var layouts = map[string]emulator.Layout{"names": emulator.LayoutNames, "tags": emulator.LayoutTags, "without lists": emulator.LayoutWithoutLists}

func TestAllLayoutsAreReadAlike(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			h := at(t, t.TempDir(), people(layout))
			sn := h.snapshot(t)
			wantCounts(t, sn, map[string]int{
				"status = 'subscribed'": 3, "STATUS = 'Unsubscribed'": 1, "in_list('Newsletter')": 2, "in_list('newsletter')": 2, "in_list('VIP; gold, and more')": 2, "in_list(2)": 2,
				"list_count = 0": 1, "plan = 'pro'": 1, "Plan IN ('pro','free')": 2, "age > 7": 1, "age > '7'": 1, "age = 7.0": 1, "score < 0": 1, "is_customer": 1, "is_customer = true": 1,
				"is_customer = 'no'": 1, "is_customer IS NOT TRUE": 3, "last_login < '2026'": 1, "last_login >= date('2026-02-01','-1 day')": 1, "created_at = '2026-04-28T12:40:45Z'": 4,
				"created_at >= '2026-04-28'": 4, "updated_at > datetime('2026-04-28 13:00')": 4, "email = 'Anna@Example.COM'": 1, "email LIKE 'ANNA%'": 2, "email_domain = 'example.com'": 2,
				"Город = 'Москва'": 1, `"Город" LIKE 'киев'`: 1, "gorod IS NULL": 2, "field('status') = 'calm'": 1, "state_of_mind = 'wild'": 1, `"Say ""hi"" it's" = 'O''Brien'`: 1,
				`field('Say "hi" it''s') IS NOT NULL`: 1, "order = 'first'": 1, `"Order" = 'second' AND NOT in_list('VIP; gold, and more')`: 1,
				"CASE WHEN age > 40 THEN 'old' ELSE 'young' END = 'old'": 1, "coalesce(plan, 'none') = 'none'": 2, "length(plan) = 4": 1, "plan <> 'pro'": 1, "NOT (plan = 'pro')": 1,
			})
			contact, found, err := sn.Find(t.Context(), "ANNA@example.com")
			must(t, err)
			if !found || contact.Fields["age"] != int64(42) || contact.Fields["is_customer"] != true || !slices.Equal(contact.ListIDs, []int64{1, 2}) || contact.CreatedAt.Year() != 2026 {
				t.Errorf("got %+v, %v", contact, found)
			}
			if layout != emulator.LayoutNames {
				again, found, err := sn.Find(t.Context(), contact.ID)
				if err != nil || !found || again.Email != "anna@example.com" {
					t.Errorf("by id: %+v, %v, %v", again, found, err)
				}
			}
			if _, found, err := sn.Find(t.Context(), "nobody@example.com"); found || err != nil {
				t.Errorf("nobody is %v, %v", found, err)
			}
			if n := h.exporter.calls.Load(); layout == emulator.LayoutWithoutLists && n != 3 || layout != emulator.LayoutWithoutLists && n != 1 {
				t.Errorf("%d exports", n)
			}
		})
	}
}

func TestHeadersNeverSeenAreReadByWhatTheySay(t *testing.T) {
	for name, file := range map[string]string{
		"capitals":      "UUID,E-MAIL ADDRESS,PLAN,AGE,Subscription Status,List Memberships,Creation date,Shoe size\n018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132,A@x.de,pro,42,SUBSCRIBED,Newsletter|VIP,2026-04-28,44\n,b@x.de,,,unsubscribed,,1745000000,\n",
		"semicolons":    "\ufeffmail;plan;Age;unsubscribed;lists;created;Shoe size;contact_id\nA@x.de;pro;42;false;\"[\"\"Newsletter\"\", \"\"VIP\"\"]\";2026-04-28T00:00:00+00:00;44;018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132\nb@x.de;;;true;;;;\n",
		"no status":     "email,plan,age,list_ids,Shoe size,id,created_at\na@x.de,pro,42,\"1, 2\",44,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132,2026-04-28 00:00:00 +0000\nb@x.de,,,,,,\n",
		"a ragged file": "email,id,status,list_ids,created_at,plan,age,Shoe size\na@x.de,018DD5E3-f6d2-7c00-8f9b-e5c3f2d8a132,Subscribed,1|2,1777334400000,pro,42,44\nb@x.de,,Unsubscribed\n",
	} {
		t.Run(name, func(t *testing.T) {
			e := emulator.New(emulator.Config{Unlimited: true})
			e.AddList("Newsletter")
			e.AddList("VIP")
			e.AddField("Plan", "text", "plan")
			e.AddField("Age", "integer", "age")
			h := at(t, t.TempDir(), e)
			calls := 0
			h.exporter.file = func() string {
				if calls++; calls > 1 {
					return "email\nB@x.de\n" // the unsubscribed ones
				}
				return file
			}
			sn := h.snapshot(t)
			wantCounts(t, sn, map[string]int{
				"status='subscribed'": 1, "status = 'unsubscribed' AND email = 'b@x.de'": 1, "in_list('VIP') AND in_list('Newsletter')": 1, "age = 42 AND plan = 'pro'": 1,
				`CAST("Shoe size" AS integer) > 5`: 1, `field('shoe SIZE') = '44'`: 1, "date(created_at) = '2026-04-28'": 1, "id = '018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132'": 1,
			})
		})
	}
}

func TestAFieldCalledLikeABuiltInColumn(t *testing.T) {
	e := emulator.New(emulator.Config{ExportLayout: emulator.LayoutTags, Unlimited: true})
	for _, tag := range []string{"status", "created_at", "list_ids", "id"} {
		e.AddField("My "+tag, "text", tag)
	}
	e.AddContact(emulator.Contact{Email: "a@x.de", Fields: map[string]any{"status": "s", "created_at": "c", "list_ids": "l", "id": "i"}})
	sn := at(t, t.TempDir(), e).snapshot(t)
	wantCounts(t, sn, map[string]int{
		"status = 'subscribed'": 1, "field('status') = 's'": 1, `"My status" = 's'`: 1, "field('created_at') = 'c' AND created_at > '2020'": 1,
		"field('list_ids') = 'l' AND list_count = 0": 1, "field('id') = 'i' AND length(id) = 36": 1,
	})
}

func TestAFileThatIsNoExportIsSaidToBe(t *testing.T) {
	for name, file := range map[string]string{"empty": "", "no addresses": "name,age\nx,1\n", "broken": "email,plan\n\"a@x.de\n"} {
		h := at(t, t.TempDir(), emulator.New(emulator.Config{}))
		h.exporter.file = func() string { return file }
		_, err := h.Snapshot(t.Context(), Want{})
		t.Log(name)
		wantFault(t, err, fault.UpstreamError, "cannot be read")
		if left, _ := filepath.Glob(filepath.Join(h.options.Dir, "snapshots", "*", "*")); len(left) > 0 {
			t.Errorf("%s left %v", name, left)
		}
	}
}

func TestTwoWhoAskAtOnceShareOneExport(t *testing.T) {
	dir, account := t.TempDir(), people(emulator.LayoutTags)
	first, second := at(t, dir, account), at(t, dir, account) // as two processes
	first.exporter.slow, second.exporter.slow = make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for _, h := range []*house{first, first, first, second, second} {
		all.Go(func() {
			sn, err := h.Snapshot(t.Context(), Want{MaxAge: time.Hour})
			if err != nil {
				t.Error(err)
				return
			}
			defer sn.Release()
			if total, _, err := sn.Count(t.Context(), ""); total != 4 || err != nil {
				t.Errorf("%d, %v", total, err)
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	close(first.exporter.slow)
	close(second.exporter.slow)
	all.Wait()
	if n := first.exporter.calls.Load() + second.exporter.calls.Load(); n != 1 {
		t.Errorf("%d exports", n)
	}
}

func TestWhoGivesUpWaitingCanJoinAgain(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	h.exporter.slow = make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := h.Snapshot(ctx, Want{}); !fault.Is(err, fault.Timeout) {
		t.Fatalf("got %v", err)
	}
	if !h.Building(t.Context()) {
		t.Error("the build ended with the waiting")
	}
	if _, found, err := h.Latest(t.Context()); found || err != nil {
		t.Errorf("there is a snapshot: %v, %v", found, err)
	}
	close(h.exporter.slow)
	var said []string
	sn, err := h.Snapshot(t.Context(), Want{Report: func(what string) { said = append(said, what) }})
	must(t, err)
	sn.Release()
	if h.exporter.calls.Load() != 1 || len(said) == 0 {
		t.Errorf("%d exports; %v", h.exporter.calls.Load(), said)
	}
}

func TestAnOldSnapshotIsRenewedAndStaysReadable(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutNames))
	old := h.snapshot(t)
	h.account.AddContact(emulator.Contact{Email: "new@x.de"})
	same, err := h.Snapshot(t.Context(), Want{MaxAge: time.Hour})
	must(t, err)
	if count(t, same, "") != 4 {
		t.Error("a fresh snapshot was renewed")
	}
	same.Release()
	renewed, err := h.Snapshot(t.Context(), Want{MaxAge: time.Nanosecond})
	must(t, err)
	defer renewed.Release()
	if count(t, renewed, "") != 5 || count(t, old, "plan = 'pro'") != 1 {
		t.Error("the new one is not new, or the old one not readable")
	}
	report, err := renewed.Report(t.Context(), "", false)
	must(t, err)
	if len(report.Growth) != 2 || report.Growth[0].Contacts != 4 || report.Growth[1].Contacts != 5 || report.Growth[0].Lists[1] != 2 {
		t.Errorf("growth is %+v", report.Growth)
	}
	if files := h.files(must1(t, h), finished); len(files) != 1 {
		t.Errorf("files are left: %v", files)
	}
}

func must1(t *testing.T, h *house) string {
	account, err := h.options.API.AccountKey(t.Context())
	must(t, err)
	return account
}

func TestNobodyElseMayReadASnapshot(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	h.snapshot(t)
	seen := 0
	must(t, filepath.WalkDir(filepath.Join(h.options.Dir, "snapshots"), func(path string, entry fs.DirEntry, err error) error {
		must(t, err)
		info, err := entry.Info()
		must(t, err)
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s is %o", path, info.Mode().Perm())
		}
		if strings.Contains(path, "1111111") {
			t.Errorf("%s names the account", path)
		}
		seen++
		return nil
	}))
	if seen != 4 {
		t.Errorf("%d files and folders", seen)
	}
}

func TestInMemoryNothingStays(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags), func(o *Options) { o.Memory = true })
	sn, err := h.Snapshot(t.Context(), Want{})
	must(t, err)
	dir := filepath.Dir(sn.path)
	sn.Release()
	must(t, h.Close())
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", dir, err)
	}
}

const childFolder = "AUDIENCE_TEST_FOLDER"

// TestChild is a process that is killed while it takes a snapshot.
func TestChild(t *testing.T) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		t.Skip("this is what another test runs as a process of its own")
	}
	h := at(t, dir, people(emulator.LayoutTags))
	h.exporter.file = func() string {
		return "email,plan\n" + strings.Repeat("a@x.de,pro\n", 3_000_000)
	}
	_, _ = h.Snapshot(t.Context(), Want{Refresh: true})
}

func TestAKilledRebuildLeavesTheOldSnapshot(t *testing.T) {
	dir := t.TempDir()
	h := at(t, dir, people(emulator.LayoutTags))
	old := h.snapshot(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.count=1")
	child.Env = append(os.Environ(), childFolder+"="+dir, "TMPDIR="+t.TempDir()) // it may be killed, and cannot clear up
	must(t, child.Start())
	account := must1(t, h)
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		left := h.files(account, unfinished)
		if len(left) == 1 {
			if info, err := os.Stat(left[0]); err == nil && info.Size() > 0 {
				break
			}
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal("the child makes no snapshot")
		}
	}
	must(t, child.Process.Kill())
	_ = child.Wait()
	if len(h.files(account, unfinished)) != 1 {
		t.Fatal("the child was done before it was killed")
	}
	wantCounts(t, old, map[string]int{"": 4, "plan = 'pro'": 1})
	again := at(t, dir, people(emulator.LayoutTags))
	latest, found, err := again.Latest(t.Context())
	if err != nil || !found || latest.path != old.path {
		t.Fatalf("the latest is another: %v, %v", found, err)
	}
	latest.Release()
	renewed := again.snapshot(t) // the system let go of the dead one's lock
	wantCounts(t, renewed, map[string]int{"": 4})
	if left := h.files(account, unfinished); len(left) != 0 {
		t.Errorf("leftovers: %v", left)
	}
}

func TestWritesShowInTheSnapshot(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			h := at(t, t.TempDir(), people(layout))
			h.Wrote(t.Context(), apiclient.Contact{Email: "early@x.de"}) // before there is a snapshot
			sn := h.snapshot(t)
			anna, ok := h.account.Contact("anna@example.com")
			if !ok {
				t.Fatal("no Anna")
			}
			h.Wrote(t.Context(), apiclient.Contact{ID: anna.ID, Email: "Anna@example.com", Status: "unsubscribed", ListIDs: []int64{1}, Fields: apiclient.Values{"plan": "team", "is_customer": false}})
			h.Wrote(t.Context(), apiclient.Contact{ID: "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", Email: "new@x.de", Status: "subscribed", Fields: apiclient.Values{"plan": "pro"}})
			h.Wrote(t.Context(), apiclient.Contact{ID: "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a133", Email: "robert@test.org", Status: "unsubscribed"}, "bob@test.org")
			h.Deleted(t.Context(), "", "info@gmial.com")
			h.Imported(t.Context(), "import-1/1", 7)
			h.Imported(t.Context(), "import-1/2", 3)
			wantCounts(t, sn, map[string]int{
				"": 5, "plan = 'pro'": 1, "plan = 'team' AND status = 'unsubscribed' AND in_list('Newsletter')": 1, "email = 'info@gmial.com'": 0, "email = 'bob@test.org'": 0,
				"email = 'robert@test.org'": 1, "in_list('VIP; gold, and more')": 1, "is_customer IS NULL": 4,
			})
			facts, err := sn.Facts(t.Context())
			must(t, err)
			if facts.Patched != 6 || facts.Unpatched != 10 || facts.Contacts != 4 {
				t.Errorf("facts: %+v", facts)
			}
			for email, want := range map[string]bool{"new@x.de": true, "bob@test.org": false, "info@gmial.com": false, "anna@example.com": true, "early@x.de": true} {
				if c, found, err := sn.Find(t.Context(), email); err != nil || found != want || email == "anna@example.com" && c.Fields["plan"] != "team" {
					t.Errorf("%s: %+v, %v, %v", email, c, found, err)
				}
			}
			page, err := sn.Search(t.Context(), Query{Where: "plan IS NOT NULL", OrderBy: "email desc", Columns: []string{"email", "plan", "lists"}})
			must(t, err)
			if page.Total != 2 || page.Rows[0][0] != "new@x.de" || page.Rows[1][1] != "team" {
				t.Errorf("page: %+v", page)
			}
		})
	}
}

func TestAPersonIsErasedFromTheFile(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			h := at(t, t.TempDir(), people(layout))
			h.snapshot(t)
			h.Wrote(t.Context(), apiclient.Contact{Email: "anna@example.com", Fields: apiclient.Values{"plan": "erasable"}})
			n, err := h.Forget(t.Context(), "Anna@example.com")
			must(t, err)
			if n != 2 {
				t.Errorf("%d rows", n)
			}
			sn, found, err := h.Latest(t.Context())
			must(t, err)
			if !found {
				t.Fatal("no snapshot")
			}
			defer sn.Release()
			wantCounts(t, sn, map[string]int{"": 3, "email = 'anna@example.com'": 0, "email = 'anna+tag@example.com'": 1, "email = 'bob@test.org' AND in_list('Newsletter') AND age = 7": 1, "created_at = '2026-04-28 12:40:45'": 3})
			if _, found, err := sn.Find(t.Context(), "anna@example.com"); found || err != nil {
				t.Errorf("found: %v, %v", found, err)
			}
			for _, file := range []string{sn.path, filepath.Join(h.options.Dir, "state.db")} {
				bytes, err := os.ReadFile(file)
				must(t, err)
				for _, trace := range []string{"anna@example.com", "Москва", "O'Brien", "erasable"} {
					if strings.Contains(string(bytes), trace) {
						t.Errorf("%s is still in %s", trace, filepath.Base(file))
					}
				}
			}
		})
	}
}
