--- Schema 4: what was answered to requests that may be repeated.
--
-- fingerprint: of what was asked for, to tell another request under the same key. answer: JSON.
return {
  [[CREATE TABLE repeatable (
    tenant_id TEXT NOT NULL,
    request TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, request)
  )]],
  "CREATE INDEX repeatable_expired ON repeatable (expires_at)",
}
