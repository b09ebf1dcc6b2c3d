package bulk

import "time"

// NewFile starts a file below the allowed folders. Without a path its name has the time, and a number where that is taken.
// It is the caller's to keep or discard.
func (s *Service) NewFile(path, extension string) (*Draft, error) {
	if path != "" {
		return s.folders.Create(path, true)
	}
	return s.folders.Create("mailtrap-contacts-"+time.Now().UTC().Format("20060102-150405")+"."+extension, false)
}
