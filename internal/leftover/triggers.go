package leftover

import "slices"

func (f *finder) triggers(t *table, told []string) {
	if t.keysOff {
		f.add(t, "", t.at, Leftover{
			Kind: ForeignKeysOff, Why: "the triggers of the foreign keys of " + shown(t.name) + " are disabled: rows that break them are taken",
			Remedy: f.alter(t, "ENABLE TRIGGER ALL") + ", then look for rows that break them",
		}, t.name.Name)
	}
	for _, tr := range t.triggers {
		tool, _, isTool := matching(toolTriggers(f.p.dialect), tr.name)
		switch {
		case isTool:
			f.addToolMember(t, tr.name, tr.at, tool)
		case tr.disabled:
			f.add(t, tr.name, tr.at, Leftover{
				Kind: DisabledTrigger, Why: tr.name + " of " + shown(t.name) + " is disabled: rows that are written lack what it does",
				Remedy: f.alter(t, "ENABLE TRIGGER "+f.q(tr.name)) + ", and put right the rows of meanwhile; or " + f.dropTrigger(t, tr),
			})
		case isOurs(tr.name) && !slices.Contains(told, tr.name):
			f.add(t, tr.name, tr.at, Leftover{
				Kind: OurObject, Why: tr.name + " runs with every write of " + shown(t.name) + " for a change that is not finished" + ofOurs,
				Remedy: "when no running version needs it: " + f.dropTrigger(t, tr),
			})
		}
	}
}
