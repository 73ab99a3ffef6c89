package postgres

// The functions of pg_catalog by pg_proc.provolatile, each name at the worst of
// its overloads, for PostgreSQL 15 by
//
//	SELECT proname, max(CASE provolatile WHEN 'i' THEN 1 WHEN 's' THEN 2 ELSE 3 END)
//	FROM pg_proc WHERE prokind IN ('f', 'a', 'w') GROUP BY 1
//
// without the functions that SQL does not call by name (input and output,
// operators, index support, administration), and with the new ones of 16 to 18.
// https://www.postgresql.org/docs/current/catalog-pg-proc.html

func isVolatileBuiltin(name string) bool {
	switch name {
	case "array_sample", "array_shuffle", "clock_timestamp", "current_query", "currval", "cursor_to_xml", "cursor_to_xmlschema", "gen_random_uuid",
		"lastval", "loread", "lowrite", "nextval", "pg_advisory_lock", "pg_advisory_lock_shared", "pg_advisory_unlock", "pg_advisory_unlock_all",
		"pg_advisory_unlock_shared", "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared", "pg_backup_start", "pg_backup_stop", "pg_blocking_pids",
		"pg_cancel_backend", "pg_current_logfile", "pg_current_wal_flush_lsn", "pg_current_wal_insert_lsn", "pg_current_wal_lsn", "pg_database_size",
		"pg_drop_replication_slot", "pg_export_snapshot", "pg_get_multixact_members", "pg_indexes_size", "pg_is_in_recovery", "pg_is_wal_replay_paused",
		"pg_jit_available", "pg_last_committed_xact", "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn", "pg_last_xact_replay_timestamp",
		"pg_lock_status", "pg_nextoid", "pg_notification_queue_usage", "pg_notify", "pg_partition_ancestors", "pg_partition_tree", "pg_prepared_xact",
		"pg_promote", "pg_read_binary_file", "pg_read_file", "pg_read_file_old", "pg_relation_size", "pg_reload_conf", "pg_rotate_logfile",
		"pg_rotate_logfile_old", "pg_safe_snapshot_blocking_pids", "pg_sequence_last_value", "pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_switch_wal",
		"pg_table_size", "pg_tablespace_size", "pg_terminate_backend", "pg_total_relation_size", "pg_try_advisory_lock", "pg_try_advisory_lock_shared",
		"pg_try_advisory_xact_lock", "pg_try_advisory_xact_lock_shared", "pg_wal_replay_pause", "pg_wal_replay_resume", "pg_xact_commit_timestamp",
		"pg_xact_commit_timestamp_origin", "pg_xact_status", "query_to_xml", "query_to_xml_and_xmlschema", "query_to_xmlschema", "random", "random_normal",
		"set_config", "setseed", "setval", "timeofday", "ts_rewrite", "ts_stat", "txid_status", "uuidv4", "uuidv7":
		return true
	}
	return false
}

