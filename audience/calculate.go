package audience

import "math"

func negated(v value) value {
	switch v.kind {
	case integer:
		if v.int() == math.MinInt64 {
			return ofFloat(-float64(v.int()))
		}
		return ofInt(-v.int())
	case float:
		return ofFloat(-v.float())
	case textual:
		return ofInt(0)
	}
	return v
}

// calculate does what SQLite does: integers stay integers while they can, and what cannot be divided is NULL.
func calculate(symbol string, a, b value) value {
	if a.kind == null || b.kind == null {
		return value{}
	}
	if a.kind == textual {
		a = ofInt(0)
	}
	if b.kind == textual {
		b = ofInt(0)
	}
	if a.kind == integer && b.kind == integer || symbol == "%" {
		if v, ok := calculateInts(symbol, a, b); ok {
			return v
		}
	}
	x, _ := a.number()
	y, _ := b.number()
	switch symbol {
	case "+":
		x += y
	case "-":
		x -= y
	case "*":
		x *= y
	case "/":
		if y == 0 {
			return value{}
		}
		x /= y
	}
	if math.IsNaN(x) {
		return value{}
	}
	return ofFloat(x)
}

func calculateInts(symbol string, a, b value) (value, bool) {
	x, y := toInt(a), toInt(b)
	switch symbol {
	case "+":
		sum := x + y
		return ofInt(sum), (sum > x) == (y > 0)
	case "-":
		difference := x - y
		return ofInt(difference), (difference < x) == (y > 0)
	case "*":
		if x == 0 || y == 0 {
			return ofInt(0), true
		}
		product := x * y
		return ofInt(product), product/y == x && (x != -1 || y != math.MinInt64) && (y != -1 || x != math.MinInt64)
	}
	switch {
	case y == 0:
		return value{}, true
	case x == math.MinInt64 && y == -1:
		return ofInt(0), symbol == "%"
	case symbol == "/":
		return ofInt(x / y), true
	}
	rest := ofInt(x % y)
	if a.kind == float || b.kind == float {
		rest = ofFloat(float64(rest.int()))
	}
	return rest, true
}

func toInt(v value) int64 {
	if v.kind == integer {
		return v.int()
	}
	f, _ := v.number()
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}
