package bulk

import (
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 3.4.
func TestAJobThatIsStoppedStillFindsOutWhomItCreates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{Unlimited: true, JobDelay: 30 * time.Second}, 150)
		account.AddField("Plan", "text", "plan")
		s := service(t, account, t.TempDir())
		time.Sleep(time.Hour)
		planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, 150))
		must(t, err)
		must(t, s.Apply(t.Context(), planned.ID, false))
		for len(importsOf(account)) == 0 {
			time.Sleep(time.Second)
		}
		gone(t, account, address(3))
		got, err := s.Cancel(t.Context(), planned.ID)
		must(t, err)
		if got.State != Running || !got.Stopping {
			t.Errorf("while Mailtrap works on it, it is %s", got.State)
		}
		got = ended(t, s, planned.ID)
		problems, err := s.Problems(t.Context(), got.ID, 10)
		must(t, err)
		if got.State != FailedInPart || got.Tally.Unasked != 1 || len(problems) != 1 || problems[0].Contact != address(3) {
			t.Errorf("the job is %s, %+v, and names %+v", got.State, got.Tally, problems)
		}
		addsUp(t, got)
	})
}

// Guarantee 3.1.
func TestWhomThisServerDeletesDuringAnImportDoesNotComeBack(t *testing.T) {
	for _, compared := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			account := peopled(emulator.Config{Unlimited: true, JobDelay: 30 * time.Second}, 3)
			account.AddField("Plan", "text", "plan")
			s := service(t, account, t.TempDir())
			request := ImportRequest{}
			for i := range 3 {
				request.Rows = append(request.Rows, apiclient.ImportRow{Email: address(i), Fields: apiclient.Values{"plan": "pro"}})
			}
			if compared {
				request.AsOf, request.There = time.Now(), knowns{{Email: address(0), Status: apiclient.Subscribed}, {Email: address(1), Status: apiclient.Subscribed}}
			}
			planned, err := s.PlanImport(t.Context(), request)
			must(t, err)
			deletes(t, s, address(0)) // between preview and apply
			time.Sleep(2 * time.Minute)
			must(t, s.Apply(t.Context(), planned.ID, false))
			for len(importsOf(account)) == 0 {
				time.Sleep(time.Second)
			}
			deletes(t, s, address(1))
			got := ended(t, s, planned.ID)
			_, first := account.Contact(address(0))
			_, second := account.Contact(address(1))
			if first || second || got.State != Finished || got.Tally.NotFound != 2 || got.Tally.Created+got.Tally.Updated != 1 {
				t.Errorf("compared %v: there again: %v, %v; the job is %s: %+v", compared, first, second, got.State, got.Tally)
			}
			addsUp(t, got)
		})
	}
}

// Guarantee 3.1.
func TestAnImportDoesNotSubscribeWhoHadUnsubscribedAndIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{Unlimited: true})
		account.AddField("Plan", "text", "plan")
		s := service(t, account, t.TempDir())
		planned, err := s.PlanImport(t.Context(), ImportRequest{
			Rows: []apiclient.ImportRow{{Email: address(0), Fields: apiclient.Values{"plan": "pro"}}}, AsOf: time.Now(),
			There: knowns{{Email: address(0), Status: apiclient.Unsubscribed}},
		})
		must(t, err)
		time.Sleep(2 * time.Minute) // somebody else has deleted them
		got := applied(t, s, planned, nil)
		if _, there := account.Contact(address(0)); there || got.Tally.NotFound != 1 {
			t.Errorf("there again: %v, %+v", there, got.Tally)
		}
	})
}

// The process is killed right after its request was taken; the next one sends the chunk again, without whom this server has
// deleted by then, and the first request creates them.
//
// Guarantee 3.1.
func TestWhomTheRequestOfAKilledProcessCreatesIsDeletedAgain(t *testing.T) {
	for _, by := range planning {
		if by.name != "join, by where" && by.name != "import" && by.name != "import, compared" {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			w := newAskedWorld(t, emulator.Config{Unlimited: true, Latency: 50 * time.Millisecond, JobDelay: 15 * time.Second}, 5)
			defer w.bury()
			planned, err := by.plan(t, w, []string{address(0), address(1), address(2), address(3), address(4)})
			must(t, err)
			must(t, w.s.Apply(t.Context(), planned.ID, false))
			over, killed := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(killed)
				w.kills(t, []death{{requests: 0, delivered: true}}, over)
			}()
			time.Sleep(5 * time.Second)
			if len(importsOf(w.account)) != 1 {
				t.Fatalf("%d imports were sent", len(importsOf(w.account)))
			}
			w.does(t, deed{who: 3, here: true, deletes: true})
			got := ended(t, w.beside, planned.ID)
			close(over)
			<-killed
			for _, wrong := range w.check(t, by, got) {
				t.Error(wrong)
			}
			if !w.here[address(3)] || got.State != Finished || got.Tally.NotFound != 1 {
				t.Errorf("%s: %s, %+v", by.name, got.State, got.Tally)
			}
		})
	}
}
