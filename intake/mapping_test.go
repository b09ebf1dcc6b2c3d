package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
)

func TestAMappingGoesBeforeWhatMatchesByItself(t *testing.T) {
	for _, test := range []struct {
		header  string
		mapping map[string]string
		want    string
		ignored string
	}{
		{"email,Vorname", map[string]string{"Vorname": "First name"}, "email|first_name", ""},
		{"email,Name 1", map[string]string{"name_1": "first_name"}, "email|first_name", ""}, // in plain form
		{"email,Name 1", map[string]string{" Name 1 ": "{{first_name}}"}, "email|first_name", ""},
		{"email,Years", map[string]string{"years": "3"}, "email|age", ""}, // by id
		{"email,Years", map[string]string{"years": "id:3"}, "email|age", ""},
		{"Contact,x", map[string]string{"Contact": "EMAIL"}, "email|", "x"},
		{"email,Other address", map[string]string{"Other address": "email"}, "|email", "email"},
		{"email,first_name", map[string]string{"first_name": "ignore"}, "email|", ""},
		{"email,first_name,Nick", map[string]string{"Nick": "first_name"}, "email||first_name", "first_name"},
		{"email,E-mail", map[string]string{"E-mail": "ignore"}, "email|", ""},
		{"email,E-mail", map[string]string{"E-mail": "email"}, "|email", "email"},
		{"email,First Name,forename", map[string]string{"forename": "ignore"}, "email|first_name|", ""},
		{"email,age,Age", map[string]string{"Age": "ignore"}, "email|age|", ""},      // as written goes first
		{"email,name,NAME ", map[string]string{"NAME": "age"}, "email||age", "name"}, // likewise
		{"email,Status", map[string]string{"Status": "ignore"}, "email|", ""},
	} {
		plan, err := planColumns(strings.Split(test.header, ","), someFields, test.mapping)
		if err != nil {
			t.Errorf("%s with %v: %v", test.header, test.mapping, err)
			continue
		}
		if got, ignored := strings.Join(plan.tags(), "|"), strings.Join(plan.leftOut(), "|"); got != test.want || ignored != test.ignored {
			t.Errorf("%s with %v is read as %s, want %s; left out %q", test.header, test.mapping, got, test.want, ignored)
		}
	}
}

func TestAMappingThatCannotBeMeantIsRefused(t *testing.T) {
	for _, test := range []struct {
		mapping map[string]string
		says    []string
	}{
		{map[string]string{"Fist": "first_name"}, []string{`mapping.Fist: the file has no such column; did you mean "First"?`}},
		{map[string]string{"zzz": "first_name"}, []string{`mapping.zzz: the file has no such column (its columns are `}},
		{map[string]string{"First": "frist_name"}, []string{`there is no field "frist_name" (did you mean first_name?)`}},
		{map[string]string{"First": "first_name", "Second": "First name"}, []string{`"First" is mapped to first_name already; two columns cannot go into one field`}},
		{map[string]string{"First": "first_name", "first": "age"}, []string{`the column "First" is mapped twice`}},
		{map[string]string{"Twin": "age"}, []string{"more than one column is called so"}},
		{map[string]string{"First": "nope", "None": "age"}, []string{"mapping.First: ", "mapping.None: "}}, // all at once
		{map[string]string{"email": "ignore"}, []string{"no column holds e-mail addresses", `{"Contact": "email"}`}},
	} {
		_, err := planColumns([]string{"email", "First", "Second", "Twin", "Twin"}, someFields, test.mapping)
		if err == nil || !strings.HasPrefix(err.Error(), "[invalid_input] ") {
			t.Errorf("%v: %v", test.mapping, err)
			continue
		}
		for _, part := range test.says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v does not say %q: %v", test.mapping, part, err)
			}
		}
	}
}

func TestWhoHasUnsubscribedStaysSoWhenTheColumnIsLeftOut(t *testing.T) {
	p, err := preparedAs(t, "email,Status,opted\na@b.co,unsubscribed,\nb@b.co,cancelled,\nc@b.co,,unsubscribed\n",
		Reading{Mapping: map[string]string{"Status": "ignore", "opted": "first_name"}}, someFields)
	must(t, err)
	if !cmp.Equal(emailsOf(p), []string{"b@b.co"}) || p.OptedOut != 2 || p.Released() != 1 { // cancelled is doubtful only
		t.Errorf("imported %q, %d opted out", emailsOf(p), p.OptedOut)
	}
}

