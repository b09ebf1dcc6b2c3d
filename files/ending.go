package files

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Ending are the paths of the files in a folder whose names end so, sorted. A folder that cannot be read has none.
func Ending(folder, ending string) (found []string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ending) && entry.Type().IsRegular() {
			found = append(found, filepath.Join(folder, entry.Name()))
		}
	}
	slices.Sort(found)
	return found
}
