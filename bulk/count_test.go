package bulk

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
)

// countable is an account with a list of three, of whom two have a plan.
func countable(config emulator.Config) (account *emulator.Emulator, list int64, plan apiclient.Field) {
	account = emulator.New(config)
	list = account.AddList("Crowd")
	plan = apiclient.Field{ID: account.AddField("Tariff", "text", "plan"), Name: "Tariff", MergeTag: "plan", DataType: "text"}
	for i, value := range []string{"pro,\n\"gold\"", "basic", " "} {
		account.AddContact(emulator.Contact{Email: fmt.Sprintf("p%d@example.com", i), ListIDs: []int64{list}, Fields: map[string]any{"plan": value}})
	}
	account.AddContact(emulator.Contact{Email: "other@example.com"})
	return account, list, plan
}

func TestMembersAndValuesAreCountedInEveryLayout(t *testing.T) {
	for layout := range emulator.LayoutWithoutLists + 1 {
		synctest.Test(t, func(t *testing.T) {
			account, list, plan := countable(emulator.Config{ExportLayout: layout})
			s := service(t, account) // without an allowed folder: nothing is written
			members, err := s.CountMembers(t.Context(), list)
			if err != nil || members != 3 {
				t.Errorf("%d members, %v", members, err)
			}
			values, contacts, err := s.CountValues(t.Context(), plan)
			if err != nil || values != 2 || contacts != 4 {
				t.Errorf("%d values of %d, %v", values, contacts, err)
			}
			if nobody, err := s.CountMembers(t.Context(), account.AddList("Empty")); err != nil || nobody != 0 {
				t.Errorf("%d members of an empty list, %v", nobody, err)
			}
			if jobs, err := s.Recent(t.Context()); err != nil || len(jobs) > 0 {
				t.Errorf("a count is shown as a job: %+v, %v", jobs, err)
			}
		})
	}
}

func TestACountThatTakesTooLongLeavesTheTurnToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, list, _ := countable(emulator.Config{JobDelay: 30 * time.Second})
		s := service(t, account)
		for range 2 { // the second one meets Mailtrap's export that the first one left running
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			if _, err := s.CountMembers(ctx, list); !fault.Is(err, fault.Timeout) {
				t.Errorf("the error is %v", err)
			}
			cancel()
		}
		if members, err := s.CountMembers(t.Context(), list); err != nil || members != 3 {
			t.Errorf("%d members, %v", members, err)
		}
	})
}

func TestACountEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, list, _ := countable(emulator.Config{JobDelay: time.Hour})
		s := service(t, account)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		if _, err := s.CountMembers(ctx, list); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	})
}

// Guarantee 10.14.
func TestAFieldsColumnIsTakenOnlyWhenItIsCertain(t *testing.T) {
	for _, one := range []struct {
		name, tag string
		header    []string
		want      int // -1: none
	}{
		{"Tariff", "plan", []string{"Email", "Tariff", "Lists"}, 1},
		{"Tariff", "plan", []string{"email", "plan"}, 1},
		{"First name", "first_name", []string{"email", "First Name"}, 1},
		{"寿命", "life", []string{"email", "寿命"}, 1},
		{"💎", "gem", []string{"email", "💎"}, 1},
		{"Tariff", "plan", []string{"email", "price"}, -1},          // not there
		{"Tariff", "plan", []string{"email", "Tariff", "Plan"}, -1}, // another field is named Plan
		{"Status", "state", []string{"email", "status"}, -1},        // so is Mailtrap's own column
		{"Plan", "plan_2", []string{"email", "plan", "plan_2"}, -1},
	} {
		field := apiclient.Field{ID: 7, Name: one.name, MergeTag: one.tag}
		found, err := columnOf(field, []apiclient.Field{field})(one.header, exports.ColumnsOf(one.header, []apiclient.Field{field}))
		if got := append(found, -1)[0]; got != one.want || (err != nil) != (one.want < 0) {
			t.Errorf("%s in %q: column %d, %v", one.name, one.header, got, err)
		}
	}
}
