package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// describeColumns reads the types of the key's columns, and refuses those along
// which a walk could miss rows.
func (f mysqlFlavour) describeColumns(ctx context.Context, c *sql.Conn, t *Table, schema, table string) error {
	for i := range t.Key {
		k := &t.Key[i]
		err := c.QueryRowContext(ctx, "SELECT LOWER(data_type) FROM information_schema.columns WHERE table_schema = "+mysqlString(schema)+
			" AND table_name = "+mysqlString(table)+" AND column_name = "+mysqlString(k.Name)).Scan(&k.Type)
		if err != nil {
			return fmt.Errorf("reading the type of %s.%s: %w", t.Name, k.Name, err)
		}
		if why := noKey(k.Type); why != "" {
			return fmt.Errorf("%s cannot be walked along its column %s, of type %s: %s; name another unique key with key=", t.Name, k.Name, k.Type, why)
		}
		k.Class = mysqlClass(k.Type)
		if k.Type == "timestamp" {
			if err := f.fixedZone(ctx, c, t, k.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

func mysqlClass(dataType string) Class {
	switch dataType {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year":
		return Number
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return Bytes
	case "date", "time", "datetime", "timestamp":
		return Time
	case "uuid":
		return UUID
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		return Text
	}
	return Other
}

// noKey says why a type's order cannot be told in SQL; empty where it can.
func noKey(dataType string) string {
	switch dataType {
	case "enum", "set":
		return "its index has the order in which the values were declared, and a comparison the alphabet's"
	case "bit":
		return "its values have no literal that every comparison takes alike"
	case "float", "double":
		return "what is printed of a value is not the value"
	case "json", "geometry", "vector":
		return "it has no order"
	}
	return ""
}

// fixedZone: a TIMESTAMP is compared in the session's zone. Where an hour of it comes
// twice in autumn, the range of a batch would not be that of the index.
func (f mysqlFlavour) fixedZone(ctx context.Context, c *sql.Conn, t *Table, column string) error {
	var zone, system string
	if err := c.QueryRowContext(ctx, "SELECT @@session.time_zone, @@system_time_zone").Scan(&zone, &system); err != nil {
		return fmt.Errorf("reading the time zone: %w", err)
	}
	if strings.EqualFold(zone, "SYSTEM") {
		zone = system
	}
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") || slices.Contains([]string{"UTC", "GMT", "ETC/UTC", "ETC/GMT", "ZULU"}, strings.ToUpper(zone)) {
		return nil
	}
	return fmt.Errorf("%s cannot be walked along its column %s, a TIMESTAMP, in the time zone %s, where an hour may come twice: name another unique key with key=, "+
		"or give the DSN a fixed zone (time_zone=%%27%%2B00:00%%27) if nothing in the statement depends on it", t.Name, column, zone)
}

// setsOwn: a column that a joined UPDATE sets without its table's name may be
// another table's, whose rows several batches could change.
func (f mysqlFlavour) setsOwn(ctx context.Context, c *sql.Conn, j *Job, schema, table string) error {
	if j.Kind != Update || j.From == "" {
		return nil
	}
	for _, a := range j.Set {
		var n int
		err := c.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.columns WHERE table_schema = "+mysqlString(schema)+
			" AND table_name = "+mysqlString(table)+" AND column_name = "+mysqlString(a.Column)).Scan(&n)
		if err != nil {
			return fmt.Errorf("reading the columns of %s: %w", j.Written(), err)
		}
		if n == 0 {
			return fmt.Errorf("%s, whose rows the job walks along, has no column %s that it sets: put the table that is changed first", j.Written(), a.Column)
		}
	}
	return nil
}

// leaves are the partitions, or the table itself. The servers estimate how many
// rows there are.
func (f mysqlFlavour) leaves(ctx context.Context, c *sql.Conn, t *Table, j *Job, schema, table string) (out []Part, err error) {
	rows, err := c.QueryContext(ctx, `SELECT COALESCE(subpartition_name, partition_name), COALESCE(table_rows, -1), COALESCE(data_length, 0)
  FROM information_schema.partitions WHERE table_schema = `+mysqlString(schema)+` AND table_name = `+mysqlString(table)+`
 ORDER BY partition_ordinal_position, subpartition_ordinal_position`)
	if err != nil {
		return nil, fmt.Errorf("reading the partitions of %s: %w", t.Name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name sql.NullString
		p := Part{ID: t.ID, Name: j.Written()}
		if err := rows.Scan(&name, &p.Rows, &p.Bytes); err != nil {
			return nil, fmt.Errorf("reading the partitions of %s: %w", t.Name, err)
		}
		if name.Valid {
			p.ID, p.Name = name.String, j.Written()+" PARTITION ("+f.quote(name.String)+")"
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
