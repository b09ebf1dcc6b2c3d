package coerce

import "strings"

// Words for "there is nothing" leave a field as it is, and are counted. Some of them are names too: Null is a surname, Nan a
// given name, NA the code of Namibia. Texts therefore take only the forms that programs write.

// longestPlaceholder spares long cells the look-up.
const longestPlaceholder = 16

// isNothingAsText tells what programs write for nothing, and no person does.
func isNothingAsText(cell string) bool {
	switch cell {
	case "NULL", "null", "NaN", "nan", "undefined", `\N`, "N/A", "n/a", "(null)", "<null>", "[null]", "{null}", "(NULL)",
		"<NULL>", "[NULL]", "(blank)", "-", "--", "---", "–", "—":
		return true
	}
	return false
}

// IsPlaceholder tells what stands for nothing where a number, a date or a flag is meant.
func IsPlaceholder(cell string) bool {
	if len(cell) > longestPlaceholder || cell == "" || isDigit(cell[0]) {
		return false
	}
	if cell[0] == '#' {
		return isErrorCell(cell)
	}
	switch strings.ToLower(cell) {
	case "null", "nil", "none", "na", "n/a", "nan", "undefined":
		return true
	}
	return isNothingAsText(cell)
}

// isErrorCell tells what a spreadsheet program shows where it can calculate nothing: #N/A, #DIV/0!, #WERT!, #¡VALOR!.
func isErrorCell(cell string) bool {
	switch cell {
	case "#N/A", "#NA", "#NV", "#N/D", "#N/DISP", "#GETTING_DATA", "#Н/Д":
		return true
	}
	if len(cell) < 4 || len(cell) > 24 || cell[0] != '#' || cell != strings.ToUpper(cell) {
		return false
	}
	return (cell[len(cell)-1] == '!' || cell[len(cell)-1] == '?') && !strings.Contains(cell, " ")
}

// isZeroDate tells a date that there never was, as programs write it for none: 0/0/00, 0000-00-00 00:00:00.
func isZeroDate(cell string) bool {
	if cell[0] != '0' && cell != "1900-01-00" {
		return false
	}
	if cell == "0" || strings.HasPrefix(cell, "0001-01-01") || cell == "1900-01-00" {
		return true
	}
	day, time, _ := strings.Cut(strings.Replace(cell, "T", " ", 1), " ")
	if strings.Trim(day, "0-/.") != "" || strings.Trim(time, "0:.Z+ ") != "" {
		return false
	}
	return len(day) >= 5 && strings.Count(day, "0") >= 3
}
