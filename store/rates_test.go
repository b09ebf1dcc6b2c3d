package store

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestTheRateLimitsWaitForNobodyElse(t *testing.T) {
	dir, path := madeFile(t)
	hold(t, path)
	began := time.Now()
	db, err := at(t, dir).Rates(t.Context())
	must(t, err)
	_, err = db.Exec(`DELETE FROM rate_limit`)
	if took := time.Since(began); err != nil || took > briefTimeout {
		t.Errorf("after %s: %v", took, err)
	}
	hold(t, filepath.Join(dir, ratesName))
	began = time.Now()
	db, err = at(t, dir).Rates(t.Context()) // a file that is there is opened without a lock
	must(t, err)
	_, err = db.Exec(`DELETE FROM rate_limit`)
	if took := time.Since(began); !isBusy(err) || took > 5*briefTimeout {
		t.Errorf("after %s: %v", took, err)
	}
}

func TestTheRateLimitsAreKeptWhereTheStateCannotBe(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, fileName), []byte("no database"), 0o600))
	_, err := at(t, dir).Rates(t.Context())
	must(t, err)
}

func TestManyOpenNewRateLimitsAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 8 {
		s := at(t, dir)
		all.Go(func() {
			if _, err := s.Rates(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	info, err := os.Stat(filepath.Join(dir, ratesName))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %s", info.Mode())
	}
}
