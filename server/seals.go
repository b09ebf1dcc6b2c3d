package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"sync"
	"time"
)

const (
	// sealLife is how long the operator has for an answer.
	sealLife = 10 * time.Minute
	// maxSpent is how many used seals are remembered.
	maxSpent = 1024

	expirySize = 8
	nonceSize  = 16
)

// seals tie the answer to a question to what was asked: the state of a question goes through the client's hands, who may
// forge, alter, keep or swap it. A seal holds for one subject and one call's arguments, for sealLife, and once. The key
// lives as long as the process: after a restart the question is put again.
type seals struct {
	mu    sync.Mutex
	key   []byte
	spent map[[nonceSize]byte]time.Time // until when a used seal would hold
}

func newSeals() *seals {
	s := &seals{}
	s.renew()
	return s
}

// renew makes every seal worthless that has been issued so far.
func (s *seals) renew() {
	s.key = make([]byte, sha256.Size)
	_, _ = rand.Read(s.key) // it never fails: see crypto/rand
	s.spent = map[[nonceSize]byte]time.Time{}
}

// issue makes the seal of a question about a subject, put to a call with these arguments.
func (s *seals) issue(subject string, arguments []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	head := make([]byte, expirySize+nonceSize)
	binary.BigEndian.PutUint64(head, uint64(time.Now().Add(sealLife).UnixNano()))
	_, _ = rand.Read(head[expirySize:])
	return encoding.EncodeToString(append(head, s.sign(head, subject, arguments)...))
}

// redeem uses a seal up. It reports whether the seal was ours, for this subject and these arguments, still valid, and not
// used before.
func (s *seals) redeem(seal, subject string, arguments []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sealed, err := encoding.DecodeString(seal)
	if err != nil || len(sealed) != expirySize+nonceSize+sha256.Size {
		return false
	}
	head, signature := sealed[:expirySize+nonceSize], sealed[expirySize+nonceSize:]
	if !hmac.Equal(signature, s.sign(head, subject, arguments)) {
		return false
	}
	now, expiry := time.Now(), time.Unix(0, int64(binary.BigEndian.Uint64(head)))
	nonce := [nonceSize]byte(head[expirySize:])
	if _, used := s.spent[nonce]; used || !now.Before(expiry) {
		return false
	}
	s.spend(nonce, expiry, now)
	return true
}

// spend remembers a used seal until it expires. Where there are too many to remember, all are made worthless instead, used
// or not: that asks some questions again, but lets no answer count twice.
func (s *seals) spend(nonce [nonceSize]byte, expiry, now time.Time) {
	maps.DeleteFunc(s.spent, func(_ [nonceSize]byte, expiry time.Time) bool { return !now.Before(expiry) })
	if len(s.spent) == maxSpent {
		s.renew()
		return
	}
	s.spent[nonce] = expiry
}

// sign hashes the parts of varying length first, so that none can borrow letters from its neighbour.
func (s *seals) sign(head []byte, subject string, arguments []byte) []byte {
	about, call := sha256.Sum256([]byte(subject)), sha256.Sum256(arguments)
	mac := hmac.New(sha256.New, s.key)
	mac.Write(head)
	mac.Write(about[:])
	mac.Write(call[:])
	return mac.Sum(nil)
}

// encoding is strict, so that one seal has one spelling.
var encoding = base64.RawURLEncoding.Strict()
