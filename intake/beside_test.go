package intake

import (
	"slices"
	"strings"
	"testing"
)

// Guarantee 1.10. What a column says of mail may depend on those beside it. Of each file the addresses that begin with "ok" are imported, and
// nobody else.
func TestWhatAColumnSaysDependsOnThoseBesideIt(t *testing.T) {
	for name, file := range map[string]string{
		"letters beside e-mail":       "email,Do Not Mail,Do Not Email\nok1@b.co,true,false\nno@b.co,false,true\nok2@b.co,,\n",
		"Salesforce":                  "Email,HasOptedOutOfEmail,DoNotMail,DoNotCall\nok1@b.co,false,true,true\nno@b.co,true,false,false\n",
		"Dynamics":                    "Email,Do not allow Emails,Do not allow Mails,Do not allow Phone Calls\nok1@b.co,Allow,Do Not Allow,Allow\nno@b.co,Do Not Allow,Allow,Allow\n",
		"contact preferences":         "Email,Contact by mail,Contact by phone,Contact by email\nok1@b.co,No,No,Yes\nno@b.co,Yes,Yes,No\n",
		"CiviCRM":                     "Email,do_not_email,do_not_mail,do_not_phone\nok1@b.co,0,1,1\nno@b.co,1,0,0\n",
		"letters alone are doubt":     "email,Do Not Mail\ndoubt@b.co,true\nok@b.co,false\n",
		"two newsletters":             "email,Newsletter A,Newsletter B\nok1@b.co,yes,no\nok2@b.co,no,yes\nno@b.co,no,no\nok3@b.co,yes,yes\nno2@b.co,no,\n",
		"three, in words":             "email,Subscribed to Events,Subscribed to Workshops,Subscribed to Gazette\nok1@b.co,TRUE,FALSE,FALSE\nno@b.co,FALSE,FALSE,FALSE\n",
		"status by list":              "email,Newsletter Berlin status,Newsletter Wien status\nok1@b.co,subscribed,unsubscribed\nok2@b.co,pending,subscribed\nno@b.co,unsubscribed,unsubscribed\nno2@b.co,pending,unsubscribed\n",
		"topics":                      "email,cio_subscription_preferences.topics.topic_1,cio_subscription_preferences.topics.topic_2\nok1@b.co,true,false\nno@b.co,false,false\n",
		"the general one counts":      "email,Newsletter,Newsletter Partners\nok1@b.co,yes,no\nno@b.co,no,yes\n",
		"a global no wins":            "email,Newsletter A,Newsletter B,Unsubscribed\nok1@b.co,yes,no,\nno1@b.co,yes,no,2024-01-01\nno2@b.co,yes,yes,yes\n",
		"so does a status":            "email,Newsletter A,Newsletter B,Status\nok1@b.co,yes,no,subscribed\nno1@b.co,yes,no,unsubscribed\nno2@b.co,yes,yes,bounced\n",
		"a consent is none of them":   "email,Newsletter A,Newsletter B,GDPR consent\nok1@b.co,yes,no,yes\nno1@b.co,yes,no,no\n",
		"a bounce is to all":          "email,Newsletter A status,Newsletter B status\nok1@b.co,subscribed,unsubscribed\nno1@b.co,subscribed,bounced\nno2@b.co,complained,subscribed\n",
		"other times are no list":     "email,Newsletter 2023,Newsletter 2024\nok1@b.co,yes,yes\nno1@b.co,yes,no\n",
		"nor is another address":      "email,Newsletter work,Newsletter home\nok1@b.co,yes,yes\nno1@b.co,yes,no\n",
		"a step is no list":           "email,Newsletter invited,Newsletter joined\nok1@b.co,yes,yes\nno1@b.co,yes,no\n",
		"addresses are no lists":      "email,E-mail 1 opt-in,E-mail 2 opt-in\nok1@b.co,yes,yes\nno1@b.co,yes,no\n",
		"old and new":                 "email,Newsletter (old),Newsletter (new)\nok1@b.co,yes,yes\nno1@b.co,yes,no\n",
		"marketing is not service":    "email,Email subscription: Marketing,Email subscription: Service\nok1@b.co,yes,yes\nno1@b.co,no,yes\n",
		"unlike wishes":               "email,Accepts marketing,Newsletter\nok1@b.co,yes,yes\nno1@b.co,no,yes\nno2@b.co,yes,no\n",
		"who came back":               "email,unsubscribed_at,resubscribed_at\nok1@b.co,2023-01-02,2024-01-02\nno1@b.co,2024-01-02,2023-01-02\nno2@b.co,2024-01-02,\nok2@b.co,,\nno3@b.co,2024-01-02,2024-01-02\nno4@b.co,2024-01-02,yes\n",
		"on the same day":             "email,unsubscribed_at,resubscribed_at\nok1@b.co,2024-01-02 10:00:00,2024-01-02 11:00:00\nno1@b.co,2024-01-02 10:00:00,2024-01-02 09:00:00\nno2@b.co,2024-01-02 10:00:00,2024-01-02\n",
		"in whichever order":          "email,Unsubscribed on,Resubscribed on\nok1@b.co,03/04/2023,05/06/2024\nno1@b.co,03/04/2024,04/03/2024\nno2@b.co,05/06/2024,03/04/2023\n",
		"back, and off by the status": "email,status,unsubscribed_at,resubscribed_at\nok1@b.co,subscribed,2023-01-02,2024-01-02\nno1@b.co,unsubscribed,2023-01-02,2024-01-02\n",
		"an account":                  "email,Customer active,Newsletter\nok1@b.co,no,yes\nno@b.co,yes,no\n",
		"an account alone":            "email,User active\nok1@b.co,no\nok2@b.co,yes\n",
		"active beside a wish":        "email,Active,Accepts marketing\nok1@b.co,No,yes\nno@b.co,Yes,no\n",
		"active alone is doubt":       "email,Active\nok1@b.co,Yes\ndoubt@b.co,No\n",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := prepared(t, file)
			must(t, err)
			var want []string
			for line := range strings.Lines(file) {
				if email, _, _ := strings.Cut(line, ","); strings.HasPrefix(email, "ok") {
					want = append(want, email)
				}
			}
			if got := emailsOf(p); !slices.Equal(got, want) {
				t.Errorf("%q are imported, not %q: %+v", got, want, p.Mail)
			}
			if doubted := strings.Contains(file, "doubt@"); doubted != (p.HeldBack == 1) || p.HeldBack > 1 {
				t.Errorf("%d are held back: %+v", p.HeldBack, p.Mail)
			}
		})
	}
}

func TestHowOftenASayingDoesNotCountIsCounted(t *testing.T) {
	p, err := prepared(t, "email,Newsletter A,Newsletter B\na@b.co,yes,no\nb@b.co,no,yes\nc@b.co,yes,no\nd@b.co,no,no\n")
	must(t, err)
	if p.Mail[0].Overruled != 1 || p.Mail[1].Overruled != 2 || p.OptedOut != 1 || p.Rejected != 1 {
		t.Errorf("%d rejected, %d opted out, %+v", p.Rejected, p.OptedOut, p.Mail)
	}
}
