package intake

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Answers of APIs that write a person's fields as names and values, as their documentation shows them. In each ann is
// willing, and bob and cid say no.
func TestANoAmongNamesAndValuesIsHeard(t *testing.T) {
	for tool, file := range map[string]string{
		"Campaign Monitor": `{"Results":[{"EmailAddress":"ann@b.co","State":"Active","CustomFields":[{"Key":"website","Value":"http://b.co"},{"Key":"[newsletter]","Value":"Yes"}]},
{"EmailAddress":"bob@b.co","State":"Active","CustomFields":[{"Key":"[newsletter]","Value":"No"},{"Key":"website","Value":""}]},{"EmailAddress":"cid@b.co","State":"Bounced","CustomFields":[]}]}`,
		"GetResponse": `[{"contactId":"pV3r","name":"Ann","email":"ann@b.co","customFieldValues":[{"customFieldId":"n9","name":"newsletter","value":["yes"],"type":"single_select","fieldType":"single_select","valueType":"string"}]},
{"contactId":"pV3s","name":"Bob","email":"bob@b.co","customFieldValues":[{"customFieldId":"n8","name":"city","value":["Rome"],"type":"text"},{"customFieldId":"n9","name":"newsletter","value":["no"],"type":"single_select"}]},
{"contactId":"pV3t","name":"Cid","email":"cid@b.co","customFieldValues":[{"customFieldId":"n9","name":"newsletter","value":["no"],"type":"single_select"}]}]`,
		"WooCommerce": `[{"id":1,"email":"ann@b.co","meta_data":[{"id":7,"key":"accepts_marketing","value":"yes"}]},{"id":2,"email":"bob@b.co","meta_data":[{"id":8,"key":"_locale","value":"en"},{"id":9,"key":"accepts_marketing","value":"no"}]},
{"id":3,"email":"cid@b.co","meta_data":[{"id":10,"key":"accepts_marketing","value":"no"}]}]`,
		"Magento": `{"items":[{"id":1,"email":"ann@b.co","custom_attributes":[{"attribute_code":"newsletter","value":"1"}]},{"id":2,"email":"bob@b.co","custom_attributes":[{"attribute_code":"gender","value":"2"},{"attribute_code":"newsletter","value":"0"}]},{"id":3,"email":"cid@b.co","custom_attributes":[{"attribute_code":"newsletter","value":"0"}]}],"total_count":3}`,
		"Meta lead ads": `{"data":[{"created_time":"2026-01-01T10:00:00+0000","id":"1","field_data":[{"name":"full_name","values":["Ann"]},{"name":"email","values":["ann@b.co"]},{"name":"subscribe_to_newsletter","values":["yes"]}]},
{"created_time":"2026-01-01T10:00:00+0000","id":"2","field_data":[{"name":"email","values":["bob@b.co"]},{"name":"subscribe_to_newsletter","values":["no"]}]},{"created_time":"2026-01-01T10:00:00+0000","id":"3","field_data":[{"name":"subscribe_to_newsletter","values":["no"]},{"name":"email","values":["cid@b.co"]}]}]}`,
		"HubSpot forms": `{"results":[{"submittedAt":1,"values":[{"name":"email","value":"ann@b.co","objectTypeId":"0-1"},{"name":"newsletter_consent","value":"Yes","objectTypeId":"0-1"}],"pageUrl":"https://b.co"},
{"submittedAt":2,"values":[{"name":"email","value":"bob@b.co","objectTypeId":"0-1"},{"name":"newsletter_consent","value":"No","objectTypeId":"0-1"}],"pageUrl":"https://b.co"},{"submittedAt":2,"values":[{"name":"email","value":"cid@b.co"},{"name":"newsletter_consent","value":"No"}],"pageUrl":"https://b.co"}]}`,
		"Typeform": `{"total_items":3,"items":[{"landing_id":"1","hidden":{"source":"ad"},"answers":[{"field":{"id":"a1","type":"email","ref":"email"},"type":"email","email":"ann@b.co"},{"field":{"id":"a2","type":"yes_no","ref":"newsletter"},"type":"boolean","boolean":true}]},
{"landing_id":"2","answers":[{"field":{"id":"a1","type":"email","ref":"email"},"type":"email","email":"bob@b.co"},{"field":{"id":"a2","type":"yes_no","ref":"newsletter"},"type":"boolean","boolean":false}]},
{"landing_id":"3","answers":[{"field":{"id":"a1","type":"email","ref":"email"},"type":"email","email":"cid@b.co"},{"field":{"id":"a2","type":"multiple_choice","ref":"newsletter"},"type":"choice","choice":{"id":"c","label":"No"}}]}]}`,
		"Tally": `[{"responseId":"1","fields":[{"key":"question_a","label":"E-mail","type":"INPUT_EMAIL","value":"ann@b.co"},{"key":"question_b","label":"Do you want our newsletter?","type":"MULTIPLE_CHOICE","value":["Yes"],"options":[{"id":"x","text":"Yes"}]}]},
{"responseId":"2","fields":[{"key":"question_a","label":"E-mail","type":"INPUT_EMAIL","value":"bob@b.co"},{"key":"question_b","label":"Do you want our newsletter?","type":"MULTIPLE_CHOICE","value":["No"],"options":[{"id":"x","text":"Yes"}]}]},
{"responseId":"3","fields":[{"key":"question_a","label":"E-mail","type":"INPUT_EMAIL","value":"cid@b.co"},{"key":"question_b","label":"Do you want our newsletter?","value":"No"}]}]`,
		"Jotform": `{"content":[{"id":"1","answers":{"1":{"name":"email","order":"1","text":"E-mail","type":"control_email","answer":"ann@b.co"},"2":{"name":"news","order":"2","text":"Subscribe to our newsletter?","type":"control_radio","answer":"Yes"}}},
{"id":"2","answers":{"1":{"name":"email","order":"1","text":"E-mail","type":"control_email","answer":"bob@b.co"},"2":{"name":"news","order":"2","text":"Subscribe to our newsletter?","type":"control_radio","answer":"No"}}},
{"id":"3","answers":{"2":{"name":"news","order":"2","text":"Subscribe to our newsletter?","type":"control_radio","answer":"No"},"1":{"name":"email","order":"1","text":"E-mail","type":"control_email","answer":"cid@b.co"}}}]}`,
		"Mautic": `{"contacts":[{"id":1,"fields":{"core":{"email":{"id":"6","label":"Email","alias":"email","type":"email","group":"core","value":"ann@b.co"},"nl":{"id":"9","label":"Newsletter","alias":"nl","type":"boolean","group":"core","value":"1"}}}},
{"id":2,"fields":{"core":{"email":{"id":"6","label":"Email","alias":"email","type":"email","group":"core","value":"bob@b.co"},"nl":{"id":"9","label":"Newsletter","alias":"nl","type":"boolean","group":"core","value":"0"}}}},
{"id":3,"fields":{"core":{"email":{"id":"6","label":"Email","alias":"email","type":"email","group":"core","value":"cid@b.co"},"nl":{"id":"9","label":"Newsletter","alias":"nl","type":"boolean","group":"core","value":"0"}}}}]}`,
		"a truth":       `[{"email":"ann@b.co","customFields":[{"name":"Unsubscribed","value":false}]},{"email":"bob@b.co","customFields":[{"name":"Unsubscribed","value":true}]},{"email":"cid@b.co","customFields":[{"id":3},{"name":"Unsubscribed","value":true}]}]`,
		"preferences":   `[{"email":"ann@b.co","preferences":[{"name":"Newsletter","value":"on"}]},{"email":"bob@b.co","preferences":[{"name":"Newsletter","value":"off"}]},{"email":"cid@b.co","preferences":[{"name":"SMS","value":"on"},{"name":"Newsletter","value":"off"}]}]`,
		"beside values": `[{"email":"ann@b.co","attributes":[{"name":"plan","value":"pro"}]},{"email":"bob@b.co","attributes":[{"name":"plan","value":"pro","unsubscribed":true}]},{"email":"cid@b.co","attributes":[{"name":"plan","value":"pro","unsubscribed":true}]}]`,
	} {
		t.Run(tool, func(t *testing.T) {
			p, err := prepared(t, file)
			if err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff([]string{"ann@b.co"}, emailsOf(p)); difference != "" {
				t.Errorf("%s\nthe columns are %q, the rejected %+v, of mail %+v", difference, p.Columns, p.Named, p.Mail)
			}
		})
	}
}

func TestNamesAndValuesAreFields(t *testing.T) {
	p, err := prepared(t, `[{"email":"ann@b.co","custom_fields":[{"key":"Age","value":"31"},{"key":"color","value":"red"},{"key":"color","value":"blue"}]},{"email":"bob@b.co","custom_fields":[]}]`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"email", "Age", "color", "custom_fields"}; !slices.Equal(p.Columns, want) {
		t.Errorf("the columns are %q", p.Columns)
	}
	if p.Rows[0].Fields["age"] != json.Number("31") {
		t.Errorf("%+v", p.Rows)
	}
}
