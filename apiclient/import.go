package apiclient

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Count is a number of contacts that the API tells; UnknownCount where it tells none.
type Count int

// UnknownCount is a count that is missing, negative, or no whole number.
const UnknownCount Count = -1

// UnmarshalJSON accepts a whole number, also where it is written as a string or with a decimal point.
func (c *Count) UnmarshalJSON(data []byte) error {
	*c = UnknownCount
	written := strings.Trim(string(data), `"`)
	if n, err := strconv.ParseFloat(written, 64); err == nil && n >= 0 && n == math.Trunc(n) && n < 1<<53 {
		*c = Count(n)
	}
	return nil
}

// Import is a bulk import's state. The counts are there when it has finished (spec).
type Import struct {
	ID        int64
	Status    string
	Created   Count
	Updated   Count
	OverLimit Count
	// Repeated is set when the request was sent more than once: contacts that the first one created count as updated.
	Repeated bool
}

// UnmarshalJSON knows a count that is missing from one that is zero.
func (i *Import) UnmarshalJSON(data []byte) error {
	told := struct {
		ID        int64  `json:"id"`
		Status    string `json:"status"`
		Created   *Count `json:"created_contacts_count"`
		Updated   *Count `json:"updated_contacts_count"`
		OverLimit *Count `json:"contacts_over_limit_count"`
	}{}
	if err := json.Unmarshal(data, &told); err != nil {
		return err
	}
	*i = Import{ID: told.ID, Status: strings.ToLower(told.Status), Created: orUnknown(told.Created),
		Updated: orUnknown(told.Updated), OverLimit: orUnknown(told.OverLimit)}
	return nil
}

func orUnknown(told *Count) Count {
	if told == nil {
		return UnknownCount
	}
	return *told
}

// Done reports whether the import will not change any more.
func (i Import) Done() bool { return i.Status == JobFinished || i.Status == JobFailed }

// Under reports whether the import is in one of the states that it can be in while Mailtrap works on it (spec).
func (i Import) Under() bool { return i.Status == JobCreated || i.Status == JobStarted }
