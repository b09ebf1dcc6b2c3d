package contactfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSONIsReadAsItIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		format  string
		columns []string
		rows    []string
	}{
		"an array":                 {"[{\"email\":\"a@b.co\",\"n\":1},\n {\"email\":\"b@b.co\",\"n\":2}]\n", JSON, []string{"email", "n"}, []string{"1:a@b.co|1", "2:b@b.co|2"}},
		"lines":                    {"{\"email\":\"a@b.co\",\"n\":1}\n\n{\"n\":2,\"email\":\"b@b.co\"}\n", JSONLines, []string{"email", "n"}, []string{"1:a@b.co|1", "3:b@b.co|2"}},
		"lines with commas":        {"{\"email\":\"a@b.co\"},\r\n{\"email\":\"b@b.co\"},\r\n", JSONLines, []string{"email"}, []string{"1:a@b.co", "2:b@b.co"}},
		"a byte order mark":        {"\ufeff[{\"email\":\"a@b.co\"}]", JSON, []string{"email"}, []string{"1:a@b.co"}},
		"one object over lines":    {"\n{\n  \"email\": \"a@b.co\"\n}\n", JSONLines, []string{"email"}, []string{"2:a@b.co"}},
		"numbers as written":       {`[{"a":1.0,"b":12345678901234567890,"c":1e3,"d":-0.10}]`, JSON, []string{"a", "b", "c", "d"}, []string{"1:1.0|12345678901234567890|1e3|-0.10"}},
		"words and nothing":        {`[{"a":true,"b":false,"c":null,"d":""}]`, JSON, []string{"a", "b", "c", "d"}, []string{"1:true|false||"}},
		"escapes":                  {`[{"a":"\u00fc \"x\" \ud83d\udc4d\n","\u00e4":1}]`, JSON, []string{"a", "ä"}, []string{"1:ü \"x\" 👍\n|1"}},
		"brackets in texts":        {`[{"a":"}]{\"["},{"a":"\\"}]`, JSON, []string{"a"}, []string{"1:}]{\"[", "1:\\"}},
		"our own fields":           {`[{"email":"a@b.co","fields":{"first_name":"Ann","age":3},"lists":["A","B"]}]`, JSON, []string{"email", "first_name", "age", "lists"}, []string{"1:a@b.co|Ann|3|A, B"}},
		"HubSpot's properties":     {`[{"id":"7","properties":{"email":"a@b.co"}}]`, JSON, []string{"id", "email"}, []string{"1:7|a@b.co"}},
		"a clash of names":         {`[{"id":"7","properties":{"id":"8"}}]`, JSON, []string{"id", "id (2)"}, []string{"1:7|8"}},
		"an address":               {`[{"email":"a@b.co","address":{"city":"Rome","geo":{"x":1}}}]`, JSON, []string{"email", "address.city", "address.geo"}, []string{"1:a@b.co|Rome|{\"x\":1}"}},
		"objects in an array":      {"[{\"a\":[{\"x\": 1}, 2],\"b\":[],\"c\":[1,null,\"x\"]}]", JSON, []string{"a", "b", "c"}, []string{"1:[{\"x\":1},2]||1, , x"}},
		"the same name twice":      {`[{"a":1,"a":2}]`, JSON, []string{"a"}, []string{"1:2"}},
		"more columns later":       {`[{"a":1},{"b":2},{"a":3}]`, JSON, []string{"a", "b"}, []string{"1:1|", "1:|2", "1:3|"}},
		"empty objects":            {`[{"a":1},{},{"a":""},{"a":3}]`, JSON, []string{"a"}, []string{"1:1", "1:3"}},
		"an answer of an API":      {"{\"contacts\": [\n{\"a\":1},\n{\"a\":2}\n],\n\"paging\": {\"next\": [1]}}\n", JSON, []string{"a"}, []string{"2:1", "3:2"}},
		"an answer without others": {`{"data":[{"a":1}]}`, JSON, []string{"a"}, []string{"1:1"}},
		"a name that is empty":     {`[{"":1,"x":2}]`, JSON, []string{"column 1", "x"}, []string{"1:1|2"}},
	} {
		t.Run(name, func(t *testing.T) {
			read := readAll(content(test.content), Options{})
			if read.err != nil {
				t.Fatal(read.err)
			}
			if difference := cmp.Diff(test.columns, read.columns); difference != "" {
				t.Errorf("columns: %s", difference)
			}
			if difference := cmp.Diff(test.rows, read.rows); difference != "" {
				t.Errorf("rows: %s", difference)
			}
			if read.about.Format != test.format {
				t.Errorf("it was found to be %+v", read.about)
			}
		})
	}
}

