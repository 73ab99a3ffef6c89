package engine

// serverRows are what the engines make of servers. The cells of a row are those of
// gh-ost, spirit, pt-online-schema-change, Vitess and PlanetScale.
func serverRows() []Row {
	none := can("", "")
	return []Row{
		row(isMySQL57,
			with("--allow-setup-metadata-lock-instruments: what its last check reads is off by default", ghostFlags),
			cannot("it needs MySQL 8.0", spiritReadme),
			none, none,
			cannot("it runs MySQL 8.0 and later", psDoc)),
		row(isMySQL84,
			none, none,
			risk("it needs Percona Toolkit 3.7.0 or later: older ones ask for SHOW SLAVE HOSTS, which is gone", ptReleases),
			none, none),
		row(isMariaDB,
			risk("its documentation speaks of MySQL alone; release 1.1.9 is the first that knows MariaDB's own words, and performance_schema must be on for its last check", ghostLimits),
			cannot("it runs on MySQL alone", spiritReadme),
			none,
			cannot("Vitess runs on MySQL alone", vitessDoc),
			cannot("PlanetScale runs on MySQL alone", psDoc)),
		row(isGalera,
			cannot("its cut-over uses LOCK TABLES and GET_LOCK(), which hold on one node alone", ghostGalera),
			cannot("its cut-over uses LOCK TABLES, which holds on one node alone", spiritDoc),
			risk("InnoDB tables alone, and wsrep_OSU_method must be TOI: CREATE TRIGGER and RENAME then stop the whole cluster for their moment", ptDoc),
			cannot("Vitess does not run on Galera", vitessDoc),
			cannot("PlanetScale does not run on Galera", psDoc)),
		row(isRDS,
			with("--assume-rbr: there is no SUPER", ghostRDS),
			none,
			risk("where the binlog is on, log_bin_trust_function_creators must be 1 for its triggers; replicas are not found by themselves", ptDoc),
			outsideVitess(), outsidePlanetScale()),
		row(isAurora,
			risk("--assume-rbr, the binlog must be on, and aurora_enable_repl_bin_log_filtering must be 0 while it runs, or it never cuts over", ghostRDS),
			can("it reads Aurora's own signs of load; the binlog must be on", spiritReadme),
			risk("log_bin_trust_function_creators must be 1 where the binlog is on; lag of Aurora's own readers is not seen", ptDoc),
			outsideVitess(), outsidePlanetScale()),
		row(isOwn, none, none, none, outsideVitess(), outsidePlanetScale()),
		row(isVitess,
			cannot("Vitess took its gh-ost strategy out in release 22; behind vtgate it would not see a shard's binlog", vitessDoc),
			cannot("behind vtgate it does not see a shard's binlog", vitessDoc),
			cannot("Vitess took its pt-osc strategy out in release 22; vtgate has no triggers", vitessDoc),
			can("ddl_strategy 'vitess'", vitessDoc),
			outsidePlanetScale()),
		row(isPlanetScale,
			cannot("PlanetScale takes schema changes by deploy request", psDoc),
			cannot("PlanetScale takes schema changes by deploy request", psDoc),
			cannot("PlanetScale takes schema changes by deploy request", psDoc),
			cannot("PlanetScale runs Vitess itself and takes schema changes by deploy request", psDoc),
			can("a branch and a deploy request", psDoc)),
		row(tightLag,
			none,
			cannot("it holds back for replicas from 10 s of lag on, not earlier", spiritDoc),
			none, none, none),
	}
}

func outsideVitess() Cell { return cannot("it runs in a Vitess keyspace alone", vitessDoc) }

func outsidePlanetScale() Cell { return cannot("it runs on PlanetScale alone", psDoc) }
