--- The route of the page of all domains.
-- @module mailseal.http.pages.domains
local domains = require "mailseal.web.domains"
local page = require "mailseal.http.pages.page"
local shape = require "mailseal.http.shape"

-- Domains on a page; seconds of a span in the pictures of their health.
local PAGE, STEP = 50, 6 * 3600

local function filled(text) return text ~= "" and text or nil end

-- Those of one page, and where the next one goes on.
local function read(call, given)
  local list, message, code = call.tenant:list { status = given.status, search = given.search, after = given.after, limit = PAGE + 1 }
  if not list then
    return nil, message, code
  end
  local next_after
  if #list > PAGE then
    list[#list] = nil
    next_after = list[PAGE].domain
  end
  return list, next_after
end

local function names_of(list)
  local names = {}
  for i, domain in ipairs(list) do
    names[i] = domain.domain
  end
  return names
end

local function show(call)
  local query = call.query
  local given = { status = query.status, search = filled(query.q), after = filled(query.after) }
  local list, next_after, code = read(call, given)
  if not list then
    return nil, next_after, code
  end
  local counts, message, health
  counts, message, code = call.tenant:count()
  if counts then
    health, message, code = call.tenant:health_series(names_of(list), { step = STEP })
  end
  if not health then
    return nil, message, code
  end
  local _, names = page.providers(call)
  return page.send(domains.draw(page.new(call), {
    list = list, given = given, next_after = next_after, counts = not counts.more and counts or nil, health = health, providers = names,
  }))
end

return page.routes {
  {
    method = "GET", path = "/", id = "pageDomains", handler = show,
    query = {
      status = shape.one_of { "pending", "verified", "failed" }, q = shape.text(255), after = shape.text(255), done = shape.text(20),
    },
  },
}
