package tools

import "mailtrap-contacts-mcp/text"

// askedForErasure is what an agent is told of people who are contacts again after they asked for erasure. They may have
// come back of their own will, which only the operator can know.
func askedForErasure(contacts int) string {
	if contacts == 0 {
		return ""
	}
	return text.Count(contacts, "contact") + " asked for erasure before; ask the operator whether they agreed to be contacted again."
}

// erasedBefore is askedForErasure for a contact that was created alone.
func erasedBefore(is bool) string {
	if !is {
		return ""
	}
	return "This person asked for erasure before; ask the operator whether they agreed to be contacted again, and delete the contact if not."
}
