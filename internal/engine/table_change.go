package engine

// keyRows are what the engines make of changes of keys.
func keyRows() []Row {
	none := can("", "")
	return []Row{
		row(losesKey,
			cannot("a unique key over exactly the same NOT NULL columns must be there before and after; release 1.1.9 does not stop where the key only grows, "+
				"and may then take one row for two", ghostKey),
			none, none,
			risk("the columns of some unique key before, and of some after, must be in both", psKeys),
			risk("the columns of some unique key before, and of some after, must be in both", psKeys)),
		row(changesPrimaryKey,
			none,
			cannot("the primary key must stay as it is", spiritReadme),
			cannot("it stops at DROP PRIMARY KEY, unless all its checks of the change are switched off", ptDoc),
			can("the keys before and after may differ", vitessDoc),
			can("the keys before and after may differ", psKeys)),
		row(addsPrimaryKey,
			none,
			cannot("the table must have its primary key before", spiritReadme),
			cannot("rows that the new key does not allow would be lost (INSERT IGNORE); it stops, unless its check is switched off", ptDoc),
			none, none),
		row(addsUnique,
			risk("rows that the new key does not allow are left out of the copy: --panic-on-warnings, from release 1.1.8 on, stops it then", ghostFlags),
			can("its checksum finds rows that are missing, and it does not cut over", spiritReadme),
			cannot("rows that the new key does not allow are lost (INSERT IGNORE); it stops, unless --no-check-unique-key-change is given, which is never done here", ptDoc),
			can("a row that the new key does not allow fails the migration", vitessErrors),
			can("a row that the new key does not allow fails the deploy", vitessErrors)),
		row(addsForeignKey,
			cannot("it refuses tables with foreign keys", ghostLimits),
			cannot("it does not add foreign keys", spiritReadme),
			risk("the first row that breaks it stops the copy; its triggers hold the application to the new key while it copies", ptDoc),
			cannot("foreign keys are refused in online DDL", vitessDoc),
			risk("foreign keys must be allowed for the database", psForeign)),
		row(dropsForeignKey,
			cannot("it refuses tables with foreign keys; dropping one is quick without an engine", ghostLimits),
			cannot("it refuses tables with foreign keys; dropping one is quick without an engine", spiritReadme),
			cannot("on the copy the key has another name, with an underscore before it; dropping one is quick without an engine", ptDoc),
			cannot("foreign keys are refused in online DDL; dropping one is quick without an engine", vitessDoc),
			none),
		row(addsCheck,
			with("--panic-on-warnings stops it at a row that breaks the constraint", ghostFlags),
			can("its checksum finds rows that are missing, and it does not cut over", spiritReadme),
			risk("the first row that breaks it stops the copy; its triggers hold the application to the new constraint while it copies", ptDoc),
			can("a row that breaks it fails the migration", vitessErrors),
			can("a row that breaks it fails the deploy", vitessErrors)),
	}
}

// columnRows are what the engines make of changes of columns.
func columnRows() []Row {
	none := can("", "")
	noDefault := "it gives no value to a column without a default: give it a DEFAULT"
	return []Row{
		row(renamesByChange,
			with("--approve-renamed-columns: it reads the rename from the text", ghostFlags),
			none,
			cannot("it stops at a rename, unless all its checks of the change are switched off: if its reading of the text is wrong, the column's data is lost", ptDoc),
			none,
			cannot("a deploy request compares schemas: a rename is a column dropped and one added, empty", psRenames)),
		row(renamesByRename,
			cannot("it knows renames by CHANGE alone: with RENAME COLUMN the column's data is lost; write CHANGE", ghostRenames),
			none,
			cannot("it knows renames by CHANGE alone: with RENAME COLUMN the column's data is lost", ptDoc),
			none,
			cannot("a deploy request compares schemas: a rename is a column dropped and one added, empty", psRenames)),
		row(renamesKeyColumn,
			cannot("it looks for the key by the names of its columns", ghostKey),
			cannot("columns of the primary key keep their names", spiritChecks),
			none, none, none),
		row(addsRequired,
			cannot(noDefault, ghostFlags), cannot(noDefault, spiritReadme), cannot(noDefault, ptDoc), cannot(noDefault, vitessErrors), cannot(noDefault, vitessErrors)),
		row(setsNotNull,
			with("--panic-on-warnings stops it at the first NULL", ghostFlags),
			can("its checksum finds rows that had NULL, and it does not cut over", spiritReadme),
			risk("the first NULL stops the copy; until then its triggers let writes to rows with NULL fail, whatever column they are to", ptDoc),
			can("the first NULL fails the migration", vitessErrors),
			can("the first NULL fails the deploy", vitessErrors)),
		row(narrowsType,
			with("--panic-on-warnings stops it at the first value that does not fit", ghostFlags),
			can("its checksum finds values that were cut, and it does not cut over", spiritReadme),
			cannot("values that do not fit are cut (INSERT IGNORE), with one warning for all", ptDoc),
			can("the first value that does not fit fails the migration", vitessErrors),
			can("the first value that does not fit fails the deploy", vitessErrors)),
		row(reordersMembers,
			none,
			cannot("members that stay must keep their order, new ones come last", spiritReadme),
			none, none, none),
		row(changesCharset,
			none,
			cannot("the binlog has values in the old character set: release 0.13.0 stops at the first one outside ASCII", spiritReadme),
			none, none, none),
		row(changesKeyText,
			none,
			cannot("it compares the tables in stretches of the primary key, whose order would change", spiritReadme),
			none, none, none),
		row(dropsAndAdds,
			none,
			cannot("a column may be named once in DROP and ADD", spiritChecks),
			cannot("it takes the new column for the old one, and copies its data", ptDoc),
			cannot("it takes the new column for the old one, and copies its data", vitessDoc),
			cannot("a deploy request compares schemas: it sees one changed column", psRenames)),
	}
}

// otherRows are what the engines make of other changes.
func otherRows() []Row {
	apart := "this is a change of partitions in place: run it without an engine"
	renamed := "it does not rename tables; a rename is quick without an engine"
	ignored := "IGNORE deletes rows that the new keys do not allow: delete them first, by a statement that says which"
	unread := "what the clause does is not known here"
	return []Row{
		row(renamesTable,
			cannot(renamed, ghostLimits), cannot(renamed, spiritChecks), cannot(renamed, ptDoc), cannot(renamed, vitessDoc), cannot(renamed, psRenames)),
		row(changesPartitions,
			cannot(apart, ghostLimits), cannot(apart, spiritReadme), cannot(apart, ptDoc),
			with("Vitess runs ADD and DROP PARTITION in place: --fast-range-rotation", vitessFlags),
			risk("PlanetScale decides how it is run", psDoc)),
		row(changesEngine,
			cannot("it relies on row locks while it follows writes", ghostLimits),
			cannot("it copies InnoDB tables", spiritReadme),
			risk("on Galera it refuses MyISAM", ptDoc),
			cannot("it copies InnoDB tables", vitessDoc),
			cannot("there is InnoDB alone on PlanetScale", psDoc)),
		row(dropsRows,
			cannot(ignored, ghostLimits), cannot(ignored, spiritReadme), cannot(ignored, ptDoc), cannot(ignored, vitessDoc), cannot(ignored, psDoc)),
		row(isNotUnderstood,
			cannot(unread, ghostLimits), cannot(unread, spiritReadme), cannot(unread, ptDoc), cannot(unread, vitessDoc), cannot(unread, psDoc)),
	}
}
