package postgres

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// TestTell says what the statements change of the texts on its standard input,
// one quoted text to a line. internal/oracle holds the answers of two builds
// against each other.
func TestTell(t *testing.T) {
	if os.Getenv("SAFEMIG_TELL") == "" {
		t.Skip("internal/oracle asks")
	}
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.NewFile(3, "told"))
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		text, err := strconv.Unquote(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = out.WriteString(strconv.Quote(tell(text)) + "\n")
		if err := errors.Join(err, out.Flush()); err != nil {
			t.Fatal(err)
		}
	}
}

// tell is all that is understood of a text, with every place in it. Lines that
// begin with refused are where statements are refused, and why.
func tell(text string) string {
	s := parse(text)
	var b strings.Builder
	for _, stmt := range s.Stmts {
		if err := stmt.Err; err != nil {
			fmt.Fprintf(&b, "refused %v %q\n", err.Span, err.Message)
			stmt.Err = nil
		}
		fmt.Fprintln(&b, stmt.Index, placesIn(reflect.ValueOf(stmt)))
		for _, inner := range stmt.Inner {
			fmt.Fprintln(&b, stmt.Index, "runs", inner.Kind)
		}
	}
	return b.String() + dumpScript(s)
}

// placesIn are the places that stand in a value, at any depth.
func placesIn(v reflect.Value) []change.Span {
	if span, ok := v.Interface().(change.Span); ok {
		return []change.Span{span}
	}
	var places []change.Span
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			places = append(places, placesIn(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			places = append(places, placesIn(v.Index(i))...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			places = placesIn(v.Elem())
		}
	case reflect.Interface:
		if op, ok := v.Interface().(change.Op); ok {
			places = placesIn(reflect.ValueOf(op))
		}
	}
	return places
}
