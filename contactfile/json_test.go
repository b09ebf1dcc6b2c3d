package contactfile

import (
	"fmt"
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
		"an address":               {`[{"email":"a@b.co","address":{"city":"Rome","geo":{"x":1}}}]`, JSON, []string{"email", "address.city", "address.geo.x"}, []string{"1:a@b.co|Rome|1"}},
		"objects in an array":      {"[{\"a\":[{\"x\": 1}, 2],\"b\":[],\"c\":[1,null,\"x\"]}]", JSON, []string{"a.1.x", "a.2", "b", "c"}, []string{"1:1|2||1, , x"}},
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

func TestLongValuesBesideAddressesAreReadWhereverAWindowEnds(t *testing.T) {
	long := strings.Repeat("likes tea; ", 100)
	for name, value := range map[string]string{"text": `"` + long + `"`, "escapes": `"` + strings.Repeat(`\"\\`, 300) + `"`, "number": strings.Repeat("1", 900)} {
		var file strings.Builder
		for i := range 400 {
			file.WriteString([]string{"{", ","}[min(i, 1)] + fmt.Sprintf("\n\"p%d@b.co\": ", i) + value)
		}
		read := readAll(content(file.String()+"}"), Options{})
		if read.err != nil || len(read.rows) != 400 {
			t.Errorf("%s: %d rows, %v", name, len(read.rows), read.err)
			continue
		}
		last := strings.ReplaceAll(strings.ReplaceAll(strings.Trim(value, `"`), `\"`, `"`), `\\`, `\`)
		if want := "401:p399@b.co|" + last; read.rows[399] != want {
			t.Errorf("%s: the last is %.60q", name, read.rows[399])
		}
	}
	read := readAll(content("{\"a@b.co\": 1,\n\"b@b.co\": \"open}"), Options{})
	if read.err == nil || !strings.Contains(read.err.Error(), "The file ends") {
		t.Errorf("a text that does not end: %v", read.err)
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
		"a slip":                       {"{\"a\":1}\n{\"a\":2}\n{a:3}\n", Options{}, "line 3 cannot be read. The object that begins there is not valid JSON."},
		"a slip behind many":           {strings.Repeat("{\"a\":1}\n", 1000) + "{\"a\":}\n", Options{}, "line 1,001 cannot be read. The object"},
		"the wrong brackets":           {"[{\"a\":[1}]]", Options{}, "not valid JSON"},
		"a line break in a text":       {"[{\"a\":\"x\ny\"}]", Options{}, "not valid JSON"},
		"numbers":                      {"[{\"a\":1},\n2]", Options{}, "line 2 cannot be read. A contact is expected there"},
		"a second array":               {"[{\"a\":1}]\n[{\"a\":2}]", Options{}, "line 2 cannot be read. The array of contacts has ended, and there is more behind it."},
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

func TestThePeopleInJSONAreFoundWhereverTheyStand(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 12) + `"x"` + strings.Repeat("}", 12)
	for name, test := range map[string]struct {
		content string
		columns []string
		rows    []string
		notes   []string
	}{
		"HubSpot, contacts API of 2015": {
			`{"contacts":[{"vid":1,"properties":{"firstname":{"value":"Ann"},"email":{"value":"ann@shop.example","versions":[]}},"identity-profiles":[{"vid":1,"identities":[{"type":"EMAIL","value":"ann@shop.example","is-primary":true},{"type":"LEAD_GUID","value":"x"}]}]},{"vid":2,"properties":{"email":{"value":"bob@shop.example"}},"identity-profiles":[]}],"has-more":false}`,
			[]string{"vid", "firstname", "email", "email.versions", "identity-profiles.1.vid", "identity-profiles.1.identities.1.type", "identity-profiles.1.identities.1.value", "identity-profiles.1.identities.1.is-primary", "identity-profiles.1.identities.2.type", "identity-profiles.1.identities.2.value", "identity-profiles"},
			[]string{"1:1|Ann|ann@shop.example||1|EMAIL|ann@shop.example|true|LEAD_GUID|x|", "1:2||bob@shop.example||||||||"}, nil,
		},
		"Klaviyo, JSON:API": {
			`{"data":[{"type":"profile","id":"01H","attributes":{"email":"ann@shop.example","subscriptions":{"email":{"marketing":{"consent":"UNSUBSCRIBED","suppressions":[{"reason":"USER_SUPPRESSED"}]}}}},"links":{"self":"https://a.example/01H"}}],"included":[{"type":"list","id":"L","attributes":{"name":"News"}}],"links":{"next":null}}`,
			[]string{"type", "id", "email", "subscriptions.email.marketing.consent", "subscriptions.email.marketing.suppressions.1.reason", "links.self"},
			[]string{"1:profile|01H|ann@shop.example|UNSUBSCRIBED|USER_SUPPRESSED|https://a.example/01H"}, nil,
		},
		"Pipedrive, several addresses": {
			`{"success":true,"data":[{"id":1,"name":"Ann","email":[{"label":"work","value":"ann@shop.example","primary":true},{"label":"home","value":"ann@home.example","primary":false}],"marketing_status":"no_consent"},{"id":2,"name":"Bob","email":[{"value":"bob@shop.example"}],"marketing_status":"subscribed"}]}`,
			[]string{"id", "name", "email.1.label", "email.1.value", "email.1.primary", "email.2.label", "email.2.value", "email.2.primary", "marketing_status"},
			[]string{"1:1|Ann|work|ann@shop.example|true|home|ann@home.example|false|no_consent", "1:2|Bob||bob@shop.example|||||subscribed"}, nil,
		},
		"many lists": {
			`[{"email":"ann@shop.example","lists":[{"s":"a"},{"s":"b"},{"s":"c"},{"s":"confirmed"},{"s":"unsubscribed"},{"s":"confirmed"}]},{"email":"bob@shop.example","lists":[]}]`,
			[]string{"email", "lists.1.s", "lists.2.s", "lists.3.s", "lists.more.s", "lists"}, []string{"1:ann@shop.example|a|b|c|confirmed, unsubscribed|", "1:bob@shop.example|||||"}, nil,
		},
		"GraphQL": {
			`{"data":{"customers":{"edges":[{"node":{"email":"ann@shop.example","emailMarketingConsent":{"marketingState":"SUBSCRIBED"}},"cursor":"x"},{"node":{"email":"bob@shop.example"}}],"pageInfo":{"hasNextPage":false}}}}`,
			[]string{"email", "emailMarketingConsent.marketingState", "cursor"}, []string{"1:ann@shop.example|SUBSCRIBED|x", "1:bob@shop.example||"}, nil,
		},
		"pages in an array": {
			"[{\"members\":[{\"email\":\"a@b.co\"},{\"email\":\"b@b.co\"}],\"total\":3},\n{\"members\":[{\"email\":\"c@b.co\"}],\"total\":3}]", []string{"email"}, []string{"1:a@b.co", "1:b@b.co", "2:c@b.co"}, nil,
		},
		"pages in lines": {
			"{\"data\":[{\"email\":\"a@b.co\"},{\"email\":\"b@b.co\"}]}\n{\"data\":[{\"email\":\"c@b.co\"}]}\n", []string{"email"}, []string{"1:a@b.co", "1:b@b.co", "2:c@b.co"}, nil,
		},
		"lines with envelopes": {
			"{\"type\":\"contact\",\"data\":{\"email\":\"a@b.co\",\"opt_in\":true}}\n{\"type\":\"contact\",\"data\":{\"email\":\"b@b.co\",\"opt_in\":false}}\n", []string{"type", "email", "opt_in"}, []string{"1:contact|a@b.co|true", "2:contact|b@b.co|false"}, nil,
		},
		"a map by id, as Firebase has it": {
			`{"users":{"-Nx1":{"email":"a@b.co","unsubscribed":true},"-Nx2":{"email":"b@b.co"},"-Nx3":{"name":"C"}}}`, []string{"key", "email", "unsubscribed", "name"}, []string{"1:-Nx1|a@b.co|true|", "1:-Nx2|b@b.co||", "1:-Nx3|||C"}, nil,
		},
		"a map by address": {
			`{"a@b.co":{"name":"A"},"b@b.co":{"name":"B"}}`, []string{"email", "name"}, []string{"1:a@b.co|A", "1:b@b.co|B"}, nil,
		},
		"addresses and a word": {
			`{"a@b.co":"subscribed","b@b.co":"unsubscribed"}`, []string{"email", "value"}, []string{"1:a@b.co|subscribed", "1:b@b.co|unsubscribed"}, nil,
		},
		"addresses alone":                    {`["a@b.co","b@b.co"]`, []string{"email"}, []string{"1:a@b.co", "1:b@b.co"}, nil},
		"an owner beside":                    {`{"account":{"email":"me@b.co"},"contacts":[{"email":"a@b.co"}]}`, []string{"email"}, []string{"1:a@b.co"}, nil},
		"one person":                         {`{"email":"a@b.co","lists":[{"owner":"o@b.co"}]}`, []string{"email", "lists.1.owner"}, []string{"1:a@b.co|o@b.co"}, nil},
		"people of whom few have an address": {`{"rows":[{"n":1},{"n":2},{"n":3,"email":"a@b.co"}]}`, []string{"n", "email"}, []string{"1:1|", "1:2|", "1:3|a@b.co"}, nil},
		"those who left in an array of their own": {
			`{"subscribers":[{"email":"a@b.co"}],"unsubscribed":[{"email":"b@b.co"},{"email":"c@b.co"}],"admins":[]}`, []string{"email"}, []string{"1:a@b.co"}, []string{`other_array "unsubscribed" 2 (0-0) people`},
		},
		"rows with a header":            {`[["email","newsletter"],["a@b.co","yes"],[],["b@b.co",false],["c@b.co",null]]`, []string{"email", "newsletter"}, []string{"1:a@b.co|yes", "1:b@b.co|false", "1:c@b.co|"}, nil},
		"a range of a Google sheet":     {"{\"range\":\"Sheet1!A1:B3\",\"majorDimension\":\"ROWS\",\"values\":[[\"People\"],\n[\"Name\",\"Email\"],\n[\"Ann\",\"a@b.co\"],\n[\"Bob\",\"b@b.co\"]]}", []string{"Name", "Email"}, []string{"3:Ann|a@b.co", "4:Bob|b@b.co"}, []string{`preamble "" 1 (1-1)`}},
		"a map by number":               {`{"17":{"email":"a@b.co","n":1},"18":{"email":"b@b.co"}}`, []string{"key", "email", "n"}, []string{"1:17|a@b.co|1", "1:18|b@b.co|"}, nil},
		"objects one behind the other":  {`{"email":"a@b.co"}{"email":"b@b.co"} {"email":"c@b.co"}`, []string{"email"}, []string{"1:a@b.co", "1:b@b.co", "1:c@b.co"}, nil},
		"people within people's values": {`{"results":[{"values":[{"name":"email","value":"a@b.co"},{"name":"news","value":"No"}]},{"values":[{"name":"email","value":"b@b.co"}]}]}`, []string{"email", "news"}, []string{"1:a@b.co|No", "1:b@b.co|"}, nil},
		"deeper than is taken apart":    {`[{"email":"a@b.co","x":` + deep + `}]`, []string{"email", "x.a.a.a.a.a.a.a.a"}, []string{`1:a@b.co|{"a":{"a":{"a":{"a":"x"}}}}`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			read, said := noted(t, content(test.content), Options{})
			for what, difference := range map[string]string{"columns": cmp.Diff(test.columns, read.columns), "rows": cmp.Diff(test.rows, read.rows), "notes": cmp.Diff(test.notes, said)} {
				if difference != "" {
					t.Errorf("%s: %s", what, difference)
				}
			}
		})
	}
}

func TestPeopleInJSONThatAreMoreThanTheWindowHoldsAreFound(t *testing.T) {
	rows := strings.Repeat("{\"email\":\"a@b.co\",\"tags\":[{\"t\":1}]},\n", 20_000) + "{\"email\":\"b@b.co\"}"
	for name, file := range map[string]string{
		"behind much else": `{"log":[` + strings.Repeat(`{"x":1},`, 100_000) + `{}],"result":{"people":[` + rows + "]}}",
		"pages":            "[{\"log\":\"" + strings.Repeat("x", 300_000) + "\"},{\"data\":[" + rows + "]}]",
	} {
		for packed, file := range map[string][]byte{"": []byte(file), ", packed": gzipped(t, []byte(file))} {
			n, err := countRows(content(file), Options{Limits: Limits{Ratio: 1 << 30}})
			if err != nil || n != 20_001 {
				t.Errorf("%s%s: %d, %v", name, packed, n, err)
			}
		}
	}
}

func TestTwoArraysOfPeopleAreAskedAbout(t *testing.T) {
	const file = `{"customers":[{"email":"a@b.co"},{"email":"b@b.co"}],"shop":{"leads":[{"email":"c@b.co"},{"email":"d@b.co"}]}}`
	read := readAll(content(file), Options{})
	const want = `[invalid_input] file: several arrays hold e-mail addresses. They are "customers" (2), "shop.leads" (2). Name the one to read with sheet; read the others with calls of their own.`
	if read.err == nil || read.err.Error() != want {
		t.Errorf("the error is %v", read.err)
	}
	read = readAll(content(file), Options{Sheet: "shop.leads"})
	if difference := cmp.Diff([]string{"1:c@b.co", "1:d@b.co"}, read.rows); difference != "" || read.err != nil {
		t.Error(difference, read.err)
	}
	if read = readAll(content(file), Options{Sheet: "staff"}); read.err == nil || !strings.Contains(read.err.Error(), `no array with addresses that is called "staff"`) {
		t.Errorf("the error is %v", read.err)
	}
}

func TestCountingAValueOfJSONAllocatesNothingBesideItsName(t *testing.T) {
	of := func(members int) float64 {
		file := []byte(`[{"email":"a@b.co"` + strings.Repeat(`,"plan":1`, members) + `}]`)
		return testing.AllocsPerRun(5, func() {
			k, c := newWalker(&window{buf: file, to: len(file), eof: true}), newCensus()
			if err := c.take(&k); err != nil {
				t.Error(err)
			}
		})
	}
	if few, many := of(1000), of(11_000); many-few > 10_100 {
		t.Errorf("10,000 more values take %.0f allocations", many-few)
	}
}