func isStableBuiltin(name string) bool {
	switch name {
	case "aclexplode", "age", "array_to_json", "array_to_string", "col_description", "concat", "concat_ws", "convert", "convert_from", "convert_to",
		"current_database", "current_schema", "current_schemas", "current_setting", "current_user", "database_to_xml", "database_to_xml_and_xmlschema",
		"database_to_xmlschema", "date", "date_add", "date_part", "date_subtract", "date_trunc", "enum_first", "enum_last", "enum_range", "extract",
		"format", "format_type", "generate_series", "get_current_ts_config", "getdatabaseencoding", "getpgusername", "has_any_column_privilege",
		"has_column_privilege", "has_database_privilege", "has_foreign_data_wrapper_privilege", "has_function_privilege", "has_language_privilege",
		"has_parameter_privilege", "has_schema_privilege", "has_sequence_privilege", "has_server_privilege", "has_table_privilege",
		"has_tablespace_privilege", "has_type_privilege", "inet_client_addr", "inet_client_port", "inet_server_addr", "inet_server_port", "json_agg",
		"json_build_array", "json_build_object", "json_object_agg", "json_object_agg_unique", "json_populate_record", "json_populate_recordset",
		"json_to_record", "json_to_recordset", "json_to_tsvector", "jsonb_agg", "jsonb_build_array", "jsonb_build_object", "jsonb_path_exists_tz",
		"jsonb_path_match_tz", "jsonb_path_query_array_tz", "jsonb_path_query_first_tz", "jsonb_path_query_tz", "jsonb_populate_record",
		"jsonb_populate_recordset", "jsonb_to_record", "jsonb_to_recordset", "jsonb_to_tsvector", "length", "make_timestamptz", "money", "mxid_age", "now",
		"numeric", "obj_description", "oidvectortypes", "overlaps", "pg_available_extension_versions", "pg_available_extensions", "pg_backend_pid",
		"pg_char_to_encoding", "pg_client_encoding", "pg_collation_for", "pg_collation_is_visible", "pg_column_compression", "pg_column_is_updatable",
		"pg_column_size", "pg_conf_load_time", "pg_config", "pg_conversion_is_visible", "pg_current_snapshot", "pg_current_xact_id",
		"pg_current_xact_id_if_assigned", "pg_cursor", "pg_describe_object", "pg_encoding_to_char", "pg_extension_update_paths", "pg_filenode_relation",
		"pg_function_is_visible", "pg_get_acl", "pg_get_catalog_foreign_keys", "pg_get_constraintdef", "pg_get_function_arg_default",
		"pg_get_function_arguments", "pg_get_function_identity_arguments", "pg_get_function_result", "pg_get_function_sqlbody", "pg_get_functiondef",
		"pg_get_indexdef", "pg_get_keywords", "pg_get_object_address", "pg_get_partition_constraintdef", "pg_get_partkeydef", "pg_get_publication_tables",
		"pg_get_replica_identity_index", "pg_get_replication_slots", "pg_get_ruledef", "pg_get_serial_sequence", "pg_get_statisticsobjdef",
		"pg_get_statisticsobjdef_columns", "pg_get_statisticsobjdef_expressions", "pg_get_triggerdef", "pg_get_userbyid", "pg_get_viewdef", "pg_has_role",
		"pg_identify_object", "pg_identify_object_as_address", "pg_index_column_has_property", "pg_index_has_property", "pg_input_error_info",
		"pg_input_is_valid", "pg_is_other_temp_schema", "pg_listening_channels", "pg_my_temp_schema", "pg_opclass_is_visible", "pg_operator_is_visible",
		"pg_opfamily_is_visible", "pg_options_to_table", "pg_postmaster_start_time", "pg_prepared_statement", "pg_relation_filenode",
		"pg_relation_filepath", "pg_relation_is_publishable", "pg_relation_is_updatable", "pg_sequence_parameters", "pg_settings_get_flags",
		"pg_statistics_obj_is_visible", "pg_table_is_visible", "pg_tablespace_databases", "pg_tablespace_location", "pg_timezone_abbrevs",
		"pg_timezone_names", "pg_trigger_depth", "pg_ts_config_is_visible", "pg_ts_dict_is_visible", "pg_ts_parser_is_visible", "pg_ts_template_is_visible",
		"pg_type_is_visible", "pg_typeof", "phraseto_tsquery", "plainto_tsquery", "quote_literal", "quote_nullable", "regclass", "row_security_active",
		"row_to_json", "schema_to_xml", "schema_to_xml_and_xmlschema", "schema_to_xmlschema", "session_user", "shobj_description", "statement_timestamp",
		"system_user", "table_to_xml", "table_to_xml_and_xmlschema", "table_to_xmlschema", "time", "timestamp", "timestamptz", "timetz", "timezone",
		"to_char", "to_date", "to_json", "to_jsonb", "to_number", "to_regclass", "to_regcollation", "to_regnamespace", "to_regoper", "to_regoperator",
		"to_regproc", "to_regprocedure", "to_regrole", "to_regtype", "to_regtypemod", "to_timestamp", "to_tsquery", "to_tsvector", "transaction_timestamp",
		"ts_debug", "ts_headline", "ts_parse", "ts_token_type", "txid_current", "txid_current_if_assigned", "txid_current_snapshot", "version",
		"websearch_to_tsquery", "xml", "xml_is_well_formed":
		return true
	}
	return false
}

