package catalog

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// creation is a list or a field, created the same way.
type creation struct {
	path   string
	create func(*Catalog, string) (int64, error)
	there  func(*emulator.Emulator, string) int
}

var creations = map[string]creation{
	"list": {
		path: "/contacts/lists",
		create: func(c *Catalog, name string) (int64, error) {
			list, err := c.CreateList(background, name)
			return list.ID, err
		},
		there: func(e *emulator.Emulator, name string) (n int) {
			for _, list := range e.Lists() {
				if list.Name == name {
					n++
				}
			}
			return n
		},
	},
	"field": {
		path: "/contacts/fields",
		create: func(c *Catalog, name string) (int64, error) {
			field, err := c.CreateField(background, apiclient.Field{Name: name, DataType: Text})
			return field.ID, err
		},
		there: func(e *emulator.Emulator, name string) (n int) {
			for _, field := range e.Fields() {
				if field.Name == name {
					n++
				}
			}
			return n
		},
	},
}

func forEachCreation(t *testing.T, name string, test func(t *testing.T, k creation)) {
	t.Helper()
	for kind, k := range creations {
		inBubble(t, name+" "+kind, func(t *testing.T) { test(t, k) })
	}
}

func TestWhatIsCreatedIsKnownAtOnce(t *testing.T) {
	forEachCreation(t, "a", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{})
		if _, err := c.Lists(background); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Fields(background); err != nil {
			t.Fatal(err)
		}
		id, err := k.create(c, "News")
		if err != nil || id == 0 || k.there(e, "News") != 1 {
			t.Fatalf("got %d, %v", id, err)
		}
		lists, _ := c.Lists(background)
		fields, _ := c.Fields(background)
		if len(lists) != len(e.Lists()) || len(fields) != len(e.Fields()) {
			t.Errorf("%d lists and %d fields are known", len(lists), len(fields))
		}
	})
}

func TestALostAnswerLeavesExactlyOneCreated(t *testing.T) {
	for name, faults := range map[string][]emulator.Fault{
		"lost before":             {{Do: emulator.LoseBefore, Times: 1}},
		"lost after":              {{Do: emulator.LoseAfter, Times: 1}},
		"a 500":                   {{Status: 500, Times: 1}},
		"truncated":               {{Do: emulator.TruncateBody, Times: 1}},
		"a page in between":       {{Status: 200, Body: "<html>", Times: 1}},
		"lost before, then after": {{Do: emulator.LoseBefore, Times: 1}, {Do: emulator.LoseAfter, Times: 1}},
	} {
		forEachCreation(t, name, func(t *testing.T, k creation) {
			e, c := newCatalog(t, emulator.Config{})
			for _, f := range faults {
				f.Method, f.Path = "POST", k.path
				e.Inject(f)
			}
			id, err := k.create(c, "News")
			if err != nil || id == 0 || k.there(e, "News") != 1 {
				t.Errorf("got %d, %v; %d are there", id, err, k.there(e, "News"))
			}
			if n := count(e, "POST", k.path); (name == "lost after" || name == "truncated") && n != 1 {
				t.Errorf("%d creates were sent for what a look shows to be there", n)
			}
		})
	}
}

func TestAnOutcomeThatStaysUnknownIsSaidToBe(t *testing.T) {
	forEachCreation(t, "lost for ever", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{})
		e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseBefore})
		_, err := k.create(c, "News")
		wantFault(t, err, fault.OutcomeUnknown, "may or may not", "is missing, create it again")
		if n := count(e, "POST", k.path); n != 2 {
			t.Errorf("%d creates were sent", n)
		}
	})
	forEachCreation(t, "lost, and no look possible", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{})
		if _, err := c.Lists(background); err != nil {
			t.Fatal(err)
		}
		e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseAfter})
		e.Inject(emulator.Fault{Method: "GET", Path: k.path, Times: 1}) // the first look, before the create
		e.Inject(emulator.Fault{Method: "GET", Status: 403})
		_, err := k.create(c, "News")
		wantFault(t, err, fault.OutcomeUnknown)
		if n := count(e, "POST", k.path); n != 1 {
			t.Errorf("%d creates were sent", n)
		}
	})
}

