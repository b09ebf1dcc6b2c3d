package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// In each ann is willing, and bob and cid say no.
func TestANoIsHeardBelowSeveralRowsOfHeaders(t *testing.T) {
	monkey := "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"
	for name, file := range map[string]string{
		"SurveyMonkey, one column": monkey + "Would you like to receive our newsletter?\n,,,,,,,,,Response\n" +
			"1,7,01/02/2026 10:00:00,01/02/2026 10:01:00,10.0.0.1,ann@b.co,Ann,,,Yes\n2,7,01/02/2026 10:00:00,01/02/2026 10:01:00,10.0.0.1,bob@b.co,Bob,,,No\n3,7,01/02/2026 10:00:00,01/02/2026 10:01:00,10.0.0.1,cid@b.co,Cid,,,No\n",
		"SurveyMonkey, a column for each choice": monkey + "Would you like to receive our newsletter?,,What did you buy?\n,,,,,,,,,Yes,No,Open-Ended Response\n" +
			"1,7,,,,ann@b.co,Ann,,,Yes,,Shoes\n2,7,,,,bob@b.co,Bob,,,,No,Shoes\n3,7,,,,cid@b.co,Cid,,,,No,\n",
		"SurveyMonkey, contact information": "Respondent ID,Collector ID,Please tell us who you are,,,May we send you our newsletter?\n,,Name,Email Address,Phone Number,Response\n" +
			"1,7,Ann,ann@b.co,,Yes\n2,7,Bob,bob@b.co,,No\n3,7,Cid,cid@b.co,,No\n",
		"SurveyMonkey in German": "Teilnehmer-ID,E-Mail-Adresse,Möchten Sie unseren Newsletter erhalten?,\n,,Ja,Nein\n1,ann@b.co,Ja,\n2,bob@b.co,,Nein\n3,cid@b.co,,Nein\n",
		"Qualtrics": "StartDate,EndDate,Status,Finished,ResponseId,RecipientEmail,Q1,Q2\nStart Date,End Date,Response Type,Finished,Response ID,Recipient Email,\"Would you like to receive our newsletter?\",How are you?\n" +
			`"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}","{""ImportId"":""endDate"",""timeZone"":""America/Denver""}","{""ImportId"":""status""}","{""ImportId"":""finished""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"` +
			"\n2026-01-02 10:00:00,2026-01-02 10:01:00,IP Address,True,R_1,ann@b.co,Yes,Fine\n2026-01-02 10:00:00,2026-01-02 10:01:00,IP Address,True,R_2,bob@b.co,No,Fine\n2026-01-02 10:00:00,2026-01-02 10:01:00,IP Address,True,R_3,cid@b.co,No,\n",
		"Qualtrics, two rows": "V1,RecipientEmail,Q1,Q2\nResponseID,RecipientEmail,Would you like to receive our newsletter?,How are you doing today?\nR_1,ann@b.co,Yes,\nR_2,bob@b.co,No,\nR_3,cid@b.co,No,\n",
		"groups of columns":   "Contact,,Newsletter,,\nName,Email,Weekly,Monthly,\nAnn,ann@b.co,yes,yes\nBob,bob@b.co,no,no\nCid,cid@b.co,no,no\n",
		"Microsoft Forms":     "ID,Start time,Completion time,Email,Name,\"Would you like to receive our newsletter?\"\n1,1/2/26 10:00:00,1/2/26 10:01:00,ann@b.co,Ann,Yes\n2,1/2/26 10:00:00,1/2/26 10:01:00,bob@b.co,Bob,No\n3,1/2/26 10:00:00,1/2/26 10:01:00,cid@b.co,Cid,No\n",
		"Typeform":            "#,\"Hi, what's your email?\",Would you like to receive our newsletter?,user_id,Response Type,Start Date (UTC),Submit Date (UTC),Network ID,Tags\na1,ann@b.co,1,77,completed,2026-01-02 10:00:00,2026-01-02 10:01:00,n1,\na2,bob@b.co,0,78,completed,2026-01-02 10:00:00,2026-01-02 10:01:00,n2,\na3,cid@b.co,0,79,completed,2026-01-02 10:00:00,2026-01-02 10:01:00,n3,\n",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := prepared(t, file)
			if err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff([]string{"ann@b.co"}, emailsOf(p)); difference != "" || p.Read != 3 {
				t.Errorf("%s\n%d rows, the columns are %q, the rejected %+v, of mail %+v", difference, p.Read, p.Columns, p.Named, p.Mail)
			}
		})
	}
}

func TestAColumnWithTwoHeadersIsFoundByTheLower(t *testing.T) {
	p, err := prepared(t, "Person,,,Firma,\nFirst name,E-Mail,Age,Name,City\nAnn,ann@b.co,31,Acme,Bern\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Tags, ","); got != "first_name,email,age,,town" {
		t.Errorf("the columns are %q, %s", p.Columns, got)
	}
}

func TestARowIsNoHeaderBecauseItHasNoAddress(t *testing.T) {
	for _, file := range []string{"Email,Name,\n,Bob,x\nann@b.co,Ann,\n", "Report,Contacts\nEmail,Name\n,Bob\nann@b.co,Ann\n", "Email,,Name\n,,Response\nann@b.co,,Ann\n"} {
		p, err := prepared(t, file)
		if err != nil {
			t.Fatal(err)
		}
		if len(emailsOf(p)) != 1 || p.Columns[0] != "Email" {
			t.Errorf("%q: %q, %+v", file, p.Columns, p.Named)
		}
	}
}
