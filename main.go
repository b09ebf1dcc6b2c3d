// Command mailtrap-contacts-mcp lets an AI agent look after the contacts of a Mailtrap account, over MCP.
package main

import (
	"os"

	"mailtrap-contacts-mcp/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:]))
}
