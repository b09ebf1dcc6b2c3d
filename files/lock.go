package files

import "os"

// Lock opens or creates a file, and locks it until it is closed; nil while somebody else has it locked. The
// system lets go of a dead process's locks.
func Lock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if locked, err := lock(file); err != nil || !locked {
		file.Close()
		return nil, err
	}
	return file, nil
}
