package comparison

// Counts tell how a source differs from the contacts of the account.
type Counts struct {
	Creates      int `json:"creates,omitempty"`
	Updates      int `json:"updates,omitempty"` // contacts whose fields differ
	Joins        int `json:"joins,omitempty"`   // contacts that join a list, those that are created not counted
	Leaves       int `json:"leaves,omitempty"`  // contacts that leave a list
	Unsubscribes int `json:"unsubscribes,omitempty"`
	Unchanged    int `json:"unchanged,omitempty"`
	// OutAlready is how many people of whom an import's source says no are unsubscribed already, and OutNotThere how many are not
	// contacts.
	OutAlready  int `json:"out_already,omitempty"`
	OutNotThere int `json:"out_not_there,omitempty"`
	// Held is how many contacts stay as they are because their rows were rejected.
	Held int `json:"held,omitempty"`
	// Missing is how many contacts of a target are not in the source of a sync; Kept of them stay all the same, because the
	// source may not be whole.
	Missing int `json:"missing,omitempty"`
	Kept    int `json:"kept,omitempty"`
	// Target is how many contacts the target of a sync has.
	Target int `json:"target,omitempty"`
	// Fields is how many contacts get another value, by merge tag, and Blank how many keep theirs because the source has an
	// empty cell for it.
	Fields map[string]int `json:"fields,omitempty"`
	Blank  map[string]int `json:"blank,omitempty"`
	// Lists is how many contacts join a list that they are not on, those that are created among them, by the list's id.
	Lists map[int64]int `json:"lists,omitempty"`
	// Valued is set when contacts are created with values.
	Valued bool `json:"valued,omitempty"`
}
