--- Schema 6: what was published in customers' zones, and by whom; and access to their DNS hosts that was kept.
-- @module mailseal.store.schema.0006
return {
  -- No foreign keys: what was done in somebody's zone is known when the domain is gone here. kind: publish, undo, keys, connect (its DNS
  -- host was asked to). state: under_way, done, failed, settled (it was found ended by itself, and what it had done was found out).
  -- changes: JSON, by zone, as they were intended, and what they came to when it is over. consents: JSON. code, problem: of one that
  -- failed. position: one after the other, of a domain's. due_at: when it is to be looked what became of it, of one that is under way.
  [[CREATE TABLE publications (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    domain TEXT NOT NULL,
    via TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    actor TEXT,
    consents TEXT NOT NULL,
    changes TEXT NOT NULL,
    code TEXT,
    problem TEXT,
    shown INTEGER,
    begun_at DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION,
    position INTEGER NOT NULL,
    due_at DOUBLE PRECISION,
    PRIMARY KEY (tenant_id, id)
  )]],
  "CREATE INDEX publications_of_domain ON publications (tenant_id, domain, position)",
  "CREATE INDEX publications_open ON publications (tenant_id, domain) WHERE state = 'under_way'",
  "CREATE INDEX publications_due ON publications (due_at) WHERE due_at IS NOT NULL",

  -- What is ours in a zone: rows of mailseal.publish.ledger, entry being the JSON of one.
  [[CREATE TABLE published (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,
    via TEXT NOT NULL,
    zone TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (tenant_id, domain, via, zone, name, type)
  )]],

  -- Who writes to a zone just now, or publishes for a domain. name: what is locked, for all tenants. owner: a publication's id.
  [[CREATE TABLE locks (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    lease_until DOUBLE PRECISION NOT NULL
  )]],

  -- settings: JSON, what is not secret. sealed: the credentials under the master key. due_at: when our keys' records are to be looked at
  -- by it; attempts: how often in a row that has failed; code, problem: of the last time.
  [[CREATE TABLE accesses (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,
    via TEXT NOT NULL,
    settings TEXT NOT NULL,
    sealed TEXT NOT NULL,
    kept_at DOUBLE PRECISION NOT NULL,
    used_at DOUBLE PRECISION,
    due_at DOUBLE PRECISION,
    attempts INTEGER NOT NULL DEFAULT 0,
    code TEXT,
    problem TEXT,
    PRIMARY KEY (tenant_id, domain, via),
    FOREIGN KEY (tenant_id, domain) REFERENCES domains (tenant_id, domain) ON DELETE CASCADE
  )]],
  "CREATE INDEX accesses_due ON accesses (due_at) WHERE due_at IS NOT NULL",
}
