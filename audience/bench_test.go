package audience

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/store"
)

// million is an export of a million contacts with 20 fields, made while it is read.
type million struct {
	rows, next int
	rest       []byte
}

var plans = []string{"pro", "free", "team", "", "trial"}

// What is measured is the reading: the file is made of parts that are there.
var months, twoDigits = func() (months, twoDigits []string) {
	for i := range 84 {
		months = append(months, fmt.Sprintf("%d-%02d", 2020+i%7, 1+i%12))
	}
	for i := range 60 {
		twoDigits = append(twoDigits, fmt.Sprintf("%02d", i))
	}
	return months, twoDigits
}()

const benchHeader = "id,email,status"

func (m *million) Read(p []byte) (int, error) {
	for len(m.rest) == 0 {
		if m.next > m.rows {
			return 0, io.EOF
		}
		m.rest = m.rest[:0]
		if m.next == 0 {
			m.rest = append(m.rest, benchHeader...)
			for f := range 20 {
				m.rest = append(m.rest, ",field_"+strconv.Itoa(f)...)
			}
			m.rest = append(m.rest, ",list_ids,created_at,updated_at\n"...)
		}
		for range 200 {
			if m.next++; m.next > m.rows {
				break
			}
			m.rest = m.row(m.rest, m.next)
		}
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

func (m *million) row(b []byte, i int) []byte {
	b = append(b, "018dd5e3-f6d2-7c00-8f9b-"...)
	hex := strconv.FormatInt(int64(i)|1<<44, 16)
	b = append(append(b, hex...), ",person"...)
	b = strconv.AppendInt(b, int64(i)*7919%1_000_003, 10)
	b = append(b, "@example"...)
	b = strconv.AppendInt(b, int64(i%5000), 10)
	b = append(b, ".com,"...)
	b = append(b, []string{"subscribed", "subscribed", "unsubscribed"}[i%3]...)
	for f := range 20 {
		b = append(b, ',')
		switch f % 5 {
		case 0:
			b = append(b, plans[(i+f)%5]...)
		case 1:
			b = strconv.AppendInt(b, int64(i*31%1000), 10)
		case 2:
			b = append(append(append(b, months[i%84]...), '-'), twoDigits[1+i*f%28]...)
		case 3:
			b = append(append(b, "Anna Maria "...), strconv.Itoa(i*f%3000)...)
		case 4:
			b = append(b, []string{"true", "false", ""}[i%3]...)
		}
	}
	b = append(b, []string{",1,", ",\"1,2\",", ",,"}[i%3]...)
	b = append(b, "2026-"+twoDigits[1+i%9]+"-15T10:"+twoDigits[i%60]+":00.123Z,2026-04-28T12:40:45.000Z\n"...)
	return b
}

// audienceOf is an account with 20 fields whose export has so many rows.
func audienceOf(b *testing.B, rows int) *house {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddList("Newsletter")
	e.AddList("VIP")
	types := []string{"text", "integer", "date", "text", "boolean"}
	for f := range 20 {
		e.AddField(fmt.Sprintf("Field %d", f), types[f%5], fmt.Sprintf("field_%d", f))
	}
	h := at(b, b.TempDir(), e)
	h.exporter.stream = func() io.Reader { return &million{rows: rows} }
	return h
}

func rowsToMake() int {
	if n, err := strconv.Atoi(os.Getenv("AUDIENCE_BENCH_ROWS")); err == nil {
		return n
	}
	return 1_000_000
}

// BenchmarkReadingTheFile only reads the CSV: what building is measured against.
func BenchmarkReadingTheFile(b *testing.B) {
	for b.Loop() {
		rows, err := exports.Read(&million{rows: rowsToMake()})
		must(b, err)
		for {
			if _, err := rows.Next(); err == io.EOF {
				break
			}
			must(b, err)
		}
	}
	b.ReportMetric(float64(rowsToMake())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBuild(b *testing.B) {
	h := audienceOf(b, rowsToMake())
	for b.Loop() {
		sn, err := h.Snapshot(b.Context(), Want{Refresh: true})
		must(b, err)
		if info, err := os.Stat(sn.path); err == nil {
			b.ReportMetric(float64(info.Size())/1e6, "MB-file")
		}
		sn.Release()
	}
	b.ReportMetric(float64(rowsToMake())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(peak(b), "MB-peak-RSS")
}

func BenchmarkAsk(b *testing.B) {
	h := audienceOf(b, rowsToMake())
	sn, err := h.Snapshot(b.Context(), Want{})
	must(b, err)
	b.Cleanup(sn.Release)
	for _, where := range []string{
		"status = 'subscribed' AND field_0 = 'pro'", "status = 'subscribed' AND field_0 = 'pro' AND field_2 < date('now','-90 days') AND in_list('Newsletter')", "field_3 LIKE '%maria 17%'",
		"email LIKE '%77@%'", "email_domain = 'example42.com'", "created_at > '2026-04-01'", "field_1 + field_6 > 1500",
	} {
		b.Run(where, func(b *testing.B) {
			times(b, func() {
				total, _, err := sn.Count(b.Context(), where)
				if err != nil || total == 0 {
					b.Fatal(total, err)
				}
			})
		})
	}
	b.Run("look-up", func(b *testing.B) {
		i := 0
		times(b, func() {
			i = (i*31 + 77) % rowsToMake()
			_, found, err := sn.Find(b.Context(), fmt.Sprintf("person%d@example%d.com", (i+1)*7919%1_000_003, (i+1)%5000))
			if err != nil || !found {
				b.Fatal(found, err)
			}
		})
	})
	b.Run("search by order", func(b *testing.B) {
		times(b, func() {
			_, err := sn.Search(b.Context(), Query{Where: "status = 'subscribed'", OrderBy: "created_at desc"})
			must(b, err)
		})
	})
	b.Run("count by domain", func(b *testing.B) {
		times(b, func() {
			_, err := sn.CountBy(b.Context(), "", "", "email_domain", 10)
			must(b, err)
		})
	})
	b.Run("report", func(b *testing.B) {
		times(b, func() {
			_, err := sn.Report(b.Context(), "", false)
			must(b, err)
		})
	})
	b.Logf("peak RSS %.0f MB", peak(b))
}

// BenchmarkAskWhoIsSuppressed asks a million contacts beside a hundred thousand suppressions, nearly all of them of contacts.
func BenchmarkAskWhoIsSuppressed(b *testing.B) {
	h := audienceOf(b, rowsToMake())
	h.account.AddSuppression("person1@example.com", "hard bounce", "bulk", "example.com")
	sn, err := h.Snapshot(b.Context(), Want{})
	must(b, err)
	b.Cleanup(sn.Release)
	list, err := h.Suppressed.List(b.Context(), false, nil)
	must(b, err)
	db, err := store.OpenFile(list.Path, "rw")
	must(b, err)
	_, err = db.ExecContext(b.Context(), fmt.Sprintf(`INSERT INTO suppression WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		SELECT 'person' || (10 * i * 7919 %% 1000003) || '@example' || (10 * i %% 5000) || '.com', 'id' || i, 1, '2026-0' || (1 + i %% 9) || '-01 00:00:00'
		FROM n WHERE 10 * i <= %d`, rowsToMake()))
	must(b, err)
	must(b, db.Close())
	began := time.Now()
	total, _, err := sn.Count(b.Context(), "suppressed")
	must(b, err)
	b.Logf("%d of the contacts are suppressed; the first question took %s", total, time.Since(began).Round(time.Millisecond))
	for _, where := range []string{
		"status = 'subscribed'", "status = 'subscribed' AND NOT suppressed", "is_suppressed('hard bounce', 'bulk', 'example.com')",
		"suppressed_at > '2026-04-01'", "in_list('Newsletter') AND NOT is_suppressed('hard bounce')",
	} {
		b.Run(where, func(b *testing.B) {
			times(b, func() {
				total, _, err := sn.Count(b.Context(), where)
				if err != nil || total == 0 {
					b.Fatal(total, err)
				}
			})
		})
	}
	b.Run("a dozen in one question", func(b *testing.B) {
		var dozen []string
		for _, stream := range []string{"bulk", "transactional"} {
			of := "status = 'subscribed' AND (0 = 1"
			for _, kind := range []string{"spam complaint", "hard bounce", "unsubscription", "manual import", "any"} {
				of += " OR is_suppressed('" + kind + "', '" + stream + "')"
				dozen = append(dozen, of+")")
			}
			dozen = append(dozen, "status = 'subscribed' AND NOT is_suppressed('any', '"+stream+"')")
		}
		times(b, func() {
			counts, err := sn.CountEach(b.Context(), "in_list('Newsletter')", dozen)
			if err != nil || counts[11] == 0 {
				b.Fatal(counts, err)
			}
		})
	})
	b.Logf("peak RSS %.0f MB", peak(b))
}

// times reports the median.
func times(b *testing.B, do func()) {
	var all []time.Duration
	for b.Loop() {
		began := time.Now()
		do()
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms-median")
}

// peak is the most memory that the process had, in MB; 0 where the system does not tell.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kb, found := strings.CutPrefix(line, "VmHWM:"); found {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 64)
			must(b, err)
			return n / 1000
		}
	}
	return 0
}
