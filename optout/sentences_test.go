package optout

import "testing"

type question struct{ text, yes, no string }

// TestSentencesAreUnderstood are texts of check boxes and questions of forms, which are headers in their exports. What a
// sentence says of unsubscribing some day is no refusal.
func TestSentencesAreUnderstood(t *testing.T) {
	for _, agreed := range []question{
		{"I do not want to miss any news - subscribe me to the newsletter", "yes", "no"},
		{"Don't miss out! Join our newsletter", "yes", "no"},
		{"Yes, sign me up for the newsletter (you can unsubscribe with one click)", "yes", "no"},
		{"We'd love to send you emails with offers. We will never share your data. OK?", "yes", "no"},
		{"Ich bin damit einverstanden, dass mir per E-Mail Werbung zugesandt wird. Diese Einwilligung kann ich jederzeit widerrufen.", "ja", "nein"},
		{"Je souhaite recevoir la newsletter. Je pourrai me désabonner à tout moment via le lien de désinscription", "oui", "non"},
		{"Deseo recibir información comercial por correo. Puedo darme de baja en cualquier momento", "sí", "no"},
		{"Acconsento al trattamento dei dati per finalità di marketing via email (revocabile in qualsiasi momento)", "sì", "no"},
		{"Autorizo o envio de e-mails promocionais. Posso cancelar a subscrição a qualquer momento", "sim", "não"},
		{"Ik wil de nieuwsbrief ontvangen en kan mij op elk moment afmelden", "ja", "nee"},
		{"Wyrażam zgodę na otrzymywanie newslettera. Zgodę mogę wycofać w każdej chwili", "tak", "nie"},
		{"Jag vill ha nyhetsbrev. Jag kan avregistrera mig när som helst", "ja", "nej"},
		{"Haluan uutiskirjeen. Voin peruuttaa tilauksen milloin tahansa", "kyllä", "ei"},
		{"Souhlasím se zasíláním novinek, souhlas mohu kdykoliv odvolat", "ano", "ne"},
		{"E-posta almak istiyorum, istediğim zaman abonelikten çıkabilirim", "evet", "hayır"},
		{"Согласен получать рассылку, могу отписаться в любой момент", "да", "нет"},
		{"Погоджуюсь отримувати розсилку, можу відписатися будь-коли", "так", "ні"},
		{"Jeg ønsker nyhedsbrev og kan afmelde mig når som helst", "ja", "nej"},
	} {
		c := judgedBy(agreed.text, agreed.yes, agreed.no)
		if yes, no := c.Read(agreed.yes), c.Read(agreed.no); yes.Verdict != Yes || no.Verdict < Doubt {
			t.Errorf("%q (%s): %s is %v, %s is %v", agreed.text, c.Kind, agreed.yes, yes, agreed.no, no)
		}
	}
	for _, refused := range []question{
		{"Please tick if you do NOT wish to receive our emails", "yes", "no"},
		{"Please tick this box if you wish to opt out of receiving marketing emails from us", "yes", "no"},
		{"Tick here if you would rather not hear from us by email", "yes", "no"},
		{"Would you prefer not to receive emails?", "yes", "no"},
		{"I'd like to stop receiving emails", "yes", "no"},
		{"Keep me off the mailing list", "yes", "no"},
		{"Take me off the mailing list", "yes", "no"},
		{"Exclude me from marketing", "yes", "no"},
		{"Ich möchte keine E-Mails mehr erhalten", "ja", "nein"},
		{"Ich widerspreche der Nutzung meiner E-Mail-Adresse zu Werbezwecken", "ja", "nein"},
		{"Bitte senden Sie mir keine Werbung", "ja", "nein"},
		{"Je ne souhaite pas recevoir d'offres par email", "oui", "non"},
		{"Cochez cette case si vous ne souhaitez pas recevoir nos offres", "oui", "non"},
		{"Je m'oppose à recevoir des e-mails", "oui", "non"},
		{"No deseo recibir información comercial", "sí", "no"},
		{"Me opongo a recibir publicidad", "sí", "no"},
		{"Non desidero ricevere email promozionali", "sì", "no"},
		{"Não desejo receber e-mails", "sim", "não"},
		{"Ik wil geen e-mails meer ontvangen", "ja", "nee"},
		{"Nie wyrażam zgody na otrzymywanie newslettera", "tak", "nie"},
		{"Jag vill inte ha nyhetsbrev", "ja", "nej"},
		{"En halua uutiskirjettä", "kyllä", "ei"},
		{"Nesouhlasím se zasíláním novinek", "ano", "ne"},
		{"E-posta almak istemiyorum", "evet", "hayır"},
		{"Не согласен получать рассылку", "да", "нет"},
		{"Не погоджуюсь отримувати розсилку", "так", "ні"},
		{"Jeg ønsker ikke nyhedsbrev", "ja", "nej"},
	} {
		c := judgedBy(refused.text, refused.yes, refused.no)
		if yes, no := c.Read(refused.yes), c.Read(refused.no); yes.Verdict < Doubt || no.Verdict > Yes {
			t.Errorf("%q (%s): %s is %v, %s is %v", refused.text, c.Kind, refused.yes, yes, refused.no, no)
		}
	}
	torn := judgedBy("Like to receive email or rather unsubscribe", "yes", "no")
	for _, cell := range []string{"yes", "no"} {
		if said := torn.Read(cell); said.Verdict != Doubt {
			t.Errorf("below a sentence that may mean either, %q is %v", cell, said)
		}
	}
}
