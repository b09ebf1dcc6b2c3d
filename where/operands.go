package where

import (
	"strings"

	"mailtrap-contacts-mcp/text"
)

// reserved are words that are no column's name unless they stand in double quotes.
var reserved = map[string]bool{
	"and": true, "or": true, "not": true, "is": true, "in": true, "like": true, "glob": true, "between": true,
	"then": true, "when": true, "else": true, "end": true,
	"escape": true, "as": true, "isnull": true, "notnull": true, "distinct": true,
}

func (p *parser) primary() (*expr, error) {
	t := p.next()
	switch {
	case t.kind == num:
		return &expr{op: opLiteral, at: t.at, to: t.to, name: t.text, val: numeric(t.text)}, nil
	case t.kind == str:
		return &expr{op: opLiteral, at: t.at, to: t.to, val: t.text}, nil
	case t.kind == quoted:
		return &expr{op: opColumn, at: t.at, to: t.to, name: t.text, not: true}, nil
	case t.is("("):
		if inner := p.peek(); inner.kind == word && statements[strings.ToLower(inner.text)] && !p.isName() {
			return nil, p.unexpected(inner)
		}
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		if p.peek().is(",") {
			return nil, wrong(p.peek().at, "a list of values stands only behind IN")
		}
		return e, p.expect(")", "Each parenthesis that opens has to close.")
	case t.kind != word:
		return nil, p.unexpected(t)
	}
	return p.named(t)
}

// isName tells a word that could begin a statement from a column of that name.
func (p *parser) isName() bool {
	after := p.tokens[min(p.i+1, len(p.tokens)-1)]
	return after.kind == symbol && after.text != "*" && after.text != "(" ||
		after.is("is") || after.is("in") || after.is("like") || after.is("not") || after.is("between")
}

// named reads what begins with a word: a constant, CASE, CAST, a function or a column.
func (p *parser) named(t token) (*expr, error) {
	switch name := strings.ToLower(t.text); {
	case name == "null":
		return &expr{op: opLiteral, at: t.at, to: t.to}, nil
	case name == "true", name == "false":
		return &expr{op: opLiteral, at: t.at, to: t.to, val: ofBool(name == "true"), name: truth}, nil
	case name == "current_date":
		return &expr{op: opCall, at: t.at, to: t.to, name: "date"}, nil
	case name == "current_timestamp":
		return &expr{op: opCall, at: t.at, to: t.to, name: "datetime"}, nil
	case name == "case":
		return p.cases(t.at)
	case name == "cast" && p.peek().is("("):
		return p.cast(t.at)
	case p.peek().is("(") && reserved[name] && foreignFunctions[name] != "",
		name == "interval" && (p.peek().kind == num || p.peek().kind == str):
		return nil, wrong(t.at, "SQL has no %s here", strings.ToUpper(name)).because(foreignFunctions[name])
	case reserved[name]:
		return nil, p.unexpected(t)
	case p.accept("("):
		if statements[name] && foreignFunctions[name] == "" {
			return nil, p.unexpected(t)
		}
		if p.accept("*") {
			return nil, wrong(t.at, "%s(*) counts contacts and is not a condition on one", text.Clip(t.text, 40)).
				because("The answer counts them anyhow.")
		}
		args, err := p.list("The arguments of a function stand between parentheses.")
		return &expr{op: opCall, at: t.at, to: t.to, name: name, args: args}, err
	case statements[name] && !p.followsName():
		return nil, p.unexpected(t)
	}
	return &expr{op: opColumn, at: t.at, to: t.to, name: t.text}, nil
}

// followsName tells whether what comes next fits behind a column's name.
func (p *parser) followsName() bool {
	p.i--
	defer func() { p.i++ }()
	return p.isName() || p.tokens[p.i+1].kind == end || p.tokens[p.i+1].is("and") || p.tokens[p.i+1].is("or")
}

func (p *parser) cases(at int) (*expr, error) {
	e := &expr{op: opCase, at: at}
	var subject *expr
	if !p.peek().is("when") {
		var err error
		if subject, err = p.or(); err != nil {
			return nil, err
		}
	}
	for p.accept("when") {
		condition, err := p.or()
		if err != nil {
			return nil, err
		}
		if subject != nil {
			condition = &expr{op: opCompare, at: condition.at, name: "=", args: []*expr{subject, condition}}
		}
		if err := p.expect("then", ""); err != nil {
			return nil, err
		}
		result, err := p.or()
		if err != nil {
			return nil, err
		}
		e.args = append(e.args, condition, result)
	}
	if len(e.args) == 0 {
		return nil, p.unexpected(p.peek())
	}
	otherwise := &expr{op: opLiteral, at: at}
	if p.accept("else") {
		var err error
		if otherwise, err = p.or(); err != nil {
			return nil, err
		}
	}
	e.args = append(e.args, otherwise)
	return e, p.expect("end", "CASE ends with END.")
}

func (p *parser) cast(at int) (*expr, error) {
	p.i++
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if err := p.expect("as", "CAST is written CAST(x AS integer)."); err != nil {
		return nil, err
	}
	t := p.next()
	kind, known := map[string]string{
		"int": "integer", "integer": "integer", "real": "real", "float": "real", "numeric": "real", "text": "text",
	}[strings.ToLower(t.text)]
	if !known || t.kind != word {
		return nil, wrong(t.at, "%s is not a type to cast to", t.shown()).because("The types are integer, real and text.")
	}
	return &expr{op: opCast, at: at, name: kind, args: []*expr{e}}, p.expect(")", "CAST is written CAST(x AS integer).")
}
