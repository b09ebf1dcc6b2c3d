package contactfile

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
)

const maxStyles = 1 << 16 // as many as Excel has

// cellFormat is what a cell's number stands for.
type cellFormat struct {
	kind   numberKind
	digits int  // of a number that is filled up with zeros, such as a postal code
	struck bool // it is crossed out
}

type numberKind byte

const (
	plainNumber numberKind = iota
	dateNumber
	timeNumber
	dateTimeNumber
)

// readStyles returns the format of each cell style.
func (b *workbook) readStyles() ([]cellFormat, error) {
	if b.styles == "" || b.find(b.styles) == nil {
		return nil, nil
	}
	codes := map[string]cellFormat{}
	var styles []cellFormat
	fonts, among, struck := 0, false, map[string]bool{}
	err := b.each(b.styles, maxStyling, func(inside string, element xml.StartElement) error {
		switch {
		case inside == "styleSheet":
			among = element.Name.Local == "fonts"
		case inside == "fonts" && among:
			fonts++
		case inside == "font" && among && element.Name.Local == "strike":
			if isStrike(element) && fonts <= maxStyles {
				struck[strconv.Itoa(fonts-1)] = true
			}
		case inside == "numFmts" && element.Name.Local == "numFmt" && len(codes) < maxStyles:
			codes[attribute(element, "numFmtId")] = formatOf(attribute(element, "formatCode"))
		case inside == "cellXfs" && element.Name.Local == "xf" && len(styles) < maxStyles:
			id := attribute(element, "numFmtId")
			format, own := codes[id]
			if !own {
				format = builtIn(id)
			}
			format.struck = struck[attribute(element, "fontId")]
			styles = append(styles, format)
		}
		return nil
	})
	return styles, err
}

// builtIn are the formats that every workbook has: ECMA-376, 18.8.30, with those of East Asian Excels.
func builtIn(id string) cellFormat {
	number, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return cellFormat{}
	case number >= 14 && number <= 17, number >= 27 && number <= 31, number == 36, number >= 50 && number <= 54, number == 57, number == 58:
		return cellFormat{kind: dateNumber}
	case number >= 18 && number <= 21, number >= 32 && number <= 35, number == 45, number == 47, number == 55, number == 56:
		return cellFormat{kind: timeNumber}
	case number == 22:
		return cellFormat{kind: dateTimeNumber}
	}
	return cellFormat{}
}

// formatOf reads a format code such as `dd/mm/yyyy;@`, `[$-409]h:mm AM/PM` or `00000`. Only the first section, that of
// positive numbers, is looked at. Hours that count on beyond a day, `[h]:mm`, are a duration and stay a number.
func formatOf(code string) cellFormat {
	var plain strings.Builder
	for rest := code; rest != ""; {
		b := rest[0]
		rest = rest[1:]
		switch b {
		case ';':
			rest = ""
		case '"':
			_, rest, _ = strings.Cut(rest, `"`)
		case '\\', '_', '*':
			if rest != "" {
				rest = rest[1:]
			}
		case '[':
			inside, behind, _ := strings.Cut(rest, "]")
			if inside = strings.ToLower(inside); inside != "" && strings.Trim(inside, "hms") == "" {
				return cellFormat{}
			}
			rest = behind
		default:
			plain.WriteByte(b)
		}
	}
	return classify(strings.ToLower(plain.String()))
}

func classify(plain string) cellFormat {
	if strings.Contains(plain, "general") {
		return cellFormat{}
	}
	if len(plain) > 1 && len(plain) <= 15 && strings.Trim(plain, "0") == "" {
		return cellFormat{digits: len(plain)}
	}
	clock := strings.ContainsAny(plain, "hs")
	day := strings.ContainsAny(plain, "yd") || strings.Contains(plain, "m") && !clock
	switch {
	case day && clock:
		return cellFormat{kind: dateTimeNumber}
	case day:
		return cellFormat{kind: dateNumber}
	case clock:
		return cellFormat{kind: timeNumber}
	}
	return cellFormat{}
}

// show writes a number as a cell. Dates are in ISO form; other numbers have the fifteen digits Excel counts with, never an
// exponent, a currency or a separator of thousands.
func (f cellFormat) show(written string, date04 bool) string {
	written = strings.TrimSpace(written)
	if f.kind == plainNumber && f.digits == 0 && isWhole(written) {
		return written
	}
	number, err := strconv.ParseFloat(written, 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return written
	}
	if f.kind != plainNumber {
		if shown, ok := f.moment(number, date04); ok {
			return shown
		}
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64)
	if err != nil {
		rounded = number
	}
	shown := strconv.FormatFloat(rounded, 'f', -1, 64)
	if f.digits > len(shown) && isWhole(shown) && shown[0] != '-' {
		shown = strings.Repeat("0", f.digits-len(shown)) + shown
	}
	return shown
}

func isWhole(written string) bool {
	digits := strings.TrimPrefix(written, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// moment shows a number of days as a date, a time of day or both.
func (f cellFormat) moment(days float64, date04 bool) (string, bool) {
	const last = 2958466 // the day after 9999-12-31
	if days < 0 || days >= last {
		return "", false
	}
	whole, part := math.Modf(days)
	seconds := math.Round(part * 86400)
	start := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date04:
		start = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case whole < 60: // Excel has a 29 February in 1900, which was none
		start = start.AddDate(0, 0, 1)
	}
	at := start.AddDate(0, 0, int(whole)).Add(time.Duration(seconds) * time.Second)
	if at.Year() > 9999 {
		return "", false
	}
	switch {
	case f.kind == timeNumber && days < 1:
		return at.Format(time.TimeOnly), true
	case f.kind == dateNumber, seconds == 0 && f.kind == dateTimeNumber:
		return at.Format(time.DateOnly), true
	}
	return at.Format("2006-01-02T15:04:05"), true
}
