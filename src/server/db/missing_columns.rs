//! Columns missing in tables of older Better Auth versions. PostgreSQL's migrations add them; SQLite has no `add column
//! if not exists`.

use sqlx::SqlitePool;

/// Better Auth 1.3 has none of these in `jwks`; 1.4 to 1.6 have the first.
const OF_JWKS: [(&str, &str); 3] = [
    ("expiresAt", r#"alter table "jwks" add column "expiresAt" date"#),
    ("alg", r#"alter table "jwks" add column "alg" text"#),
    ("crv", r#"alter table "jwks" add column "crv" text"#),
];

/// Adds the missing columns, after the migrations and under their lock.
pub(super) async fn complete(writer: &SqlitePool) -> sqlx::Result<()> {
    for (column, add) in OF_JWKS {
        let n_found: i64 = sqlx::query_scalar("select count(*) from pragma_table_info('jwks') where name = $1")
            .bind(column)
            .fetch_one(writer)
            .await?;
        if n_found == 0 {
            sqlx::query(add).execute(writer).await?;
        }
    }
    Ok(())
}
