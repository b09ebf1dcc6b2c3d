package server

import (
	"cmp"
	"context"
	"slices"

	"github.com/mark3labs/mcp-go/mcp"
)

// inOrder lists what is offered in the order of names; what is not among them comes last. mcp-go v1.2.1 sorts by name.
func inOrder[T mcp.Named](names []string) func(context.Context, []T) []T {
	places := make(map[string]int, len(names))
	for i, name := range names {
		places[name] = i - len(names)
	}
	return func(_ context.Context, listed []T) []T {
		slices.SortStableFunc(listed, func(a, b T) int { return cmp.Compare(places[a.GetName()], places[b.GetName()]) })
		return listed
	}
}