func TestAFirstAttemptCarriedOutLateIsFoundAfterItsRepeatIsRefused(t *testing.T) {
	forEachCreation(t, "late", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{})
		e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseAfter, Times: 1})
		e.Inject(emulator.Fault{Method: "GET", Path: k.path, Status: 200, Body: "[]", Times: 2}) // before, and the first look after
		id, err := k.create(c, "News")
		if err != nil || id == 0 || k.there(e, "News") != 1 {
			t.Errorf("got %d, %v; %d are there", id, err, k.there(e, "News"))
		}
	})
}

func TestWhatExistsIsNotCreatedAgain(t *testing.T) {
	forEachCreation(t, "in another case", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{})
		first, err := k.create(c, "News")
		if err != nil {
			t.Fatal(err)
		}
		again, err := k.create(c, "NEWS")
		wantFault(t, err, fault.AlreadyExists, `"News" already`, fmt.Sprint(first))
		if again != first || count(e, "POST", k.path) != 1 {
			t.Errorf("got %d", again)
		}
	})
	forEachCreation(t, "in another form of Unicode", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{})
		first, err := k.create(c, "Caf\u00e9")
		if err != nil {
			t.Fatal(err)
		}
		again, err := k.create(c, "CAFE\u0301")
		wantFault(t, err, fault.AlreadyExists, fmt.Sprint(first))
		if again != first || count(e, "POST", k.path) != 1 {
			t.Errorf("got %d", again)
		}
	})
	forEachCreation(t, "made by somebody else in between", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{})
		other := New(clientOf(t, e), journalled(t, clientOf(t, e)))
		first, err := k.create(other, "News")
		if err != nil {
			t.Fatal(err)
		}
		e.Inject(emulator.Fault{Method: "GET", Path: k.path, Status: 200, Body: "[]", Times: 1})
		again, err := k.create(c, "News")
		wantFault(t, err, fault.AlreadyExists, fmt.Sprint(first))
		if again != first || k.there(e, "News") != 1 {
			t.Errorf("got %d", again)
		}
	})
}

func TestAFieldsMergeTagIsItsOwnToo(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{})
	_, err := c.CreateField(background, apiclient.Field{Name: "Given name", DataType: Text, MergeTag: "{{first_name}}"})
	wantFault(t, err, fault.AlreadyExists, `"First name"`, "merge tag first_name", "type text", "id 1001")
	field, err := c.CreateField(background, apiclient.Field{Name: "Größe (cm)", DataType: Float})
	if err != nil || field.MergeTag != "grosse_cm" || field.DataType != Float {
		t.Errorf("got %+v, %v", field, err)
	}
	if count(e, "POST", "/fields") != 1 {
		t.Error("the field that is there was sent")
	}
}

func TestTheAddressIsNoCustomField(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{})
	for _, field := range []apiclient.Field{
		{Name: "Email"}, {Name: "email"}, {Name: "EMAIL", MergeTag: "other"}, {Name: "E\u200bmail", MergeTag: "other"}, {Name: "Email!"}, {Name: "Other", MergeTag: "{{email}}"}, {Name: "Other", MergeTag: "email\u200b"},
	} {
		field.DataType = Text
		_, err := c.CreateField(background, field)
		wantFault(t, err, fault.InvalidInput, `"email" is reserved`, "built-in field", `"Second address"`)
	}
	if len(e.Requests()) != 0 {
		t.Errorf("%d requests", len(e.Requests()))
	}
	if field, err := c.CreateField(background, apiclient.Field{Name: "E-mail", DataType: Text}); err != nil || field.MergeTag != "e_mail" {
		t.Errorf("got %+v, %v", field, err)
	}
}

