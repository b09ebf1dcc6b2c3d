//go:build ignore

// Writes a contact file of any size, true to life and the same for the same flags:
//
//	go run testdata/generate.go -rows 1000000 >contacts.csv
//
// A million rows are about 100 MB. Two in a hundred repeat an address, in other letters; one in a hundred has a value that
// does not fit. With -status there is a column of who may be mailed, and five in a hundred may not.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"strings"
)

var (
	firstNames = []string{"Ann", "Łukasz", "Zoë", "Jürgen", "María", "Bob", "Élise", "Kim", "Noémi", "Søren", "James", "Olivia", "Mehmet", "Yuki"}
	lastNames  = []string{"Müller", "Nowak", "Dupont", "O'Neil", "Núñez", "Smith", "Lefèvre", "Lee", "Szabó", "Ørsted", "Yılmaz", "Taylor"}
	companies  = []string{"Acme Inc", "Müller & Söhne GmbH", "\"Example, Sons & Daughters\"", "Nowak Sp. z o.o.", "Contoso Trading Company", ""}
	cities     = []string{"Köln", "Kraków", "Lyon", "Dublin", "Madrid", "Boston", "Budapest", "København"}
	domains    = []string{"gmail.com", "example.com", "Yahoo.com", "outlook.com", "example.org", "mail.example.net"}
	statuses   = []string{"unsubscribed", "cleaned", "Unsubscribed"}
)

func main() {
	rows := flag.Int("rows", 1_000_000, "how many")
	seed := flag.Uint64("seed", 1, "another file of the kind")
	status := flag.Bool("status", false, "with a column of who may be mailed")
	flag.Parse()
	random := rand.New(rand.NewPCG(*seed, 0))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	fmt.Fprint(out, "Email,first_name,last_name,company,city,signed_up,orders,vip")
	if *status {
		fmt.Fprint(out, ",status")
	}
	fmt.Fprintln(out)
	for i := range *rows {
		person, domain := i, domains[i%len(domains)]
		if i > 100 && random.IntN(50) == 0 {
			person = random.IntN(i)
			domain = strings.ToUpper(domains[person%len(domains)])
		}
		local := fmt.Sprintf("customer.%d", person)
		if random.IntN(4) == 0 {
			local = "Customer" + local[len("customer"):]
		}
		orders := fmt.Sprint(random.IntN(500))
		if random.IntN(10) == 0 {
			orders = fmt.Sprintf("\"%d,%03d\"", 1+random.IntN(9), random.IntN(1000))
		}
		email := local + "@" + domain
		switch random.IntN(200) {
		case 0:
			orders = "many"
		case 1:
			email = local + "(at)" + domain
		}
		fmt.Fprintf(out, "%s,%s,%s,%s,%s,20%02d-%02d-%02d,%s,%s", email, pick(firstNames), pick(lastNames), pick(companies), pick(cities),
			10+random.IntN(16), 1+random.IntN(12), 1+random.IntN(28), orders, []string{"yes", "no"}[random.IntN(2)])
		if *status {
			said := "subscribed"
			if random.IntN(20) == 0 {
				said = pick(statuses)
			}
			fmt.Fprint(out, ","+said)
		}
		fmt.Fprintln(out)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
