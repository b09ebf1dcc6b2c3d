package where

import (
	"strings"

	"mailtrap-contacts-mcp/text"
)

// reserved are words that name a column only in double quotes.
var reserved = map[string]bool{
	"and": true, "or": true, "not": true, "is": true, "in": true, "like": true, "glob": true, "between": true,
	"then": true, "when": true, "else": true, "end": true,
	"escape": true, "as": true, "isnull": true, "notnull": true, "distinct": true,
}

func (p *parser) primary() *expr {
	t := p.next()
	switch {
	case t.kind == num:
		return &expr{op: opLiteral, at: t.at, to: t.to, name: t.text, val: numeric(t.text)}
	case t.kind == str:
		return &expr{op: opLiteral, at: t.at, to: t.to, val: t.text}
	case t.kind == quoted:
		return &expr{op: opColumn, at: t.at, to: t.to, name: t.text, not: true}
	case t.is("("):
		if inner := p.peek(); inner.kind == word && statements[strings.ToLower(inner.text)] && !p.isName() {
			return p.unexpected(inner)
		}
		e := p.or()
		if p.peek().is(",") {
			return p.fail(wrong(p.peek().at, "a list of values stands only behind IN"))
		}
		p.expect(")", "Each parenthesis that opens has to close.")
		return e
	case t.kind != word:
		return p.unexpected(t)
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
func (p *parser) named(t token) *expr {
	switch name := strings.ToLower(t.text); {
	case name == "null":
		return &expr{op: opLiteral, at: t.at, to: t.to}
	case name == "true", name == "false":
		return &expr{op: opLiteral, at: t.at, to: t.to, val: ofBool(name == "true"), name: truth}
	case name == "current_date":
		return &expr{op: opCall, at: t.at, to: t.to, name: "date"}
	case name == "current_timestamp":
		return &expr{op: opCall, at: t.at, to: t.to, name: "datetime"}
	case name == "case":
		return p.cases(t.at)
	case name == "cast" && p.peek().is("("):
		return p.cast(t.at)
	case p.peek().is("(") && reserved[name] && foreignFunctions[name] != "",
		name == "interval" && (p.peek().kind == num || p.peek().kind == str):
		return p.fail(wrong(t.at, "SQL has no %s here", strings.ToUpper(name)).because(foreignFunctions[name]))
	case reserved[name]:
		return p.unexpected(t)
	case p.accept("("):
		if statements[name] && foreignFunctions[name] == "" {
			return p.unexpected(t)
		}
		if p.accept("*") {
			return p.fail(wrong(t.at, "%s(*) counts contacts and is not a condition on one", text.Clip(t.text, 40)).
				because("The answer counts them anyhow."))
		}
		args := p.list("The arguments of a function stand between parentheses.")
		return &expr{op: opCall, at: t.at, to: t.to, name: name, args: args}
	case statements[name] && !p.followsName():
		return p.unexpected(t)
	}
	return &expr{op: opColumn, at: t.at, to: t.to, name: t.text}
}

// followsName tells whether what comes next fits behind a column's name.
func (p *parser) followsName() bool {
	p.i--
	defer func() { p.i++ }()
	return p.isName() || p.tokens[p.i+1].kind == end || p.tokens[p.i+1].is("and") || p.tokens[p.i+1].is("or")
}

func (p *parser) cases(at int) *expr {
	e := &expr{op: opCase, at: at}
	var subject *expr
	if !p.peek().is("when") {
		subject = p.or()
	}
	for p.accept("when") {
		condition := p.or()
		if subject != nil {
			condition = &expr{op: opCompare, at: condition.at, name: "=", args: []*expr{subject, condition}}
		}
		p.expect("then", "")
		e.args = append(e.args, condition, p.or())
	}
	if len(e.args) == 0 {
		return p.unexpected(p.peek())
	}
	otherwise := &expr{op: opLiteral, at: at}
	if p.accept("else") {
		otherwise = p.or()
	}
	e.args = append(e.args, otherwise)
	p.expect("end", "CASE ends with END.")
	return e
}

func (p *parser) cast(at int) *expr {
	const how = "CAST is written CAST(x AS integer)."
	p.i++
	e := p.or()
	p.expect("as", how)
	t := p.next()
	kind, known := map[string]string{
		"int": "integer", "integer": "integer", "real": "real", "float": "real", "numeric": "real", "text": "text",
	}[strings.ToLower(t.text)]
	if !known || t.kind != word {
		return p.fail(wrong(t.at, "%s is not a type to cast to", t.shown()).because("The types are integer, real and text."))
	}
	p.expect(")", how)
	return &expr{op: opCast, at: at, name: kind, args: []*expr{e}}
}
