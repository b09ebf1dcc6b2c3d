package optout

import "testing"

func TestWhatOnlyAgreesIsTold(t *testing.T) {
	for _, said := range []string{
		"yes", "Yes.", "YES!!", "ok", "yes, they agreed", "they agreed", "They have all agreed to get mail again.", "consent given", "user confirmed",
		"the customer agreed", "customer consents", "with their consent", "I agree", "of course", "they said so",
		"ja", "Ja, haben zugestimmt", "Einwilligung liegt vor", "einverstanden", "Sie haben ausdrücklich eingewilligt", "oui", "d'accord", "ils sont d'accord",
		"sí", "todos han dado su consentimiento", "sì", "hanno dato il consenso", "sim", "eles concordaram", "tak", "wyrazili zgodę", "ano", "evet", "kyllä",
		"да", "они согласились", "так", "是", "他们同意", "用户已同意", "はい", "同意しました", "同意済み", "本人の同意を得ています", "예", "동의했습니다", "ναι", "نعم", "हाँ", "igen",
	} {
		if !OnlyAgrees(said) {
			t.Errorf("%q is taken for more than a yes", said)
		}
	}
	// How, where or when: in few words, and in many languages.
	for _, said := range []string{
		"by phone", "by telephone", "by letter", "phone", "form", "SMS", "double opt-in", "opt-in", "at the fair", "they agreed by phone", "he wrote on Monday",
		"agreed 2026-05-03", "yes, 3 May", "yes (ticket 4711)", "signed", "yes by email", "via e-mail", "by mail", "web", "e-mail", "newsletter", "in person", "verbally", "consent form",
		"am Telefon", "telefonisch zugestimmt", "Einwilligungsformular", "Messe", "per Mail", "ja, am Montag", "par téléphone", "formulaire", "en la feria",
		"por teléfono", "al telefono", "por telefone", "per post", "telefonicznie", "på mässan", "telefonem", "telefonda", "по телефону", "на выставке",
		"在展会上同意", "电话", "电话同意", "電話で同意", "展示会で同意しました", "店頭", "전화로 동의", "박람회에서 동의했습니다", "στην έκθεση", "عبر الهاتف", "फोन पर", "a kiállításon",
		"qua điện thoại", "kwa simu", "telefonon", "prin telefon", "asked for it by phone on Monday", "all signed at the fair", "signed up by the form",
	} {
		if OnlyAgrees(said) {
			t.Errorf("%q is taken for a mere yes", said)
		}
	}
	for _, said := range []string{"", ".", "👍"} {
		if OnlyAgrees(said) {
			t.Errorf("%q is taken for a yes", said)
		}
	}
}
