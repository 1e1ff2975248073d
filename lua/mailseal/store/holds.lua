--- Mail that waits until its domain may send, and mail that waits no more.
--
-- A hold is a row of `holds`, in order by `position`. Its release takes it out of there and puts a row into `released`, in one
-- transaction: each is in one of the two, whatever happens. The ids of `released` are without gaps in each tenant, and in the order
-- in which they become visible, so whoever reads after the last id that he has seen misses none.
-- @module mailseal.store.holds
local M = {}

--- How many held mails are counted, at most, where the number is told.
M.COUNTED = 1000

--- Holds mail, behind all that is held of the domain.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam {string,...} mails their ids
-- @tparam number position that of the first; those of the others follow
-- @tparam number now seconds since 1970
-- @treturn number how many of them were not held yet
function M.add(tx, tenant, domain, mails, position, now)
  local added = 0
  for i, mail in ipairs(mails) do
    added = added + tx:run([[
      INSERT INTO holds (tenant_id, domain, position, mail, held_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tenant_id, domain, mail) DO NOTHING]], tenant, domain, position + i - 1, mail, now)
  end
  return added
end

--- Of some mails, those that were released after an id.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam {string,...} mails
-- @tparam number id
-- @treturn table whose keys they are
function M.released_of(tx, tenant, domain, mails, id)
  local are = {}
  for _, mail in ipairs(mails) do
    local row = tx:row([[
      SELECT id FROM released WHERE tenant_id = ? AND domain = ? AND mail = ? AND id > ? LIMIT 1]], tenant, domain, mail, id)
    are[mail] = row and true
  end
  return are
end

--- Takes mails out of those that are held, without their release.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam {string,...} mails
-- @treturn number how many of them were held
function M.remove(tx, tenant, domain, mails)
  local removed = 0
  for _, mail in ipairs(mails) do
    removed = removed + tx:run("DELETE FROM holds WHERE tenant_id = ? AND domain = ? AND mail = ?", tenant, domain, mail)
  end
  return removed
end

--- What is held, in order.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number after a position: what stands behind it
-- @tparam number limit how many at most
-- @treturn {table,...} `mail`, `position`, `held_at`
function M.list(tx, tenant, domain, after, limit)
  return tx:rows([[
    SELECT mail, position, held_at FROM holds WHERE tenant_id = ? AND domain = ? AND position > ?
    ORDER BY position LIMIT ?]], tenant, domain, after, limit)
end

--- How many are held. Counting stops at `most`.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number most
-- @treturn number
function M.count(tx, tenant, domain, most)
  return tx:row([[
    SELECT COUNT(*) AS n FROM (SELECT 1 FROM holds WHERE tenant_id = ? AND domain = ? LIMIT ?) AS counted]], tenant, domain, most).n
end

-- Gives the tenant's next ids away: returns the one before the first.
local function take_ids(tx, tenant, count)
  return tx:row("UPDATE tenants SET last_released = last_released + ? WHERE id = ? RETURNING last_released", count, tenant).last_released
    - count
end

--- Releases what is held longest. The caller has locked the domain, so that nobody else does at the same time.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number limit how many at most
-- @tparam number now seconds since 1970
-- @treturn number how many
-- @treturn ?number the first's id
function M.release(tx, tenant, domain, limit, now)
  local batch = tx:row([[
    SELECT COUNT(*) AS n, MAX(position) AS last FROM (
      SELECT position FROM holds WHERE tenant_id = ? AND domain = ? ORDER BY position LIMIT ?) AS batch]], tenant, domain, limit)
  if batch.n == 0 then return 0 end
  local before = take_ids(tx, tenant, batch.n)
  tx:run([[
    INSERT INTO released (tenant_id, id, domain, mail, released_at)
    SELECT tenant_id, CAST(? AS DOUBLE PRECISION) + ROW_NUMBER() OVER (ORDER BY position), domain, mail, CAST(? AS DOUBLE PRECISION)
    FROM holds WHERE tenant_id = ? AND domain = ? AND position <= ?]], before, now, tenant, domain, batch.last)
  tx:run("DELETE FROM holds WHERE tenant_id = ? AND domain = ? AND position <= ?", tenant, domain, batch.last)
  return batch.n, before + 1
end

--- What was released, in order.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number after an id: what came later
-- @tparam number limit how many at most
-- @treturn {table,...} `id`, `domain`, `mail`, `released_at`
function M.released(tx, tenant, after, limit)
  return tx:rows([[
    SELECT id, domain, mail, released_at FROM released WHERE tenant_id = ? AND id > ? ORDER BY id LIMIT ?]], tenant, after, limit)
end

--- Forgets what was released, up to an id.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number id
-- @tparam number limit how many at most
-- @treturn number how many
function M.forget(tx, tenant, id, limit)
  local last = tx:row([[
    SELECT MAX(id) AS id FROM (
      SELECT id FROM released WHERE tenant_id = ? AND id <= ? ORDER BY id LIMIT ?) AS batch]], tenant, id, limit).id
  return last and tx:run("DELETE FROM released WHERE tenant_id = ? AND id <= ?", tenant, last) or 0
end

return M
