package intake

import "sync"

// sameMeaning are headers, in plain form (letters and digits only), that mean one thing. A column is a field's when the
// field is called by another of them, and no other field of the account is. The first is what the account's fields are
// likely to be called.
//
// The headers of HubSpot, Mailchimp, Klaviyo and Brevo are those of their exports as they are remembered (inferred): none of
// them documents its exports as a contract. Left out is what may mean two things: Klaviyo's "Title" (a post, or a form of
// address), Mailchimp's "Address" (a whole one in one cell), "Region".
var sameMeaning = [][]string{
	{"email", "emailaddress", "mail", "emails", "primaryemail", "contactemail", "subscriberemail", "mailaddress",
		// "Email Address" is Mailchimp's
		"emailadresse", "mailadresse", "emailadres", "epost", "epostadress", "epostadresse", "sähköposti", "correo",
		"correoelectrónico", "correoelectronico", "courriel",
		"adressemail", "adresseemail", "adresseélectronique", "indirizzoemail", "endereçodeemail", "adresemail",
		"адресэлектроннойпочты", "электроннаяпочта"},
	// "First Name" is HubSpot's, Mailchimp's and Klaviyo's, FNAME Mailchimp's tag; Brevo has FIRSTNAME, and PRENOM in French accounts.
	{"firstname", "givenname", "forename", "fname", "prenom", "vorname"},
	{"lastname", "surname", "familyname", "lname", "nom", "nachname"}, // likewise LNAME, LASTNAME and NOM
	// HubSpot has "Company Name" and "Associated Company", Klaviyo "Organization", Mailchimp COMPANY.
	{"company", "companyname", "organization", "organisation", "organizationname", "organisationname"},
	{"jobtitle", "jobposition"}, // HubSpot
	// "Phone Number" is HubSpot's, Mailchimp's and Klaviyo's; Brevo keeps the number in SMS.
	{"phone", "phonenumber", "telephone", "telephonenumber", "tel", "sms"},
	{"mobile", "mobilephone", "mobilephonenumber", "mobilenumber", "cellphone", "cellphonenumber"}, // HubSpot
	{"city", "town"},
	{"state", "stateregion", "stateprovince"},                     // "State/Region" is HubSpot's, "State / Region" Klaviyo's
	{"zip", "zipcode", "postalcode", "postcode", "zippostalcode"}, // HubSpot has "Postal Code", Klaviyo "Zip Code"
	{"country", "countryregion"},                                  // HubSpot, Klaviyo
	{"birthday", "birthdate", "dateofbirth", "dob"},               // Mailchimp and Klaviyo have "Birthday", HubSpot "Date of birth"
	{"website", "websiteurl", "homepage"},                         // HubSpot
	{"language", "preferredlanguage", "locale"},                   // HubSpot, Klaviyo
	{"timezone"}, {"gender", "sex"},
}

// meanings says by a plain header what the first of its group is.
var meanings = sync.OnceValue(func() map[string]string {
	known := map[string]string{}
	for _, group := range sameMeaning {
		for _, header := range group {
			known[header] = group[0]
		}
	}
	return known
})
