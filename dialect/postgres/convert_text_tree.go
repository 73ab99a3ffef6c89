package postgres

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// place is a string of a syntax tree.
type place struct {
	node  protoreflect.ProtoMessage
	field protoreflect.Name
}

// nameIn is the place of a name in a list of names.
func nameIn(n *pg.Node) place { return place{n.GetString_(), "sval"} }

// set writes the string.
func (p place) set(s string) {
	m := p.node.ProtoReflect()
	m.Set(m.Descriptor().Fields().ByName(p.field), protoreflect.ValueOfString(s))
}

// sameTree compares two trees, places in the source left aside. Where a string
// differs it asks whether that is allowed.
func sameTree(a, b *pg.Node, allowed func(at place, was, now string) bool) bool {
	c := comparing{allowed}
	return c.messages(a.ProtoReflect(), b.ProtoReflect())
}

type comparing struct {
	allowed func(at place, was, now string) bool
}

func (c comparing) messages(a, b protoreflect.Message) bool {
	if a.IsValid() != b.IsValid() || a.Descriptor() != b.Descriptor() {
		return false
	}
	if n, ok := a.Interface().(*pg.Node); ok {
		return c.nodes(n.ProtoReflect(), b)
	}
	fields := a.Descriptor().Fields()
	for i := range fields.Len() {
		if !c.fields(a, b, fields.Get(i)) {
			return false
		}
	}
	return true
}

// nodes compares what is in two nodes, each of which is one of very many things.
func (c comparing) nodes(a, b protoreflect.Message) bool {
	kinds := a.Descriptor().Oneofs().Get(0)
	x, y := a.WhichOneof(kinds), b.WhichOneof(kinds)
	if x != y {
		return false
	}
	return x == nil || c.messages(a.Get(x).Message(), b.Get(x).Message())
}

func (c comparing) fields(a, b protoreflect.Message, f protoreflect.FieldDescriptor) bool {
	switch {
	case isPosition(f.Name()):
		return true
	case f.IsList():
		return c.lists(a.Get(f).List(), b.Get(f).List(), f.Message() != nil)
	case f.Message() != nil:
		if !a.Has(f) && !b.Has(f) {
			return true
		}
		return a.Has(f) == b.Has(f) && c.messages(a.Get(f).Message(), b.Get(f).Message())
	case a.Has(f) != b.Has(f) && f.ContainingOneof() != nil:
		return false
	case a.Get(f).Equal(b.Get(f)):
		return true
	}
	return f.Kind() == protoreflect.StringKind && c.allowed(place{a.Interface(), f.Name()}, a.Get(f).String(), b.Get(f).String())
}

func (c comparing) lists(a, b protoreflect.List, messages bool) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !messages && !a.Get(i).Equal(b.Get(i)) || messages && !c.messages(a.Get(i).Message(), b.Get(i).Message()) {
			return false
		}
	}
	return true
}

// isPosition says whether a field tells where in the source a node stands.
func isPosition(name protoreflect.Name) bool {
	switch name {
	case "location", "stmt_location", "stmt_len", "name_location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end":
		return true
	}
	return false
}

// below calls node for each node right below a message, in the order of its fields.
func below(m protoreflect.Message, node func(*pg.Node), other func(protoreflect.Message)) {
	visit := func(m protoreflect.Message) {
		if n, ok := m.Interface().(*pg.Node); ok {
			node(n)
		} else {
			other(m)
		}
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case f.Message() == nil || !m.Has(f):
		case f.IsList():
			for k := range m.Get(f).List().Len() {
				visit(m.Get(f).List().Get(k).Message())
			}
		default:
			visit(m.Get(f).Message())
		}
	}
}

// inside is the message within a node; nil where it is empty.
func inside(n *pg.Node) protoreflect.Message {
	m := n.ProtoReflect()
	if f := m.WhichOneof(m.Descriptor().Oneofs().Get(0)); f != nil {
		return m.Get(f).Message()
	}
	return nil
}
