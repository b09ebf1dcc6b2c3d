package tools_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
)

// offering has a server started with some toolsets only.
func offering(toolsets ...tools.Toolset) func(*setting) {
	return func(set *setting) { set.offer.Toolsets = toolsets }
}

// Guarantee 11.2. Guarantee 4.11a.
//
// Guarantees 4.11a and 11.2.
func TestAServerWithSomeToolsDoesNotCarryOutWhatOthersBegan(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		for _, email := range addresses(3) {
			w.AddContact(emulator.Contact{Email: email})
		}
		deletion := w.works("bulk_delete_contacts", args{"contacts": addresses(3), "preview": true}).at("job.plan_id")
		listing := w.works("add_to_list", args{"contacts": addresses(3), "lists": "VIP", "preview": true}).at("job.plan_id")
		w.works("create_list", args{"name": "Made elsewhere"})
		change := w.lastChange()
		w.works("create_contact", args{"email": "made@example.com"})
		contact := w.lastChange()
		settled()

		some := open(t, onDisk(data), offering(tools.Contacts, tools.Account, tools.Events), func(set *setting) { set.known = w.Emulator })
		before := len(w.writes())
		some.refused("apply_plan", args{"plan_id": deletion}, "not_found", "was made with bulk_delete_contacts, which this server does not offer", "Nothing was changed")
		some.refused("apply_plan", args{"plan_id": listing}, "not_found", "add_to_list")
		some.refused("undo_change", args{"change_id": change}, "not_found", "was made with create_list, which this server does not offer")
		some.refused("undo_change", args{"change_id": change, "preview": true}, "not_found", "create_list")
		if after := len(w.writes()); after != before {
			t.Errorf("something was sent: %q", w.writes()[before:])
		}
		undone := some.works("undo_change", args{"change_id": contact})
		some.works("undo_change", args{"change_id": undone.at("undo")}) // which was made with create_contact in the end
		w.works("apply_plan", args{"plan_id": deletion}).has(t, "job.done", 3)
	}, onDisk(data), unlimited)
}

// Guarantee 4.11a.
//
// Guarantee 4.11a.
func TestJobsWaitForAServerThatOffersTheirTool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		slow := func(set *setting) { set.emulator.Latency = 2_000_000_000 }
		w := open(t, onDisk(data), unlimited, slow)
		seeded(w)
		for _, email := range addresses(40) {
			w.AddContact(emulator.Contact{Email: email})
		}
		w.box.PreviewAbove = 1000
		plan := w.works("bulk_delete_contacts", args{"contacts": addresses(40), "preview": true}).at("job.plan_id")
		job := w.works("apply_plan", args{"plan_id": plan, "wait_seconds": 0}).at("job.job_id")
		w.close() // it leaves its job
		left := w.Len()
		for name, toolsets := range map[string][]tools.Toolset{"contacts": {tools.Contacts}, "events": {tools.Contacts, tools.Events}} {
			some := open(t, onDisk(data), offering(toolsets...), func(set *setting) { set.known = w.Emulator })
			for range 20 {
				settled()
			}
			if name == "events" { // whoever carries on with jobs can be asked for them, and told to stop
				some.works("get_job", args{"job_id": job, "wait_seconds": 45}).has(t, "jobs.0.state", "running")
			}
			if w.Len() < left-8 { // those that were on their way
				t.Errorf("a server with the toolsets %s went on: %d of %d contacts are left", toolsets, w.Len(), left)
			}
			some.close()
		}
		all := open(t, onDisk(data), func(set *setting) { set.known = w.Emulator })
		ended := all.ended(answer{structured: map[string]any{"job": map[string]any{"job_id": job}}})
		ended.has(t, "jobs.0.state", "finished", "jobs.0.done", 40)
	})
}

// Guarantee 4.11a.
func TestAnyServerMayCancelAJobThatItDoesNotCarryOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		w := open(t, onDisk(data), unlimited, func(set *setting) { set.emulator.Latency = 2_000_000_000 })
		seeded(w)
		for _, email := range addresses(40) {
			w.AddContact(emulator.Contact{Email: email})
		}
		plan := w.works("bulk_delete_contacts", args{"contacts": addresses(40), "preview": true}).at("job.plan_id")
		job := w.works("apply_plan", args{"plan_id": plan, "wait_seconds": 0}).at("job.job_id")
		w.close()
		settled()
		some := open(t, onDisk(data), offering(tools.Events), func(set *setting) { set.known = w.Emulator })
		some.works("cancel_job", args{"job_id": job})
		settled()
		some.works("get_job", args{"job_id": job}).has(t, "jobs.0.state", "cancelled")
	})
}

// Guarantee 10.13.
func TestAJobThatWaitsForAnotherServersSaysWhatToDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		w := open(t, onDisk(data), unlimited, func(set *setting) { set.emulator.Latency = 2_000_000_000 })
		seeded(w)
		for _, email := range addresses(40) {
			w.AddContact(emulator.Contact{Email: email})
		}
		plan := w.works("bulk_delete_contacts", args{"contacts": addresses(40), "preview": true}).at("job.plan_id")
		first := w.works("apply_plan", args{"plan_id": plan, "wait_seconds": 0}).at("job.job_id").(string)
		w.close()
		settled()
		some := open(t, onDisk(data), offering(tools.Events), func(set *setting) { set.known = w.Emulator })
		event := some.works("fire_event", args{"contacts": addresses(80), "event": "e", "preview": true}).at("job.plan_id")
		job := some.works("apply_plan", args{"plan_id": event, "wait_seconds": 0}).at("job.job_id").(string)
		waits := some.works("get_job", args{"job_id": job})
		waits.has(t, "jobs.0.waits_for", first)
		waits.says(t, first+" was asked for before it", first+" was started with bulk_delete_contacts, which this server does not offer", "or stop it with cancel_job")
		some.works("cancel_job", args{"job_id": first})
		settled()
		some.works("get_job", args{"job_id": job, "wait_seconds": 45}).has(t, "jobs.0.state", "finished")
	})
}

// Guarantee 11.3.
//
// Guarantee 11.3.
func TestWhatHasOnlyTheNameOfSomethingCreatedIsNotDeleted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tool   string
		args   args
		others func(*world)
	}{
		"a list":    {"create_list", args{"name": "Leads"}, func(w *world) { w.AddList("Leads") }},
		"a field":   {"create_field", args{"name": "Plan", "data_type": "text", "merge_tag": "plan"}, func(w *world) { w.AddField("Plan", "text", "plan") }},
		"a contact": {"create_contact", args{"email": "new@example.com"}, func(w *world) { w.AddContact(emulator.Contact{Email: "new@example.com"}) }},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				w.Inject(emulator.Fault{Method: "POST", Status: 500})
				w.call(c.tool, c.args)                                                  // it never arrives
				w.sql(`UPDATE write SET subject = '', state = 'sending', ended = NULL`) // as a killed process leaves it
				w.ClearFaults()
				c.others(w)
				settled()
				before := len(w.writes())
				for _, preview := range []bool{true, false} {
					w.refused("undo_change", args{"change_id": w.lastChange(), "preview": preview}, "conflict", "is what this change created is not known", "the name alone does not tell whose it is")
				}
				if after := w.writes(); len(after) != before {
					t.Errorf("it sent %q", after[before:])
				}
			})
		})
	}
}
