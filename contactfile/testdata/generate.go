//go:build ignore

// Writes a contact file of any size, the same for the same flags:
//
//	go run ./contactfile/testdata/generate.go -rows 1000000 >contacts.csv
//
// A million rows are about 100 MB. One row in a hundred has a quoted line break, one in a thousand repeats an address, one
// in ten thousand has none.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
)

var (
	firstNames = []string{"Ann", "Łukasz", "Zoë", "Jürgen", "María", "Bob", "Élise", "Kim", "Noémi", "Søren"}
	lastNames  = []string{"Müller", "Nowak", "Dupont", "O'Neil", "Núñez", "Smith", "Lefèvre", "Lee", "Szabó", "Ørsted"}
	companies  = []string{"Acme Inc", "Müller & Söhne GmbH", "\"Example, Sons & Daughters\"", "Nowak Sp. z o.o.", "Contoso Trading"}
	cities     = []string{"Köln", "Kraków", "Lyon", "Dublin", "Madrid", "Boston", "Budapest", "København"}
	plans      = []string{"free", "trial", "pro", "enterprise"}
)

func main() {
	rows := flag.Int("rows", 1_000_000, "how many")
	seed := flag.Uint64("seed", 1, "another file of the kind")
	flag.Parse()
	random := rand.New(rand.NewPCG(*seed, 0))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	fmt.Fprintln(out, "email,first_name,last_name,company,city,plan,signed_up,score")
	for i := range *rows {
		person, company := i, pick(companies)
		switch {
		case i%1000 == 999:
			person = i / 2
		case i%100 == 50:
			company = "\"Contoso Trading\nBranch " + pick(cities) + "\""
		}
		email := fmt.Sprintf("person%d@example.com", person)
		if i%10_000 == 9_999 {
			email = ""
		}
		fmt.Fprintf(out, "%s,%s,%s,%s,%s,%s,20%02d-%02d-%02d,%d\n", email, pick(firstNames), pick(lastNames), company, pick(cities), pick(plans),
			10+random.IntN(16), 1+random.IntN(12), 1+random.IntN(28), random.IntN(100_000))
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
