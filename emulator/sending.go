package emulator

import "net/http"

// domain is a sending domain.
type domain struct {
	id         int64
	name       string
	compliance string
}

// usage is what the account has used of its plan for marketing mail.
type usage struct{ sent, limit int64 }

// AddDomain adds a sending domain with Mailtrap's word on whether it may send, such as "compliant".
func (e *Emulator) AddDomain(name, compliance string) {
	a, unlock := e.first()
	defer unlock()
	a.addDomain(name, compliance)
}

func (a *account) addDomain(name, compliance string) {
	a.domains = append(a.domains, domain{int64(len(a.domains) + 1), name, compliance})
}

// SetUsage says how many marketing mails the account has sent in its current period, and how many its plan allows.
func (e *Emulator) SetUsage(sent, limit int64) {
	a, unlock := e.first()
	defer unlock()
	a.usage = usage{sent, limit}
}

// listDomains answers GET /domains with the keys that the spec names; it has more.
func (c *call) listDomains() answer {
	type shown struct {
		ID         int64  `json:"id"`
		Name       string `json:"domain_name"`
		Compliance string `json:"compliance_status"`
	}
	all := []shown{}
	for _, one := range c.account.domains {
		all = append(all, shown{one.id, one.name, one.compliance})
	}
	return jsonAnswer(http.StatusOK, dataAnswer{all})
}

// billingUsage answers GET /billing/usage. An account that nobody said otherwise of has sent nothing of a free plan's 1,500 mails
// (documentation).
func (c *call) billingUsage() answer {
	used := c.account.usage
	if used == (usage{}) {
		used.limit = 1500
	}
	type count struct {
		Current int64 `json:"current"`
		Limit   int64 `json:"limit"`
	}
	return jsonAnswer(http.StatusOK, map[string]any{"marketing": map[string]any{
		"plan":  map[string]any{"name": "Free"},
		"usage": map[string]any{"sent_messages_count": count{used.sent, used.limit}},
	}})
}
