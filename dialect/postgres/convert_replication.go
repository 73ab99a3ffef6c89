package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// replication is the statements about publications and subscriptions.
func (c *converter) replication(n *pg.Node) (string, []change.Op) {
	o := change.Object{Verb: "create"}
	switch v := n.GetNode().(type) {
	case *pg.Node_CreatePublicationStmt:
		s := v.CreatePublicationStmt
		o.Class, o.Name.Name = "publication", s.GetPubname()
		publishes(&o, s.GetPubobjects())
		if s.GetForAllTables() {
			o.Action = "all tables"
		}
	case *pg.Node_AlterPublicationStmt:
		s := v.AlterPublicationStmt
		o.Class, o.Verb, o.Name.Name = "publication", "alter", s.GetPubname()
		publishes(&o, s.GetPubobjects())
		o.Action = publicationAction(s.GetAction())
		if len(s.GetOptions()) > 0 {
			o.Action = "set (" + optionNames(s.GetOptions()) + ")"
		}
	case *pg.Node_CreateSubscriptionStmt:
		o.Class, o.Name.Name = "subscription", v.CreateSubscriptionStmt.GetSubname()
	case *pg.Node_AlterSubscriptionStmt:
		o.Class, o.Verb, o.Name.Name = "subscription", "alter", v.AlterSubscriptionStmt.GetSubname()
	case *pg.Node_DropSubscriptionStmt:
		o.Class, o.Verb, o.Name.Name = "subscription", "drop", v.DropSubscriptionStmt.GetSubname()
		o.IfExists = v.DropSubscriptionStmt.GetMissingOk()
	default:
		return "", nil
	}
	return c.object(o)
}

// publicationAction is what ALTER PUBLICATION does with the tables it names.
func publicationAction(a pg.AlterPublicationAction) string {
	switch a {
	case pg.AlterPublicationAction_AP_AddObjects:
		return "add"
	case pg.AlterPublicationAction_AP_DropObjects:
		return "drop"
	}
	return "set"
}

// publishes is what a publication names. What the search_path decides on
// (TABLES IN SCHEMA CURRENT_SCHEMA) has no name.
func publishes(o *change.Object, objects []*pg.Node) {
	for _, n := range objects {
		spec := n.GetPublicationObjSpec()
		if spec.GetPubobjtype() == pg.PublicationObjSpecType_PUBLICATIONOBJ_TABLES_IN_SCHEMA {
			o.Schemas = append(o.Schemas, spec.GetName())
		}
		t := spec.GetPubtable()
		if t == nil {
			continue
		}
		name := tableName(t.GetRelation())
		o.Tables = append(o.Tables, name)
		if columns := t.GetColumns(); len(columns) > 0 {
			o.Listed = append(o.Listed, change.Listed{Table: name, Columns: stringsOf(columns)})
		}
	}
}
