--- Schema 7: what is kept in operators' zones, to which customers' CNAMEs lead.
-- @module mailseal.store.schema.0007
return {
  -- Names at which keys stand, or have stood. No foreign key: what stands there is to be taken away when the domain is gone here.
  -- held: the text that was seen there last. intended: the one that is being written, "" for none; NULL where nothing is under way.
  -- due_at: when it is looked at. turn: how often it has come to be due, so that none of these is overlooked.
  [[CREATE TABLE zone_names (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    held TEXT,
    intended TEXT,
    due_at DOUBLE PRECISION,
    turn INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    code TEXT,
    problem TEXT,
    PRIMARY KEY (tenant_id, domain, name)
  )]],
  "CREATE INDEX zone_names_due ON zone_names (zone, due_at) WHERE due_at IS NOT NULL",
  "CREATE INDEX zone_names_in_order ON zone_names (zone, name)",
  -- Labels have 32 letters, see mailseal.onboard.keys.
  [[INSERT INTO zone_names (tenant_id, domain, name, zone, due_at)
    SELECT tenant_id, domain, target, substr(target, 34), 0 FROM keys WHERE target IS NOT NULL AND state <> 'idle']],

  -- Zones that could not be written to: when that is tried again.
  [[CREATE TABLE zone_pauses (
    zone TEXT NOT NULL PRIMARY KEY,
    due_at DOUBLE PRECISION NOT NULL,
    attempts INTEGER NOT NULL,
    code TEXT NOT NULL,
    problem TEXT NOT NULL
  )]],
}
