//! Applies a folder of migrations by Diesel itself, as diesel_cli does:
//!
//!     diesel-migrate DSN FOLDER     what has not been applied
//!     diesel-migrate DSN FOLDER N   takes back the last N
use diesel::{Connection, PgConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let args: Vec<String> = std::env::args().collect();
    let mut to = PgConnection::establish(&args[1])?;
    let migrations = FileBasedMigrations::from_path(&args[2])?;
    match args.get(3) {
        Some(text) => {
            for _ in 0..text.parse()? {
                println!("{} taken back", to.revert_last_migration(migrations.clone())?);
            }
        }
        None => {
            for version in to.run_pending_migrations(migrations)? {
                println!("{version}");
            }
        }
    }
    Ok(())
}
