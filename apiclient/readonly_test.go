package apiclient

import (
	"context"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/fault"
)

// changing are the names of methods that change the account.
var changing = regexp.MustCompile(`^(Create|Update|Rename|Delete)`)

func TestAReadOnlyClientSendsNothingThatChangesTheAccount(t *testing.T) {
	network := always(http.StatusOK, `{}`)
	c := newClient(t, Config{Account: "1111111", ReadOnly: true, Transport: network})
	examples := map[reflect.Type]reflect.Value{
		reflect.TypeFor[context.Context](): reflect.ValueOf(t.Context()),
		reflect.TypeFor[ContactRef]():      reflect.ValueOf(ref(t, aUUID)),
		reflect.TypeFor[int64]():           reflect.ValueOf(int64(1)),
		reflect.TypeFor[string]():          reflect.ValueOf(aUUID),
	}
	refused := 0
	client := reflect.ValueOf(c)
	for method, value := range client.Methods() {
		if value.Type().NumIn() == 0 {
			continue
		}
		arguments := make([]reflect.Value, value.Type().NumIn())
		for i := range arguments {
			wanted := value.Type().In(i)
			arguments[i] = reflect.Zero(wanted)
			if example, ok := examples[wanted]; ok {
				arguments[i] = example
			}
		}
		before := len(network.sent())
		results := value.Call(arguments)
		err, _ := results[len(results)-1].Interface().(error)
		sent := network.sent()[before:]
		if changing.MatchString(method.Name) && method.Name != "CreateExport" {
			refused++
			wantFault(t, err, fault.ReadOnly)
			if len(sent) > 0 {
				t.Errorf("%s sent %s %s", method.Name, sent[0].method, sent[0].path)
			}
			continue
		}
		if fault.Is(err, fault.ReadOnly) {
			t.Errorf("%s is refused: %v", method.Name, err)
		}
		for _, request := range sent {
			if request.method != http.MethodGet && !strings.HasSuffix(request.path, "/contacts/exports") {
				t.Errorf("%s sent %s %s", method.Name, request.method, request.path)
			}
		}
	}
	if refused < 11 {
		t.Errorf("only %d methods were refused", refused)
	}
}