func isImmutableBuiltin(name string) bool {
	switch name {
	case "abbrev", "abs", "aclcontains", "acldefault", "aclinsert", "aclremove", "acos", "acosd", "acosh", "any_value", "area", "array_agg", "array_append",
		"array_cat", "array_dims", "array_fill", "array_length", "array_lower", "array_ndims", "array_position", "array_positions", "array_prepend",
		"array_remove", "array_replace", "array_reverse", "array_sort", "array_to_tsvector", "array_upper", "ascii", "asin", "asind", "asinh", "atan",
		"atan2", "atan2d", "atand", "atanh", "avg", "bit", "bit_and", "bit_count", "bit_length", "bit_or", "bit_xor", "bool", "bool_and", "bool_or", "box",
		"bpchar", "bpcharlen", "broadcast", "btrim", "cardinality", "casefold", "cbrt", "ceil", "ceiling", "center", "char", "char_length",
		"character_length", "chr", "cidr", "circle", "corr", "cos", "cosd", "cosh", "cot", "cotd", "count", "covar_pop", "covar_samp", "crc32", "crc32c",
		"cume_dist", "date_bin", "datemultirange", "daterange", "decode", "degrees", "dense_rank", "dexp", "diagonal", "diameter", "div", "dlog1", "dlog10",
		"dround", "dtrunc", "encode", "erf", "erfc", "every", "exp", "factorial", "family", "first_value", "float4", "float8", "floor", "gamma", "gcd",
		"generate_subscripts", "get_bit", "get_byte", "height", "host", "hostmask", "initcap", "int2", "int4", "int4inc", "int4multirange", "int4range",
		"int8", "int8multirange", "int8range", "interval", "interval_avg", "is_normalized", "isclosed", "isempty", "isfinite", "ishorizontal", "isopen",
		"isparallel", "isperp", "isvertical", "json_array_elements", "json_array_elements_text", "json_array_length", "json_each", "json_each_text",
		"json_extract_path", "json_extract_path_text", "json_object", "json_object_keys", "json_strip_nulls", "json_typeof", "jsonb_array_elements",
		"jsonb_array_elements_text", "jsonb_array_length", "jsonb_concat", "jsonb_contained", "jsonb_contains", "jsonb_delete", "jsonb_delete_path",
		"jsonb_each", "jsonb_each_text", "jsonb_exists", "jsonb_exists_all", "jsonb_exists_any", "jsonb_extract_path", "jsonb_extract_path_text",
		"jsonb_insert", "jsonb_object", "jsonb_object_agg", "jsonb_object_keys", "jsonb_path_exists", "jsonb_path_match", "jsonb_path_query",
		"jsonb_path_query_array", "jsonb_path_query_first", "jsonb_pretty", "jsonb_set", "jsonb_set_lax", "jsonb_strip_nulls", "jsonb_typeof",
		"justify_days", "justify_hours", "justify_interval", "lag", "last_value", "lcm", "lead", "left", "lgamma", "like", "like_escape", "line", "ln",
		"log", "log10", "lower", "lower_inc", "lower_inf", "lpad", "lseg", "ltrim", "macaddr", "macaddr8", "macaddr8_set7bit", "make_date", "make_interval",
		"make_time", "make_timestamp", "makeaclitem", "masklen", "max", "md5", "min", "min_scale", "mod", "mode", "multirange", "name", "netmask",
		"network", "normalize", "notlike", "npoints", "nth_value", "ntile", "num_nonnulls", "num_nulls", "numeric_div_trunc", "numeric_exp", "numeric_inc",
		"numeric_ln", "numeric_log", "numeric_sqrt", "nummultirange", "numnode", "numrange", "octet_length", "oid", "overlay", "parse_ident", "path",
		"pclose", "percent_rank", "percentile_cont", "percentile_disc", "pg_encoding_max_length", "pg_lsn", "pg_partition_root", "pg_size_bytes",
		"pg_size_pretty", "pg_snapshot_xip", "pg_snapshot_xmax", "pg_snapshot_xmin", "pg_visible_in_snapshot", "pg_wal_lsn_diff", "pg_walfile_name",
		"pg_walfile_name_offset", "pi", "point", "polygon", "popen", "position", "pow", "power", "querytree", "quote_ident", "radians", "radius",
		"range_agg", "range_intersect_agg", "range_merge", "rank", "regexp_count", "regexp_instr", "regexp_like", "regexp_match", "regexp_matches",
		"regexp_replace", "regexp_split_to_array", "regexp_split_to_table", "regexp_substr", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept",
		"regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "repeat", "replace", "reverse", "right", "round", "row_number", "rpad", "rtrim",
		"satisfies_hash_partition", "scale", "set_bit", "set_byte", "set_masklen", "setweight", "sha224", "sha256", "sha384", "sha512", "sign",
		"similar_escape", "similar_to_escape", "sin", "sind", "sinh", "slope", "split_part", "sqrt", "starts_with", "stddev", "stddev_pop", "stddev_samp",
		"string_agg", "string_to_array", "string_to_table", "strip", "strpos", "substr", "substring", "sum", "tan", "tand", "tanh", "text", "textlen",
		"to_ascii", "to_bin", "to_hex", "to_oct", "translate", "trim_array", "trim_scale", "trunc", "ts_delete", "ts_filter", "ts_lexize", "ts_rank",
		"ts_rank_cd", "tsmultirange", "tsquery_phrase", "tsrange", "tstzmultirange", "tstzrange", "tsvector_to_array", "txid_snapshot_xip",
		"txid_snapshot_xmax", "txid_snapshot_xmin", "txid_visible_in_snapshot", "unicode_assigned", "unistr", "unnest", "upper", "upper_inc", "upper_inf",
		"uuid_extract_timestamp", "uuid_extract_version", "var_pop", "var_samp", "varbit", "varchar", "variance", "width", "width_bucket", "xid",
		"xml_is_well_formed_content", "xml_is_well_formed_document", "xmlagg", "xmlcomment", "xmlconcat2", "xmlexists", "xmltext", "xmlvalidate", "xpath",
		"xpath_exists":
		return true
	}
	return false
}
