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

-- What a record asks for at the domain itself, below it, and at names that are not there (RFC 9989 §4.7).
local function asked(parsed)
  local subdomains = parsed.subdomain_policy or parsed.policy
  return { parsed.policy, subdomains, parsed.nonexistent_policy or subdomains }
end

-- The strictest that any of them asks for, at the domain, below it, and at names that are not there.
local function most_of(records)
  local most = {}
  for _, one in ipairs(records) do
    for i, policy in ipairs(one.parsed and asked(one.parsed) or {}) do most[i] = stricter(policy, most[i]) end
  end
  return most
end

-- Is a record to be taken in part only, or as a trial?
local function is_half(text)
  local percent = tonumber(values_of(text, "pct")[1] or "100")
  return (values_of(text, "t")[1] or "n"):lower() == "y" or percent ~= nil and percent < 100
end

-- The record that asks for as much as all of them together, among those that can be used; nil where there is none.
local function strictest(records, floor)
  local most, halves = most_of(records), 0
  most[1] = stricter(floor, most[1])
  for _, one in ipairs(records) do halves = halves + (is_half(one.text) and 1 or 0) end
  for _, one in ipairs(records) do
    local parsed = one.parsed
    local is_most = parsed ~= nil and not parsed.policy_assumed and (halves == #records or not is_half(one.text))
    for i, policy in ipairs(is_most and asked(parsed) or {}) do is_most = is_most and stricter(policy, most[i]) == policy end
    if is_most then return one end
  end
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
  local new, most = "v=DMARC1; p=" .. policy, most_of(records)
  for i, name in ipairs { "sp", "np" } do
    local asked_for = policy_in(text, name)
    new = asked_for and ("%s; %s=%s"):format(new, name, stricter(stricter(asked_for, floor), most[i + 1])) or new
  end
  for _, name in ipairs(KEPT) do
    local value = values_of(text, name)[1] or values_of(wanted or "", name)[1]
    local longer = value and ("%s; %s=%s"):format(new, name, value)
    new = longer and not has_error(longer) and longer or new
  end
  return new
end

return M
