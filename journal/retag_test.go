package journal_test

import (
	"fmt"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/journal"
)

// Two fields swap their merge tags, a third one is deleted and its tag taken by the first.
func TestValuesAreFoundUnderTheMergeTagsOfNow(t *testing.T) {
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("journal off: %v", off), func(t *testing.T) {
			w := open(t, func(options *journal.Options) { options.Off = off })
			for _, tag := range []string{"a", "b", "c"} {
				w.AddField("Field "+tag, "text", tag)
			}
			began := time.Now()
			fields := catalog.New(w.api, w.Journal)
			for _, step := range [][2]string{{"a", "t"}, {"b", "a"}, {"t", "b"}, {"c", ""}, {"b", "c"}} {
				var err error
				if step[1] == "" {
					_, err = fields.DeleteField(t.Context(), step[0])
				} else {
					_, _, err = fields.UpdateField(t.Context(), step[0], apiclient.FieldChange{MergeTag: step[1]})
				}
				must(t, err)
			}
			_, _, err := fields.UpdateField(t.Context(), "a", apiclient.FieldChange{Name: "Only another name"})
			must(t, err)
			retags, err := w.Retags(t.Context(), began)
			must(t, err)
			written := apiclient.Values{"a": 1, "b": 2, "c": 3}
			now, gone := journal.Retagged(written, retags)
			if fmt.Sprint(now, gone) != "map[a:2 c:1] map[c:3]" || len(written) != 3 || len(retags) != 5 {
				t.Errorf("got %v and %v from %v by %v", now, gone, written, retags)
			}
			if later, err := w.Retags(t.Context(), time.Now().Add(time.Minute)); err != nil || len(later) > 0 {
				t.Errorf("got %v, %v", later, err)
			}
		})
	}
}
