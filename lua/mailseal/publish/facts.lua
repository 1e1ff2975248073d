--- What a plan has to know of DNS beside what is in the zones: which DMARC policy applies, and what SPF's includes come to.
--
--     local facts = assert(require("mailseal.publish.facts").look(given, { domain = "mail.example.com", resolver = resolver }))
--     given.dmarc, given.spf = facts.dmarc, facts.spf
--     local plan = require("mailseal.publish.plan").make(given)
-- @module mailseal.publish.facts
local async = require "mailseal.async"
local canonical = require "mailseal.dns.name".canonical
local dmarc = require "mailseal.dmarc"
local record_spf = require "mailseal.record.spf"
local sets = require "mailseal.publish.sets"
local spf = require "mailseal.spf"

local M = {}

-- The domains that an SPF record leads to by names of its own, put behind those that there are.
local function add_domains(list, text)
  local parsed = record_spf.parse(text)
  for _, term in ipairs(parsed and parsed.terms or {}) do
    local domain = term.name == "include" and term.domain or term.name == "redirect" and term.value
    if domain and not domain:find("%", 1, true) and not list[canonical(domain)] then
      list[#list + 1], list[canonical(domain)] = canonical(domain), true
    end
  end
end

-- All domains whose records count: those that are wanted, and those that are included already where they are.
local function domains_of(given)
  local list, names = {}, {}
  for _, record in ipairs(given.wanted) do
    if record.match == "spf_include" then
      names[canonical(record.name)] = true
      add_domains(list, record.include and "v=spf1 include:" .. record.include or record.value or "")
    end
  end
  for _, zone_sets in pairs(next(names) and given.zones or {}) do
    for _, set in ipairs(zone_sets) do
      for _, value in ipairs(names[canonical(set.name)] and set.type == "TXT" and set.values or {}) do
        add_domains(list, sets.joined(value) or "")
      end
    end
  end
  return list
end

-- The domains below a node from which mail is let through as it is by the node itself.
local function add_includes(list, node)
  for _, child in ipairs(node.children) do
    if child.term:lower():find "^%+?include:" or child.term:lower():find "^redirect=" then
      list[#list + 1] = child.domain
      add_includes(list, child)
    end
  end
end

local function look_at_tree(domain, resolver)
  local root = spf.tree(domain, { resolver = resolver, hosts = false })
  local known = { lookups = root and root.total or 0, includes = {} }
  if root then
    add_includes(known.includes, root)
  end
  return known
end

-- Which policy applies, as plain data.
local function look_at_policy(domain, resolver)
  local found, message, code = dmarc.discover(domain, { resolver = resolver })
  if not found then
    return { result = "temperror", message = message, code = code }
  end
  return { result = found.result, policy = found.policy, record_domain = found.record_domain }
end

--- Asks DNS, everything side by side.
-- @tparam table given what a plan is to be made of: `wanted` and `zones`
-- @tparam table options `domain`, the sending domain; `resolver`
-- @treturn table
--
-- - `dmarc`: `result` ("found", "none", "temperror"), `policy`, `record_domain`: what applies to the domain
-- - `spf`: by name of a domain that is included or is to be, `lookups` that its record takes, and `includes`, all names that are included
--   by way of it
function M.look(given, options)
  local domains = domains_of(given)
  local asked = { false }
  for i, domain in ipairs(domains) do
    asked[i + 1] = domain
  end
  local found = async.each(asked, function(domain)
    if domain then
      return look_at_tree(domain, options.resolver)
    end
    return look_at_policy(options.domain, options.resolver)
  end)
  local facts = { dmarc = found[1], spf = {} }
  for i, domain in ipairs(domains) do
    facts.spf[domain] = found[i + 1]
  end
  return facts
end

return M
