--- Schema 2: what says who asks, tokens and sessions.
--
-- Like `owners` both are found, and spread, by what is asked about: a token by the SHA-256 of it, a session by that of its cookie. What
-- they would be themselves is nowhere.
-- @module mailseal.store.schema.0002
return {
  -- id: what the token is called, which is no secret. No foreign key: a tenant may have tokens before he has anything else.
  [[CREATE TABLE tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL
  )]],
  "CREATE INDEX tokens_of_tenant ON tokens (tenant_id, id)",

  -- token: the hash of the one that it was begun with, without which it is none.
  [[CREATE TABLE sessions (
    hash TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    token TEXT NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL
  )]],
  "CREATE INDEX sessions_of_token ON sessions (tenant_id, token)",
  "CREATE INDEX sessions_by_end ON sessions (expires_at)",
}
