package change

import "reflect"

// Move gives every place in the changes a new one: they were read from a text
// that is not the file's own, such as the value of a literal. What several of
// the changes share is moved once.
func Move(ops []Op, to func(Span) Span) {
	m := mover{to: to, moved: map[any]bool{}}
	for _, op := range ops {
		m.value(reflect.ValueOf(op))
	}
}

type mover struct {
	to    func(Span) Span
	moved map[any]bool // the pointers followed so far
}

func (m mover) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || m.moved[v.Interface()] {
			return
		}
		m.moved[v.Interface()] = true
		m.value(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			m.value(v.Index(i))
		}
	case reflect.Struct:
		m.fields(v)
	default: // holds no place
	}
}

func (m mover) fields(v reflect.Value) {
	if v.Type() == reflect.TypeFor[Span]() {
		if s, ok := v.Interface().(Span); ok {
			v.Set(reflect.ValueOf(m.to(s)))
		}
		return
	}
	for i := range v.NumField() {
		m.value(v.Field(i))
	}
}
