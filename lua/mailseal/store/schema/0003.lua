--- Schema 3: webhooks, and what is to be delivered by them.
-- @module mailseal.store.schema.0003
return {
  -- kinds: JSON, NULL for all. sealed, sealed_before: secrets under the master key, the second one good until before_until. place: the
  -- last event that was taken up. waiting: how many rows of deliveries wait. failures: in a row, since failing_since; nothing is sent
  -- before pause_until. due_at: when something may be leased, by what the rows of deliveries say; NULL: nothing for now. poor: did it fail,
  -- or was it slow, the last time?
  [[CREATE TABLE webhooks (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    kinds TEXT,
    description TEXT,
    sealed TEXT NOT NULL,
    sealed_before TEXT,
    before_until DOUBLE PRECISION,
    place DOUBLE PRECISION NOT NULL,
    waiting INTEGER NOT NULL DEFAULT 0,
    enabled INTEGER NOT NULL DEFAULT 1,
    disabled_reason TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since DOUBLE PRECISION,
    pause_until DOUBLE PRECISION,
    slow INTEGER NOT NULL DEFAULT 0,
    due_at DOUBLE PRECISION,
    poor INTEGER NOT NULL DEFAULT 0,
    delivered_at DOUBLE PRECISION,
    problem TEXT,
    created_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, id)
  )]],

  -- domain: '' for an event about none. state: waiting, dead. next_at: of what waits, those that come next of their domain have one: when
  -- they are to be sent, or, where lease_owner is sending it, when another may. status, problem: what became of the last attempt.
  [[CREATE TABLE deliveries (
    tenant_id TEXT NOT NULL,
    webhook TEXT NOT NULL,
    event DOUBLE PRECISION NOT NULL,
    domain TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    first_at DOUBLE PRECISION,
    last_at DOUBLE PRECISION,
    next_at DOUBLE PRECISION,
    lease_owner TEXT,
    status INTEGER,
    problem TEXT,
    PRIMARY KEY (tenant_id, webhook, event),
    FOREIGN KEY (tenant_id, webhook) REFERENCES webhooks (tenant_id, id) ON DELETE CASCADE
  )]],
  "CREATE INDEX webhooks_due ON webhooks (poor, due_at) WHERE due_at IS NOT NULL",
  "CREATE INDEX deliveries_next ON deliveries (tenant_id, webhook, next_at, event) WHERE next_at IS NOT NULL",
  "CREATE INDEX deliveries_leased ON deliveries (tenant_id, webhook, next_at) WHERE lease_owner IS NOT NULL",
  "CREATE INDEX deliveries_in_order ON deliveries (tenant_id, webhook, domain, event) WHERE state = 'waiting'",
  "CREATE INDEX deliveries_dead ON deliveries (tenant_id, webhook, event) WHERE state = 'dead'",

  -- news: 1 where something has happened that was not taken up for the tenant's webhooks, 0 where nothing has; NULL where he never had one.
  "ALTER TABLE tenants ADD COLUMN news INTEGER",
  "CREATE INDEX tenants_news ON tenants (id) WHERE news = 1",
}
