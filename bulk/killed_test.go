//go:build unix

package bulk

import (
	"math/rand/v2"
	command "os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/journal"
)

// kills is how many processes are killed in jobs of each kind.
var kills = map[Kind]int{Import: 13, Update: 13, Delete: 12, Event: 12}

// quickly has it noticed in no time that a process is dead.
var quickly = pace{beat: 100 * time.Millisecond, dead: 500 * time.Millisecond, watch: 50 * time.Millisecond, poll: 100 * time.Millisecond}

func TestWhateverIsKilledEndsAsIfItHadNotBeen(t *testing.T) {
	for kind, times := range kills {
		if testing.Short() || raceDetector {
			times = 2
		}
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			undisturbed, want := undisturbed(t, kind, false)
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			random := rand.New(rand.NewPCG(seed, 1))
			for killed := 0; killed < times; { // a job may be over before enough processes have been killed in it
				account, url, asked := served(t, emulator.Config{Unlimited: true, Latency: 10 * time.Millisecond, JobDelay: 20 * time.Millisecond})
				do := work{API: url, Data: filepath.Join(t.TempDir(), "data"), Files: t.TempDir(), Kind: kind, List: killable(account), Pace: quickly}
				watched := atWork(t, do) // it looks at the job from outside, and does nothing for it
				got, more := killedAndResumed(t, watched, asked, do, times-killed, random)
				killed += more
				t.Logf("%d processes were killed in %s, and it tells %+v", more, got.ID, got.Tally)
				if difference := cmp.Diff(outlook(undisturbed), outlook(account)); difference != "" {
					t.Errorf("the account is not as it should be: %s", difference)
				}
				addsUp(t, got)
				tells(t, want, got)
				if kind == Import {
					remembersAll(t, watched, got)
				}
				if kind == Event {
					firedAtMostOnce(t, account, watched, got)
				}
			}
		})
	}
}

// remembersAll checks that those who said no in what a job imports are remembered, once, as a part of its change. Guarantee 1.11.
func remembersAll(t *testing.T, watched *Service, got Status) {
	t.Helper()
	people, err := watched.journal.People(t.Context())
	must(t, err)
	for i := range got.Source.SaidNo {
		if why, err := people.OptOut(t.Context(), address(20_000+i)); err != nil || why == nil {
			t.Errorf("%s is not remembered: %v", address(20_000+i), err)
		}
	}
	change, err := watched.journal.Find(t.Context(), got.Change)
	must(t, err)
	times := 0
	for _, write := range change.Writes {
		if write.Kind == journal.OptOuts {
			times++
		}
	}
	if times != 1 || got.Source.SaidNo == 0 {
		t.Errorf("%d people are remembered %d times in change %d", got.Source.SaidNo, times, got.Change)
	}
}

// killedAndResumed kills processes at the work, at most so many, and returns the job when it has ended.
func killedAndResumed(t *testing.T, watched *Service, asked *atomic.Int64, do work, times int, random *rand.Rand) (ended Status, killed int) {
	t.Helper()
	for killed = 0; ; killed++ {
		process := child(t, do)
		do.Kind = "" // the next one only goes on
		if killed == 0 {
			until(t, watched, process, func() bool { return recent(t, watched).State == Running })
		}
		if killed == times {
			until(t, watched, process, func() bool { return recent(t, watched).State.Ended() })
			kill(t, process)
			return recent(t, watched), killed
		}
		before, enough := asked.Load(), int64(1+random.IntN(8))
		until(t, watched, process, func() bool { return asked.Load() >= before+enough || recent(t, watched).State.Ended() })
		time.Sleep(time.Duration(random.IntN(40_000)) * time.Microsecond)
		kill(t, process)
		if status := recent(t, watched); status.State != Running {
			return status, killed + 1
		}
	}
}

// until waits for something that a process is to bring about.
func until(t *testing.T, watched *Service, process *command.Cmd, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 4*time.Minute { // the rate budget alone may hold a process up for more than one
			kill(t, process)
			t.Fatalf("nothing happens any more: %+v", recent(t, watched))
		}
	}
}

func recent(t *testing.T, s *Service) Status {
	t.Helper()
	jobs, err := s.Recent(t.Context())
	must(t, err)
	if len(jobs) == 0 {
		return Status{}
	}
	return jobs[0]
}

func kill(t *testing.T, process *command.Cmd) {
	t.Helper()
	must(t, process.Process.Signal(syscall.SIGKILL))
	if err := process.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("the process ended by itself: %v", err)
	}
}

func TestAKilledJobGoesOnWithinTenSeconds(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for as long")
	}
	t.Parallel()
	account, url, asked := served(t, emulator.Config{Unlimited: true, Latency: 50 * time.Millisecond})
	do := work{API: url, Data: filepath.Join(t.TempDir(), "data"), Files: t.TempDir(), Kind: Event, List: killable(account), Pace: ordinary}
	watched := atWork(t, do)
	first := child(t, do)
	until(t, watched, first, func() bool { return len(account.Events()) > 0 })
	kill(t, first)
	do.Kind = ""
	began, before := time.Now(), asked.Load()
	second := child(t, do)
	until(t, watched, second, func() bool { return asked.Load() > before+2 }) // the account is looked up first
	if took := time.Since(began); took > 15*time.Second {                     // the machine may be busy
		t.Errorf("it went on after %v", took)
	} else {
		t.Logf("it went on after %v", took)
	}
	kill(t, second)
}
