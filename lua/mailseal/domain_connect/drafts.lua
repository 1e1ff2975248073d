--- A provider's rule (`mailseal.rules.provider`) in the words of Domain Connect: the template's records, and what the variables stand for.
--
-- The placeholders of a rule become variables: `{selector}` is `%selector%`, the second item of a list `%tokens_2%`, and a name that
-- Domain Connect has a meaning for gets `_value` behind it (`%key_value%`). `{domain}` is `%fqdn%` or the scope itself, `{org_domain}` the
-- zone, `%domain%`. What a record needs none of is as fixed in the template as in the rule: of that alone a DNS host knows what it allows.
-- @module mailseal.domain_connect.drafts
local ids = require "mailseal.domain_connect.ids"

local M = {}

--- What is published for the proof of ownership (`mailseal.onboard.ownership`) stands beside each rule's records.
M.OWNERSHIP = {
  id = "ownership", type = "TXT", name = "_mailseal-challenge.{domain}", value = "mailseal-domain-verification={challenge}",
  match = "exact", purpose = "ownership", required = true,
}

local GIVEN = { domain = "fqdn", org_domain = "domain" }

-- The variable that stands for a placeholder.
local function variable_of(name, place)
  local variable = place and ("%s_%d"):format(name, place) or name
  return ids.variable(variable) and variable or variable .. "_value"
end

-- A text of the rule's in the template's words; what it needs is added to `needs`.
local function worded(text, draft)
  if text:find "%%" then return nil end -- there is no way to write one that begins no variable
  return (text:gsub("{(%l[%l%d_]*)%.?(%d*)}", function(name, digits)
    if GIVEN[name] then return "%" .. GIVEN[name] .. "%" end
    if draft.all.values[name] then return draft.all.values[name] end
    local place = tonumber(digits) or name == draft.each and draft.number or nil
    local variable = variable_of(name, place) .. (draft.is_second and "_2" or "")
    draft.needs[variable] = { name = name, place = place, kind = draft.kind, is_second = draft.is_second }
    return "%" .. variable .. "%"
  end))
end

-- Where a record stands, as seen from what the template is applied to.
local function host_of(name, draft)
  local before, zone = name:match "^(.-)%.?{(%l+_?%l*)}$"
  draft.kind = "host"
  local host = worded(before, draft)
  draft.kind, draft.in_zone = nil, zone == "org_domain"
  if draft.in_zone then return host and (host == "" and "%domain%." or host .. ".%domain%.") end
  return host == "" and "@" or host
end

-- What an SPF record lets send: all but its version and its `all`. One that is asked for whole is given so.
local function rules_of(value, draft)
  local one = value:match "^{(%l[%l%d_]*)}$"
  if one and not draft.all.values[one] then
    draft.needs[one .. "_rules"] = { name = one, kind = "spf" }
    return ("%%%s_rules%%"):format(one)
  end
  return worded(M.spf_rules(value) or "", draft)
end

--- What an SPF record says between its version and its `all`.
-- @tparam string text
-- @treturn ?string nil where that is none
function M.spf_rules(text)
  local rules = text:match "^[vV]=[sS][pP][fF]1%s*(.-)%s*$"
  return rules and (rules:gsub("%s*[-+~?]?[aA][lL][lL]$", ""))
end

-- ---- the record of each way to look for one

local function text_record(record, draft, more)
  more.type, more.data = "TXT", worded(record.value, draft)
  return more.data and more
end

local makers = {
  cname_target = function(record, draft) return { type = "CNAME", pointsTo = worded(record.target, draft) } end,
  ns_delegation = function(record, draft) return { type = "NS", pointsTo = worded(record.value, draft) } end,
  mx = function(record, draft)
    local priority, host = record.value:match "^(%d+) (.+)$"
    return { type = "MX", priority = tonumber(priority), pointsTo = worded(host, draft) }
  end,
  spf_include = function(record, draft)
    local rules = rules_of(record.value, draft)
    return rules and rules ~= "" and { type = "SPFM", spfRules = rules } or nil
  end,
  -- Two keys at a selector are none.
  dkim_key = function(record, draft) return text_record(record, draft, { txtConflictMatchingMode = "All" }) end,
  -- Two policies are none, and who has one may change it without undoing all the rest.
  dmarc_any_valid = function(record, draft)
    return text_record(record, draft, {
      txtConflictMatchingMode = "Prefix", txtConflictMatchingPrefix = "v=DMARC1", essential = "OnApply",
    })
  end,
  exact = function(record, draft)
    return text_record(record, draft, { essential = record.id == "ownership" and "OnApply" or nil })
  end,
}

local POINTED = { CNAME = true, NS = true, MX = true }

-- A draft of a record: nil where Domain Connect cannot say it.
local function draft_of(all, record, number, is_second)
  local draft = {
    all = all, needs = {}, each = record.each, number = number, id = record.id .. (number or "") .. (is_second and "_2" or ""),
    is_second = is_second,
  }
  local made = makers[record.match](record, draft)
  local host = host_of(record.name, draft)
  if not made or not host or POINTED[made.type] and not made.pointsTo then return nil end
  made.host = host
  draft.record = made
  return draft
end

--- The drafts of a rule's records.
-- @tparam table all a rule with the members of its variant, as of `mailseal.rules.provider`
-- @tparam boolean ownership with the proof of ownership before them?
-- @tparam[opt] boolean two_keys are there two keys of a domain's at a time? The record of the second has `_2` behind its id and its
--   variables: so a host that replaces what a template has set leaves the key alone that is still signed with
-- @treturn[1] {table,...} `id` (the record's), `record` (the template's), `needs`: by variable, `name` and `place` of what it stands for,
--   and `kind` ("host" in a name, "spf"); `in_zone`: stands it at the zone, wherever the scope is?
-- @treturn[2] nil
-- @treturn[2] string what is in the way
-- @treturn[2] string `no_template`
function M.of(all, ownership, two_keys)
  local list = {}
  local function add(record, number, is_second)
    local draft = draft_of(all, record, number, is_second)
    list[#list + 1] = draft
    return draft
  end
  if ownership then add(M.OWNERSHIP) end
  for _, record in ipairs(all.records) do
    local var = all.vars[record.each]
    for number = 1, var and var.most or 1 do
      if not add(record, var and number) then
        return nil, ("%s: no template of Domain Connect can say its record %s"):format(all.id, record.id), "no_template"
      end
    end
    if two_keys and record.purpose == "dkim" then add(record, nil, true) end
  end
  if #all.records == 0 then return nil, ("%s wants no records"):format(all.id), "no_template" end
  return list
end

-- The text that a variable stands for; nil where it is not known.
local function value_of(need, values, domain)
  local value = need.is_second and values.second and values.second[need.name] or values[need.name]
  if type(value) == "table" then value = value[need.place] end
  if value and need.kind == "spf" then return M.spf_rules(value) end
  -- Providers show some names whole, and so they are pasted.
  local above = "." .. domain
  if value and need.kind == "host" and value:sub(-#above) == above then return value:sub(1, -#above - 1) end
  return value
end

--- What the variables of a draft stand for.
-- @tparam table draft as of @{of}
-- @tparam table values of the rule's vars, by name
-- @tparam string domain
-- @tparam table into gets them
-- @treturn boolean are all known?
function M.fill(draft, values, domain, into)
  local found = {}
  for variable, need in pairs(draft.needs) do
    found[variable] = value_of(need, values, domain)
    if not found[variable] or found[variable] == "" then return false end
  end
  for variable, value in pairs(found) do into[variable] = value end
  return true
end

return M
