--- Schema 1: the registry of sending domains.
--
-- Written for SQLite and PostgreSQL alike. `tenant_id` leads every key, so that the tables spread over a sharded
-- PostgreSQL by it; `owners` alone is spread by its domain, as one name has one owner among all tenants.
--
-- Times are whole seconds since 1970, UTC. Times, and numbers that may outgrow 31 bits, are DOUBLE PRECISION, exact to
-- 2^53: lua-dbi reads whole numbers in 32 bits. JSON is TEXT, and so are keys, sealed and in base64.
-- @module mailseal.store.schema.0001
return {
  [[CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
  )]],

  -- last_event, last_released: the ids of the tenant's newest event, and of what was released last.
  [[CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    created_at DOUBLE PRECISION NOT NULL,
    last_event DOUBLE PRECISION NOT NULL DEFAULT 0,
    last_released DOUBLE PRECISION NOT NULL DEFAULT 0
  )]],

  -- vars, records, report: JSON. lane: 0 pending, 1 routine. A row is due when next_check_at has come and nobody's
  -- lease still runs.
  [[CREATE TABLE domains (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    domain TEXT NOT NULL,
    provider TEXT NOT NULL,
    vars TEXT NOT NULL,
    records TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    status_since DOUBLE PRECISION NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    health TEXT NOT NULL DEFAULT 'healthy',
    restriction TEXT,
    last_hold DOUBLE PRECISION NOT NULL DEFAULT 0,
    gate_at DOUBLE PRECISION,
    challenge TEXT,
    challenged_at DOUBLE PRECISION,
    owned_at DOUBLE PRECISION,
    generation INTEGER NOT NULL DEFAULT 1,
    zone TEXT,
    dns_host TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    negatives INTEGER NOT NULL DEFAULT 0,
    negative_since DOUBLE PRECISION,
    window_ends DOUBLE PRECISION,
    checked_at DOUBLE PRECISION,
    next_check_at DOUBLE PRECISION,
    lane INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until DOUBLE PRECISION,
    report TEXT,
    created_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, domain)
  )]],
  "CREATE INDEX domains_due ON domains (lane, next_check_at) WHERE next_check_at IS NOT NULL",
  "CREATE INDEX domains_gate ON domains (gate_at) WHERE gate_at IS NOT NULL",

  [[CREATE TABLE owners (
    domain TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    since DOUBLE PRECISION NOT NULL
  )]],

  -- No foreign key: what happened to a domain is told after it is gone.
  [[CREATE TABLE events (
    tenant_id TEXT NOT NULL,
    id DOUBLE PRECISION NOT NULL,
    domain TEXT,
    at DOUBLE PRECISION NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT,
    data TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
  )]],
  "CREATE INDEX events_of_domain ON events (tenant_id, domain, id)",

  [[CREATE TABLE holds (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,
    position DOUBLE PRECISION NOT NULL,
    mail TEXT NOT NULL,
    held_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, domain, mail),
    FOREIGN KEY (tenant_id, domain) REFERENCES domains (tenant_id, domain) ON DELETE CASCADE
  )]],
  "CREATE UNIQUE INDEX holds_in_order ON holds (tenant_id, domain, position)",

  [[CREATE TABLE released (
    tenant_id TEXT NOT NULL,
    id DOUBLE PRECISION NOT NULL,
    domain TEXT NOT NULL,
    mail TEXT NOT NULL,
    released_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, id)
  )]],
  "CREATE INDEX released_of_mail ON released (tenant_id, domain, mail)",

  [[CREATE TABLE uses (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,
    used_by TEXT NOT NULL,
    since DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, domain, used_by),
    FOREIGN KEY (tenant_id, domain) REFERENCES domains (tenant_id, domain) ON DELETE CASCADE
  )]],

  -- sealed: the private key under the master key, in base64; NULL when it was erased. target: the name in the operator's
  -- zone that the customer's CNAME leads to. ttl: how long what stood at the name before may be remembered. next_at: when
  -- somebody is to look at it.
  [[CREATE TABLE keys (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,
    selector TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    bits INTEGER NOT NULL,
    public TEXT NOT NULL,
    sealed TEXT,
    state TEXT NOT NULL,
    state_since DOUBLE PRECISION NOT NULL,
    wait_until DOUBLE PRECISION,
    ttl INTEGER,
    target TEXT,
    next_at DOUBLE PRECISION,
    created_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, domain, selector),
    FOREIGN KEY (tenant_id, domain) REFERENCES domains (tenant_id, domain) ON DELETE CASCADE
  )]],
  "CREATE UNIQUE INDEX keys_active ON keys (tenant_id, domain) WHERE state = 'active'",
  "CREATE INDEX keys_due ON keys (next_at) WHERE next_at IS NOT NULL",

  -- bucket: the hour, as the time of its beginning. released: held mail that was let go though the domain is restricted.
  -- No foreign key: who removes a domain that is not healthy and adds it anew does not begin with a clean sheet.
  [[CREATE TABLE health (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,
    bucket DOUBLE PRECISION NOT NULL,
    delivered DOUBLE PRECISION NOT NULL DEFAULT 0,
    bounced DOUBLE PRECISION NOT NULL DEFAULT 0,
    complained DOUBLE PRECISION NOT NULL DEFAULT 0,
    released DOUBLE PRECISION NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, domain, bucket)
  )]],
}
