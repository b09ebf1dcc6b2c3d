package bulk

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/fault"
)

func TestAJobsIDIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := jobID{
			kind:  rapid.SampledFrom([]Kind{Import, Export}).Draw(t, "kind"),
			api:   rapid.SliceOfNDistinct(rapid.Int64Min(1), 0, 50, rapid.ID).Draw(t, "api"),
			stamp: rapid.StringMatching(`[a-z0-9]{0,32}`).Draw(t, "stamp"),
		}
		read, err := parseJobID(" " + id.String() + "\n")
		if err != nil || read.String() != id.String() {
			t.Fatalf("%s is read as %s, %v", id, read, err)
		}
	})
}

func TestWhatIsNoJobIDIsRefused(t *testing.T) {
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "%d.", i+1)
	}
	for _, s := range []string{"", "42", "import", "import-", "import--x", "import-x-y", "import--1-x", "import-1-../x", "import-1-a/b", "import-1-a-b", "delete-1-x",
		"import-1-" + strings.Repeat("a", 33), "import-99999999999999999999-x", "import-" + many.String() + "1-x", "IMPORT-1-x", "import-1.-x"} {
		if id, err := parseJobID(s); !fault.Is(err, fault.NotFound) {
			t.Errorf("%.40q is read as %+v, %v", s, id, err)
		}
	}
}

// FuzzJobID feeds the parser anything: what it accepts names no path but its own.
func FuzzJobID(f *testing.F) {
	for _, seed := range []string{"import-101.102-20261123t071500abcd", "export-0-x", "import-1", "import--", "export-1-../../x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := parseJobID(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(stagingName(id.stamp), `/\.`) || len(id.api) > maxJobParts {
			t.Fatalf("%q is read as %+v", s, id)
		}
		again, err := parseJobID(id.String())
		if err != nil || again.String() != id.String() {
			t.Fatalf("%q is read as %s and that as %s, %v", s, id, again, err)
		}
	})
}
