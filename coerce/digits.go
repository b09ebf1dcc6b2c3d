package coerce

func number(digits string) (n int) {
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

func areDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit[C byte | rune](c C) bool { return c >= '0' && c <= '9' }
func isLetter(c byte) bool            { return c|0x20 >= 'a' && c|0x20 <= 'z' }
