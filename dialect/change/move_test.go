package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMove(t *testing.T) {
	where := &Expr{Span: Span{3, 5}}
	index := Expr{Span: Span{6, 7}}
	ops := []Op{
		&Update{Header: Header{Span: Span{1, 9}}, Where: where},
		&Delete{Header: Header{Span: Span{1, 9}}, Where: where},
		&CreateTable{
			Columns: []Column{{Span: Span{2, 4}, Type: Type{Span: Span{3, 4}}}},
			Indexes: []CreateIndex{{Keys: []IndexKey{{Expr: &index}}}},
		},
	}
	Move(ops, func(s Span) Span { return Span{s.Start + 10, s.End + 10} })
	want := []Op{
		&Update{Header: Header{Span: Span{11, 19}}, Where: &Expr{Span: Span{13, 15}}},
		&Delete{Header: Header{Span: Span{11, 19}}, Where: &Expr{Span: Span{13, 15}}},
		&CreateTable{
			Header: Header{Span: Span{10, 10}},
			Columns: []Column{{
				Span: Span{12, 14}, NameSpan: Span{10, 10}, Type: Type{Span: Span{13, 14}, CollationSpan: Span{10, 10}},
				NotNullSpan: Span{10, 10}, IdentitySpan: Span{10, 10},
			}},
			Indexes: []CreateIndex{{Header: Header{Span: Span{10, 10}}, Keys: []IndexKey{{Expr: &Expr{Span: Span{16, 17}}}}}},
		},
	}
	if diff := cmp.Diff(want, ops); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
