package apiclient

import (
	"context"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

func TestWhereWritesAreRecordedNoneIsSentThatNobodyRecords(t *testing.T) {
	for _, op := range operations() {
		e := emulator.New(emulator.Config{})
		c := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Recorded: true})
		_ = op.do(t.Context(), c)
		changes := op.writes && op.name != "CreateExport"
		if sent := len(e.Requests()) > 0; sent == changes {
			t.Errorf("%s: sent %t", op.name, sent)
		}
		before := 0
		_ = op.do(t.Context(), c.OnSend(func(context.Context) error { before++; return nil }))
		if changes != (before > 0) || changes && len(e.Requests()) == 0 {
			t.Errorf("%s: recorded %d times, and %d requests", op.name, before, len(e.Requests()))
		}
	}
}