func TestColumnsOfJSONThatComeLateAreAddedAtTheEnd(t *testing.T) {
	file := strings.Repeat("{\"email\":\"a@b.co\"}\n", 5000) + "{\"late\":1,\"email\":\"b@b.co\"}\n{\"email\":\"c@b.co\"}\n"
	reader, err := Open(content(file), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff([]string{"email"}, reader.Columns()); difference != "" {
		t.Error(difference)
	}
	var last []string
	for i := range 5002 {
		row, err := reader.Next()
		if err != nil || row.Line != i+1 || len(row.Cells) != len(reader.Columns()) {
			t.Fatalf("row %d: %+v, %v", i, row, err)
		}
		last = row.Cells
	}
	if difference := cmp.Diff([]string{"c@b.co", ""}, last); difference != "" {
		t.Error(difference)
	}
}

func TestJSONThatCannotBeReadIsRefusedWithTheLine(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		options Options
		says    string
	}{
		"no contacts":                  {"[]", Options{}, "It is empty"},
		"an array that does not end":   {"[{\"a\":1},\n{\"a\":2}\n", Options{}, "line 3 cannot be read. The file ends before its array does. It is incomplete"},
		"an object that does not end":  {"{\"a\":1}\n{\"a\":2\n", Options{}, "line 2 cannot be read. The file ends within the object that begins there."},
		"a text that does not end":     {"{\"a\":1}\n{\"a\":\"2}\n", Options{}, "line 2 cannot be read. The file ends within"},
		"a slip":                       {"{\"a\":1}\n{\"a\":2}\n{a:3}\n", Options{}, "line 3 cannot be read. The object that begins there is no valid JSON."},
		"a slip behind many":           {strings.Repeat("{\"a\":1}\n", 1000) + "{\"a\":}\n", Options{}, "line 1,001 cannot be read. The object"},
		"the wrong brackets":           {"[{\"a\":[1}]]", Options{}, "no valid JSON"},
		"a line break in a text":       {"[{\"a\":\"x\ny\"}]", Options{}, "no valid JSON"},
		"numbers":                      {"[{\"a\":1},\n2]", Options{}, "line 2 cannot be read. A contact is expected there"},
		"a second array":               {"[{\"a\":1}]\n[{\"a\":2}]", Options{}, "line 2 cannot be read. The array of contacts has ended, and there is more behind it."},
		"a second answer":              {"{\"data\":[{\"a\":1}],\"x\":2}\n{\"data\":[]}", Options{}, "line 2 cannot be read. The array of contacts has ended"},
		"an answer that does not end":  {"{\"data\":[{\"a\":1}],\"x\":2", Options{}, "The file ends within the object"},
		"nested too deep":              {"[{\"a\":" + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}]", Options{}, "[limit_reached] file: the object in line 1 is nested deeper than 100 levels."},
		"longer than a contact can be": {"{\"a\":1}\n{\"a\":\"" + strings.Repeat("x", 1<<20) + "\"}", Options{}, "[limit_reached] file: the row in line 2 is longer than 1 MB."},
		"names for its columns":        {"[{\"a\":1}]", Options{Columns: []string{"x"}}, "columns: the file is JSON, which names its columns itself."},
		"too many columns":             {"[{\"a\":1,\"b\":2,\"c\":3}]", Options{Limits: Limits{Columns: 2}}, "more than 2 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			if read := readAll(content(test.content), test.options); read.err == nil || !strings.Contains(read.err.Error(), test.says) {
				t.Errorf("the error is %v", read.err)
			}
		})
	}
}