func TestOnlyTheListsThatAreMissingAreCreated(t *testing.T) {
	inBubble(t, "two of three", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News")
		created, err := c.CreateLists(background, []string{"VIP", "news", "Leads"})
		if err != nil || !slices.Equal(ids(created), []int64{2, 3}) || len(e.Lists()) != 3 {
			t.Errorf("got %v, %v", created, err)
		}
		if n := len(e.Requests()); n != 3 {
			t.Errorf("%d requests, want a look and two creates", n)
		}
	})
	inBubble(t, "one is made meanwhile", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News")
		e.Inject(emulator.Fault{Method: "GET", Path: "/contacts/lists", Status: 200, Body: "[]", Times: 1})
		created, err := c.CreateLists(background, []string{"News", "VIP"})
		if err != nil || !slices.Equal(ids(created), []int64{2}) || len(e.Lists()) != 2 {
			t.Errorf("got %v, %v", created, err)
		}
	})
}

func TestListsThatWouldBeTooManyAreNotCreatedInPart(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{})
	for i := range apiclient.MaxLists - 1 {
		e.AddList(fmt.Sprintf("list %d", i))
	}
	_, err := c.CreateLists(background, []string{"A", "LIST 3", "B"})
	wantFault(t, err, fault.LimitReached, "The account has 49 lists, and 2 new ones would be too many.", "limit is 50", "Nothing was changed")
	if count(e, "POST", "/lists") != 0 {
		t.Error("a create was sent")
	}
	if created, err := c.CreateLists(background, []string{"list 3", "A"}); err != nil || len(created) != 1 {
		t.Errorf("got %v, %v", created, err)
	}
}

func TestAnErrorOnTheWayLeavesTheListsThatWereCreated(t *testing.T) {
	inBubble(t, "the third is refused", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{})
		created, err := c.CreateLists(background, []string{"A", "B", strings.Repeat("x", 256), "C"})
		wantFault(t, err, fault.InvalidInput, "is too long")
		if !slices.Equal(ids(created), []int64{1, 2}) || len(e.Lists()) != 2 {
			t.Errorf("got %v; there are %v", created, e.Lists())
		}
	})
}

func TestAMergeTagThatIsNoneIsRefusedWithoutARequest(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{})
	for name, tag := range map[string]string{"a": "With Space", "b": "Upper", "c": "1st", "d": "dash-ed", "e": "ümlaut", "f": strings.Repeat("x", 81), "东京": "", "42": "", "g": "_x", "h": "a.b", "i": "{{a b}}"} {
		_, err := c.CreateField(background, apiclient.Field{Name: name, DataType: Text, MergeTag: tag})
		wantFault(t, err, fault.InvalidInput, "merge_tag")
	}
	if len(e.Requests()) != 0 {
		t.Errorf("%d requests", len(e.Requests()))
	}
}

func TestTheAccountsLimitsAreKept(t *testing.T) {
	forEachCreation(t, "one too many", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{Unlimited: true})
		for i := 0; len(e.Lists()) < apiclient.MaxLists; i++ {
			e.AddList(fmt.Sprintf("list %d", i))
		}
		for i := 0; len(e.Fields()) < apiclient.MaxFields-1; i++ {
			e.AddField(fmt.Sprintf("field %d", i), Text, fmt.Sprintf("field_%d", i))
		}
		e.AddField("the last", Text, "the_last")
		_, err := k.create(c, "News")
		wantFault(t, err, fault.LimitReached, "1 new one would be too many", "which", "can go")
		if strings.Contains(err.Error(), "mapping") { // an argument of imports
			t.Errorf("who creates one is told %v", err)
		}
		if count(e, "POST", k.path) != 0 {
			t.Error("a create was sent")
		}
	})
}

func TestTwoCreatesOfOneNameAtOnceMakeOne(t *testing.T) {
	forEachCreation(t, "concurrent", func(t *testing.T, k creation) {
		e, c := newCatalog(t, emulator.Config{Latency: 100 * time.Millisecond})
		errs := make([]error, 4)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() { _, errs[i] = k.create(c, "News") })
		}
		group.Wait()
		created := 0
		for _, err := range errs {
			if err == nil {
				created++
				continue
			}
			wantFault(t, err, fault.AlreadyExists)
		}
		if created != 1 || k.there(e, "News") != 1 {
			t.Errorf("%d say they created it, %d are there", created, k.there(e, "News"))
		}
	})
}
