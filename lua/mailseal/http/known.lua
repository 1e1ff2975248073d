--- What is known of domains, kept in a dictionary that all workers of nginx share, for a second.
--
-- **A change that one of these workers makes is known at once**: whoever makes it calls `forget`, and what was read before that counts
-- no more, not even where it is put there afterwards. Whoever reads takes the domain's mark first, and puts what he has read there with
-- it; each change makes another mark. What other machines change is seen within the second.
-- @module mailseal.http.known
local M = {}
local Known = {}
Known.__index = Known
Known.__name = "mailseal.http.known"

--- Seconds for which something is known.
M.AGE = 1

-- Seconds for which a mark is kept: longer than what was read under the one before may be on its way.
local KEPT = 60

-- The last mark of all domains: a mark comes once. Would a domain's begin anew when they had been kept for so long, then what was read
-- under a former one would be taken for what is there. They are kept as a dictionary's flags, of 32 bits.
local LAST, MARKS = "last mark", 2 ^ 32 - 1

--- Makes it.
-- @tparam ?table dict an `ngx.shared` dictionary; without it nothing is ever known
-- @treturn table
function M.new(dict)
  return setmetatable({ dict = dict }, Known)
end

-- No tenant's name has a NUL in it, nor a space.
local function key_of(kind, tenant, domain) return kind .. " " .. tenant .. " " .. domain end

--- The mark of a domain, to be taken before it is read.
-- @tparam string tenant
-- @tparam string domain as it is stored
-- @treturn number
function Known:mark(tenant, domain)
  return self.dict and self.dict:get(key_of("mark", tenant, domain)) or 0
end

--- What is known.
-- @tparam string kind of what
-- @tparam string tenant
-- @tparam string domain as it is stored
-- @treturn ?string what was put there
function Known:get(kind, tenant, domain)
  if not self.dict then
    return nil
  end
  local value, mark = self.dict:get(key_of(kind, tenant, domain))
  return value and (mark or 0) == self:mark(tenant, domain) and value or nil
end

--- Keeps what was read.
-- @tparam string kind of what
-- @tparam string tenant
-- @tparam string domain as it is stored
-- @tparam string value
-- @tparam number mark as it was before that was read
function Known:put(kind, tenant, domain, value, mark)
  if self.dict then
    self.dict:set(key_of(kind, tenant, domain), value, M.AGE, mark)
  end
end

--- Forgets a domain.
-- @tparam string tenant
-- @tparam string domain as it is stored
function Known:forget(tenant, domain)
  local last = self.dict and self.dict:incr(LAST, 1, 0)
  if last then
    self.dict:set(key_of("mark", tenant, domain), last % MARKS + 1, KEPT)
  end
end

return M
