package exports

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// set has all the times of a turn look as if the clock had been set meanwhile.
func set(t *testing.T, turn *Turn, by time.Duration) {
	t.Helper()
	written, err := json.Marshal(turn)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]int64{}
	if err := json.Unmarshal(written, &kept); err != nil {
		t.Fatal(err)
	}
	for name, value := range kept {
		if value > time.Now().AddDate(-1, 0, 0).UnixMilli() {
			kept[name] = value - by.Milliseconds()
		}
	}
	if written, err = json.Marshal(kept); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(written, turn); err != nil {
		t.Fatal(err)
	}
}

func TestAClockThatIsSetNeitherEndsAnExportNorKeepsItForEver(t *testing.T) {
	for name, behindAnother := range map[string]bool{"its own": false, "behind another": true} {
		for _, by := range []time.Duration{0, -24 * time.Hour, 24 * time.Hour} {
			t.Run(name+", "+by.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					account := emulator.New(emulator.Config{Unlimited: true, JobDelay: 48 * time.Hour})
					api, err := apiclient.New(apiclient.Config{BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: account.Transport()})
					if err != nil {
						t.Fatal(err)
					}
					s, turn := New(api), Turn{}
					if behindAnother {
						if _, err := api.CreateExport(t.Context(), apiclient.ExportFilter{}); err != nil {
							t.Fatal(err)
						}
					}
					began := time.Now()
					for looks := 0; err == nil; looks++ {
						var pause time.Duration
						if _, pause, err = s.Advance(t.Context(), &turn, apiclient.ExportFilter{}); err == nil {
							err = apiclient.Pause(t.Context(), pause)
						}
						if looks == 10 {
							set(t, &turn, by)
						}
					}
					if took := time.Since(began); !fault.Is(err, fault.Timeout) || took < limit-time.Minute || took > limit+time.Minute {
						t.Errorf("after %s: %v", took, err)
					}
				})
			})
		}
	}
}
