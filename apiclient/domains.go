package apiclient

import (
	"context"
	"errors"
	"net/http"
)

// SendingDomain is a domain that mail is sent from.
type SendingDomain struct {
	ID   int64  `json:"id"` // 0 where it is not told
	Name string `json:"domain_name"`
	// Compliance is whether Mailtrap lets it send, in Mailtrap's word (spec: "compliance_status"); empty where it is not told.
	Compliance string `json:"compliance_status"`
}

// SendingDomains returns the account's sending domains (spec: GET /domains, for a token of one account).
func (c *Client) SendingDomains(ctx context.Context) ([]SendingDomain, error) {
	found, err := ask[wrapped[every[SendingDomain]]](ctx, c, call{method: http.MethodGet, route: "/domains", tokenPath: true})
	return found.Data, err
}

func (d *SendingDomain) problem() error {
	if d.Name == "" {
		return errors.New("the body has a domain without its name")
	}
	return nil
}

// Allowance is how many marketing mails the account has sent in the current period, and how many its plan allows. What Mailtrap does
// not tell is nil.
type Allowance struct {
	Sent, Limit *Count
}

// Allowance returns how many marketing mails the account has sent and may send (spec: GET /billing/usage, for a token of one account).
func (c *Client) Allowance(ctx context.Context) (Allowance, error) {
	var answer struct {
		Marketing struct {
			Usage struct {
				Sent struct {
					Current *Count `json:"current"`
					Limit   *Count `json:"limit"`
				} `json:"sent_messages_count"`
			} `json:"usage"`
		} `json:"marketing"`
	}
	if err := c.do(ctx, call{method: http.MethodGet, route: "/billing/usage", tokenPath: true}, &answer); err != nil {
		return Allowance{}, err
	}
	known := func(count *Count) *Count {
		if count == nil || *count == UnknownCount {
			return nil
		}
		return count
	}
	sent := answer.Marketing.Usage.Sent
	return Allowance{Sent: known(sent.Current), Limit: known(sent.Limit)}, nil
}
