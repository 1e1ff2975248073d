--- One DMARC record out of several, or of one that receivers cannot use: never with a weaker policy than any of them asked for.
-- @module mailseal.publish.judge.dmarc_mending
local record_of = require "mailseal.record"

local M = {}

local STRICTNESS = { none = 1, quarantine = 2, reject = 3 }

-- The stricter of two policies, either of which may be none.
local function stricter(a, b)
  return (STRICTNESS[a] or 0) >= (STRICTNESS[b] or 0) and a or b
end

-- A tag's values in a text, however it is written.
local function values_of(text, name)
  local list = {}
  for found, value in (";" .. text):gmatch "[;%s,\"']([%a]+)%s*=%s*([^;\"']*)" do
    if found:lower() == name then
      list[#list + 1] = (value:gsub("%s+$", ""))
    end
  end
  return list
end

local function policy_in(text, name)
  local policy
  for word in text:lower():gmatch("%f[%w]" .. name .. "%s*[=:]%s*(%a+)") do
    policy = STRICTNESS[word] and stricter(policy, word) or policy
  end
  return policy
end

-- The record that asks for most among those that can be used; nil where there is none.
local function strictest(records, floor)
  local best
  for _, one in ipairs(records) do
    local parsed = one.parsed
    if parsed and not parsed.policy_assumed and (STRICTNESS[parsed.policy] or 0) >= (STRICTNESS[floor] or 0)
      and (not best or STRICTNESS[parsed.policy] > STRICTNESS[best.parsed.policy]) then
      best = one
    end
  end
  return best
end

local function has_error(text)
  for _, finding in ipairs((record_of.lint("dmarc", text))) do
    if finding.severity == "error" then
      return true
    end
  end
  return false
end

-- Tags beside the policy that are kept where they can be: the first of each.
local KEPT = { "rua", "ruf", "adkim", "aspf", "fo" }

--- Makes it.
-- @tparam {table,...} records `text`, and `parsed` where receivers can read it
-- @tparam ?string wanted the text that would be published where there is none
-- @tparam ?string floor the policy that applies where this record is not there
-- @treturn string a record that can be used: the strictest of those that can, as it is written, or what can be read of them all
function M.mend(records, wanted, floor)
  local all = {}
  for i, one in ipairs(records) do
    all[i] = one.text
  end
  local text = table.concat(all, ";")
  local policy = stricter(policy_in(text, "p"), stricter(floor, policy_in(wanted or "", "p"))) or "none"
  local best = strictest(records, policy)
  if best then
    return best.text
  end
  local new, subdomains = "v=DMARC1; p=" .. policy, policy_in(text, "sp")
  if subdomains then
    new = new .. "; sp=" .. stricter(subdomains, floor)
  end
  for _, name in ipairs(KEPT) do
    local value = values_of(text, name)[1] or values_of(wanted or "", name)[1]
    local longer = value and ("%s; %s=%s"):format(new, name, value)
    new = longer and not has_error(longer) and longer or new
  end
  return new
end

return M
