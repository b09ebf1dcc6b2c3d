package schema

import (
	"errors"
	"slices"
	"strconv"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// finding is one thing the validator refused, before it is put into words.
type finding struct {
	location []string
	reason   any // a kind of the validator's, or missing, unknown or notText
}

// missing and unknown are findings about one property each; the validator names several at once, at their parent.
type (
	missing struct{}
	unknown struct{ suggest bool }
)

// check returns what the validator refuses in value, in words and in order.
func (r *rules) check(value any) Violations {
	findings := notTexts(value, nil, nil)
	var invalid *validator.ValidationError
	if errors.As(r.compiled.Validate(value), &invalid) {
		findings = collect(invalid, findings)
	}
	slices.SortStableFunc(findings, func(a, b finding) int { return r.shape.compare(a.location, b.location) })
	var violations Violations
	for _, found := range findings {
		violations = append(violations, r.word(found, value))
	}
	return violations
}

func collect(invalid *validator.ValidationError, findings []finding) []finding {
	if len(invalid.Causes) > 0 {
		for _, cause := range invalid.Causes {
			findings = collect(cause, findings)
		}
		return findings
	}
	switch reason := invalid.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range reason.Missing {
			findings = append(findings, finding{below(invalid.InstanceLocation, name), missing{}})
		}
	case *kind.AdditionalProperties:
		slices.Sort(reason.Properties)
		for i, name := range reason.Properties {
			// Comparing names is dear, and nobody sees more than the first violations.
			findings = append(findings, finding{below(invalid.InstanceLocation, name), unknown{suggest: i < maxShown}})
		}
	case *kind.UniqueItems:
		repeated := strconv.Itoa(reason.Duplicates[1])
		findings = append(findings, finding{below(invalid.InstanceLocation, repeated), reason})
	default:
		findings = append(findings, finding{invalid.InstanceLocation, reason})
	}
	return findings
}

func below(location []string, step string) []string {
	return append(slices.Clone(location), step)
}

// valueAt follows a location of the validator's into the tree it checked.
func valueAt(value any, location []string) any {
	for _, step := range location {
		switch parent := value.(type) {
		case map[string]any:
			value = parent[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(parent) {
				return nil
			}
			value = parent[i]
		}
	}
	return value
}
