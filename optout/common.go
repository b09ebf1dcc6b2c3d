package optout

// unmistakable are cells that speak of a mailing whatever the column is called, in all languages.
var unmistakable = []string{
	"*unsubscri*", "*optedout*", "opt out", "optout", "*donotemail*", "*blocklisted*", "*blacklisted*", "suppressed", "*spamcomplain*", "*markedasspam*", "*reportedasspam*", "*reportedspam*", "*complained*", "*hardbounce*", "*bouncedhard*",
	"bounced", "*neversubscribed*", "*nonsubscribed*", "*notsubscribed*", "subscribed", "*optedin*", "cleaned",
	"abgemeldet", "abbestellt", "*newsletterabbestellt*", "*désinscrit*", "*désabonné*", "*dadodebaja*", "*desuscrit*", "*disiscritt*", "*descadastrad*", "*desinscrit*", "uitgeschreven", "*odsubskryb*", "*wypisany*", "*wypisana*",
	"*avregistrer*", "*avprenumer*", "*framelding*", "*frameldt*", "*odhlášen*", "*abonelikten*", "*отписан*", "*отписал*", "*відписан*", "*відписав*",
}

// otherThings are headers of columns that have nothing to do with mail, unless mail is named as well.
var otherThings = []string{
	"sms", "*whatsapp*", "*phone*", "mobile", "push", "*pushnotif*", "fax", "*telefon*", "*telephone*", "call", "calls", "calling", "postal", "post", "letter", "letters", "*directmail*", "mms", "rcs", "viber", "telegram", "cookie", "cookies", "photo", "photos", "*parental*", "*webinar*", "*event*", "order", "orders", "payment", "*invoice*",
	"shipping", "shipment", "delivery", "ticket", "lead", "deal", "job", "project", "course", "class", "billing", "*fulfillment*", "*fulfilment*", "account", "membership", "*lieferung*", "*bestellung*", "*bestell*", "*zahlung*", "*rechnung*", "*auftrag*", "*commande*", "*paiement*", "*pedido*", "*pago*", "*ordine*", "*pagamento*", "*zamowieni*",
	"*platnosc*", "*siparis*", "*odeme*", "*заказ*", "*оплат*", "*замовлен*", "*lifecycle*", "*employment*", "*marital*", "loan", "insurance", "warranty", "device", "vehicle", "*product*status*", "tax", "visa", "contract", "*kurs*", "terms", "*cookies*", "subscription tier", "active subscription", "paid subscription", "subscription plan", "subscription type", "browser",
}

// aboutMail are headers that go with mail and say nothing of the person's wish by themselves.
var aboutMail = []string{
	"url", "link", "links", "ip", "source", "id", "uuid", "subject", "template", "title", "count", "number", "total", "rate", "score", "opened", "opens", "open", "clicked", "clicks", "click", "sent", "delivered", "received", "domain", "client", "provider", "owner", "language", "format", "primary", "work", "personal", "business", "type", "address",
	"method", "version", "referrer", "utm", "token", "hash", "host", "signature", "stop code", "list name", "name", "text", "browser", "device", "rating", "template", "campaign", "campaigns", "issue", "thread", "body", "attachment", "attachments", "welcome", "reminder", "order", "invoice", "receipt", "shipping", "replied", "reply", "confirmation sent", "last",
	"channel", "segment", "segments", "category", "tag", "tags", "budget", "spend", "manager", "team", "qualified", "lead", "agency", "department", "stage", "role", "mailbox", "mailing address", "mailing city", "mailing street", "mailing state", "mailing zip", "mailing country", "mailing postal", "chimp", "username", "user", "password", "sequence", "views", "automation", "flow", "group", "groups", "topic", "topics",
}