func TestHeadersOfCommonExportsFindFieldsOfTheSameMeaning(t *testing.T) {
	fields := []apiclient.Field{
		{ID: 1, Name: "Vorname", MergeTag: "first", DataType: "text"}, {ID: 2, Name: "Surname", MergeTag: "surname", DataType: "text"},
		{ID: 3, Name: "Company", MergeTag: "company", DataType: "text"}, {ID: 4, Name: "Phone", MergeTag: "phone", DataType: "text"},
		{ID: 5, Name: "Postal code", MergeTag: "plz", DataType: "text"}, {ID: 6, Name: "Country", MergeTag: "country", DataType: "text"},
		{ID: 7, Name: "Date of birth", MergeTag: "born", DataType: "date"},
		{ID: 8, Name: "Website", MergeTag: "site", DataType: "text"}, {ID: 9, Name: "Homepage", MergeTag: "home", DataType: "text"},
	}
	for header, want := range map[string]string{
		// HubSpot
		"Record ID,First Name,Last Name,Email,Phone Number,Company Name,Postal Code,Country/Region,Date of birth": "|first|surname|email|phone|company|plz|country|born",
		// Mailchimp
		"Email Address,First Name,Last Name,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,LEID": "email|first|surname|phone|born|||",
		"Email Address,FNAME,LNAME,COMPANY": "email|first|surname|company",
		// Klaviyo
		"Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Zip Code,Country": "email||first|surname|company||phone|plz|country",
		// Brevo
		"CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS": "|email|first|surname|phone",
		"EMAIL,PRENOM,NOM":                        "email|first|surname",
		"email,Website URL":                       "email|site", // a field is called so
		"email,Home-Page":                         "email|home",
	} {
		plan, err := planColumns(strings.Split(header, ","), fields, nil)
		if err != nil {
			t.Errorf("%s: %v", header, err)
			continue
		}
		if got := strings.Join(plan.tags(), "|"); got != want {
			t.Errorf("%s is read as %s, want %s", header, got, want)
		}
	}
	fields[7].Name = "Web site address"
	fields = append(fields, apiclient.Field{ID: 10, Name: "Website URL", MergeTag: "url", DataType: "text"})
	if plan, err := planColumns([]string{"email", "Web-Site"}, fields, nil); err != nil || plan.tags()[1] != "" { // two mean the same
		t.Errorf("%v, %v", plan.tags(), err)
	}
}

func TestRoleAddressesAndMisspeltDomainsAreRecognised(t *testing.T) {
	for email, want := range map[string]string{
		"info@acme.com": "role", "sales@acme.com": "role", "support@acme.com": "role", "no-reply@acme.com": "role", "customer.service@acme.com": "role",
		"info+news@acme.com": "role", "info2@acme.com": "role", "kontakt@acme.de": "role",
		"inform@acme.com": "", "sally@acme.com": "", "admina@acme.com": "", "ann@acme.com": "", "john.sales@acme.com": "", "a@b.co": "",
		"ann@gmial.com": "gmail.com", "ann@gmail.co": "gmail.com", "ann@gmail.con": "gmail.com", "ann@gmaill.com": "gmail.com", "ann@gmal.com": "gmail.com", "ann@gnail.com": "gmail.com",
		"ann@hotmial.com": "hotmail.com", "ann@hotmai.com": "hotmail.com", "ann@outlok.com": "outlook.com", "ann@yahooo.com": "yahoo.com", "ann@icould.com": "icloud.com",
		"ann@googlemail.co": "googlemail.com", "info@gmial.com": "gmail.com",
		"ann@gmail.com": "", "ann@ymail.com": "", "ann@mail.com": "", "ann@email.com": "", "ann@fmail.com": "", "ann@gail.com": "", "ann@grail.com": "", "ann@cloud.com": "",
		"ann@gmx.com": "", "ann@gmx.de": "", "ann@hotmail.de": "", "ann@yahoo.ca": "", "ann@yahoo.co.uk": "", "ann@aol.com": "", "ann@live.com": "", "ann@msn.com": "", "ann@outlook.de": "",
		"ann@yahoo.fr": "", "ann@hotmail.co.uk": "", "ann@me.com": "", "ann@comcast.com": "", "ann@protonmail.ch": "", "ann@proton.me": "",
	} {
		kind, meant := (&doubts{}).of(email)
		got := string(kind)
		if kind == Typo {
			got = meant
		}
		if got != want {
			t.Errorf("%s: %q, want %q", email, got, want)
		}
	}
}

func TestDoubtfulAddressesAreCountedOnceAndSkippedWhenAsked(t *testing.T) {
	const file = "email,age\ninfo@b.co,1\nann@b.co,2\nINFO@b.co,3\njo@gmial.com,4\nsales@b.co,old\n"
	p, err := prepared(t, file)
	must(t, err)
	if p.Roles.Count != 2 || p.Typos.Count != 1 || p.Roles.Skipped || p.Typos.Examples[0] != "jo@gmial.com (gmail.com?)" || len(p.Rows) != 3 {
		t.Errorf("%+v %+v, %q", p.Roles, p.Typos, emailsOf(p))
	}
	p, err = preparedAs(t, file, Reading{Skip: []Doubt{Role, Typo}}, someFields)
	must(t, err)
	if !cmp.Equal(emailsOf(p), []string{"ann@b.co"}) || p.Rejected != 4 || p.Merged != 0 || !p.Roles.Skipped || p.Roles.Count != 2 {
		t.Errorf("%q, %+v, %+v", emailsOf(p), p.Rejects, p.Roles)
	}
	want := []Reason{{"skipped as asked: the address belongs to a role, not to a person", 3}, {`skipped as asked: the domain looks misspelt; "gmail.com" may be meant`, 1}}
	if difference := cmp.Diff(want, tallied(p.Rejects)); difference != "" {
		t.Error(difference)
	}
	stage := &kept{}
	sum, err := ReadRows(t.Context(), []apiclient.ImportRow{{Email: "info@b.co"}, {Email: "ann@b.co"}}, Reading{Skip: []Doubt{Role}}, Account{}, stage)
	must(t, err)
	rows := came(t, sum, stage)
	if !cmp.Equal(emailsOf(rows), []string{"ann@b.co"}) || len(rows.Rejects) != 1 || rows.Rejects[0].Line != 1 || !rows.Roles.Skipped || rows.Roles.Count != 1 {
		t.Errorf("%q, %+v", emailsOf(rows), rows.Rejects)
	}
}
