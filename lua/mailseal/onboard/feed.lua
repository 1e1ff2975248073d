--- The events of many tenants, as somebody asks for who tells them on to whoever listens.
-- @module mailseal.onboard.feed
local events = require "mailseal.store.events"
local tokens = require "mailseal.store.tokens"

local M = {}

--- What `registry:perform` does on the database.
M.steps = {}

-- Events that one call brings at most: of a tenant, and in all.
local EACH, MOST = 200, 1000

--- The id of a tenant's last event.
-- @tparam table registry
-- @tparam string tenant
-- @treturn[1] number 0 where there is none yet
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function M.steps.last(registry, tenant)
  return registry.db:ask(function(tx) return events.last(tx, { tenant })[tenant] or 0 end)
end

--- A tenant's events after one, a page.
-- @tparam table registry
-- @tparam string tenant
-- @tparam number id
-- @tparam[opt] string domain as it is stored
-- @treturn[1] {table,...} as of `mailseal.store.events.after`
-- @treturn[1] boolean may there be more?
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function M.steps.after(registry, tenant, id, domain)
  local list, message, code = registry.db:ask(function(tx) return events.after(tx, tenant, id, EACH, domain) end)
  if not list then
    return nil, message, code
  end
  return list, #list == EACH
end

-- Of some tokens, those that there are not.
local function gone(tx, wanted)
  local list = {}
  for _, one in ipairs(wanted) do
    if not tokens.has(tx, one.tenant, one.token) then
      list[#list + 1] = one.token
    end
  end
  return list
end

--- What is new of some tenants.
-- @tparam table registry
-- @tparam table after by tenant, the id of the last event that is known
-- @tparam {table,...} wanted `tenant`, `token`: ids of tokens of which is to be told whether they are still good
-- @tparam {string,...} sessions ids of sessions, of which is to be told the same
-- @treturn[1] table `news`: by tenant, his events in order, only where there are new ones; `more`: are there still others? `gone`: the
--   ids of those tokens that are revoked; `ended`: those of the sessions that are over
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function M.steps.news(registry, after, wanted, sessions)
  local names = {}
  for tenant in pairs(after) do
    names[#names + 1] = tenant
  end
  return registry.db:ask(function(tx)
    local news, count, more = {}, 0, false
    for tenant, last in pairs(events.last(tx, names)) do
      if last > after[tenant] and count >= MOST then
        more = true
      elseif last > after[tenant] then
        local list = events.after(tx, tenant, after[tenant], EACH)
        news[tenant], count, more = list, count + #list, more or #list == EACH
      end
    end
    return { news = news, more = more, gone = gone(tx, wanted), ended = tokens.ended_sessions(tx, sessions, registry:now()) }
  end)
end

return M
