// Command start measures how a server starts beside a minimal one: the time until it has introduced itself, until it has
// listed its tools, and the memory it has then. The two start in turn, many times, and their best runs are compared, and more
// often where those are too slow, so that a busy machine matters little.
//
//	start MINIMAL PRODUCT
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	rounds = 15
	// mostRounds are for a machine that has other things to do.
	mostRounds = 100
	// settled is how long after its last answer a server's memory is looked at.
	settled = 100 * time.Millisecond
)

// measures are what is measured, with how many times the minimal server's the product's may be: a quarter more than it was when
// this was written.
var measures = []struct {
	name string
	most float64
}{{"ms to initialize", 2.1}, {"ms to tools/list", 2.2}, {"MB when idle", 2.75}}

// figures are one value for each measure.
type figures [3]float64

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: start MINIMAL PRODUCT")
		os.Exit(2)
	}
	if err := compare(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare(minimal, product string) error {
	data, err := os.MkdirTemp("", "start")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	var best [2]figures
	for round := 0; round <= rounds || round <= mostRounds && verdict(best) != nil; round++ {
		for i, program := range []string{minimal, product} {
			found, err := measure(program, data)
			if err != nil {
				return fmt.Errorf("%s: %w", program, err)
			}
			for m := range found {
				if round < 2 || found[m] < best[i][m] { // the first round makes the data folder
					best[i][m] = found[m]
				}
			}
		}
	}
	for m, measure := range measures {
		fmt.Printf("%-17s %5.1f, minimal %5.1f: %.2f times\n", measure.name, best[1][m], best[0][m], best[1][m]/best[0][m])
	}
	return verdict(best)
}

// verdict says which of the product's figures are too large.
func verdict(best [2]figures) error {
	var tooMuch []error
	for m, measure := range measures {
		if ratio := best[1][m] / best[0][m]; ratio > measure.most {
			tooMuch = append(tooMuch, fmt.Errorf("%s: %.2f times those of a minimal server, and %.2f is the most",
				measure.name, ratio, measure.most))
		}
	}
	return errors.Join(tooMuch...)
}

const (
	hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},` +
		`"clientInfo":{"name":"start","version":"1"}}}` + "\n"
	list = `{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n" + `{"jsonrpc":"2.0","id":2,"method":"tools/list"}` + "\n"
)

// measure starts a program, speaks with it over stdio, and ends it.
func measure(program, data string) (found figures, err error) {
	command := exec.CommandContext(context.Background(), program)
	command.Env = append(os.Environ(), "MAILTRAP_API_TOKEN=0123456789abcdef0123456789abcdef",
		"MAILTRAP_MCP_DATA="+data, "MAILTRAP_MCP_FILES="+data)
	in, err := command.StdinPipe()
	if err != nil {
		return found, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return found, err
	}
	answers := bufio.NewReaderSize(out, 64<<10)
	began := time.Now()
	if err := command.Start(); err != nil {
		return found, err
	}
	for i, request := range []string{hello, list} {
		if _, err := io.WriteString(in, request); err != nil {
			return found, err
		}
		answer, err := answers.ReadString('\n')
		found[i] = float64(time.Since(began).Microseconds()) / 1000
		if err != nil || !strings.Contains(answer, `"result"`) {
			return found, fmt.Errorf("it answered %q: %w", answer, err)
		}
	}
	<-time.After(settled)
	if found[2], err = memory(command.Process.Pid); err != nil {
		return found, err
	}
	return found, errors.Join(in.Close(), command.Wait())
}

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// memory is what a process has in memory, in MB, as Linux counts it.
func memory(process int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return 0, err
	}
	kilobytes := resident.FindSubmatch(status)
	if kilobytes == nil {
		return 0, errors.New("the system does not say how much memory it has")
	}
	counted, err := strconv.ParseFloat(string(kilobytes[1]), 64)
	return counted / 1024, err
}
