//! Applies a folder of migrations by sqlx itself, as sqlx-cli does:
//!
//!     sqlx-migrate DSN FOLDER        what has not been applied
//!     sqlx-migrate DSN FOLDER TARGET takes back what is above a version
use sqlx::migrate::Migrator;
use sqlx::{Connection, MySqlConnection, PgConnection};
use std::path::Path;

type Failed = Box<dyn std::error::Error>;

async fn migrate(args: &[String]) -> Result<(), Failed> {
    let migrator = Migrator::new(Path::new(&args[2])).await?;
    let target: Option<i64> = args.get(3).map(|text| text.parse()).transpose()?;
    if args[1].starts_with("mysql:") {
        let mut to = MySqlConnection::connect(&args[1]).await?;
        return Ok(match target {
            Some(version) => migrator.undo(&mut to, version).await?,
            None => migrator.run_direct(&mut to).await?,
        });
    }
    let mut to = PgConnection::connect(&args[1]).await?;
    Ok(match target {
        Some(version) => migrator.undo(&mut to, version).await?,
        None => migrator.run_direct(&mut to).await?,
    })
}

fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().collect();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(migrate(&args))
}
