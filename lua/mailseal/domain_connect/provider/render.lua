--- A template's records with a request's values in the places of its variables (draft-ietf-dconn-domainconnect §9, §10.3).
--
-- The text of the template decides what a record is, and no value can change that: each is put in once and never looked through again; in
-- a name it is labels, in a text octets within the character-string that it stands in, in SPF rules one term's part.
-- @module mailseal.domain_connect.provider.render
local domains = require "mailseal.domain"
local master = require "mailseal.dns.zone_master"
local printable = require "mailseal.printable".line
local sets = require "mailseal.publish.sets"
local spf = require "mailseal.record.spf"

local M = {}

-- Seconds of a TTL: what is not within is brought there; where a template says none.
local LEAST, MOST, USUAL = 60, 86400, 3600
local TEXT = 4000

-- What is wrong is raised within, and caught where it began.
local Refusal = {}
local function refuse(words, ...) error(setmetatable({ message = words:format(...) }, Refusal), 0) end

-- ---- putting values in

local function value_of(name, request)
  if name == "domain" then return request.domain end
  if name == "fqdn" then return request.name end
  if name == "host" then return request.host or "" end
  return request.values[name] or refuse("the request has no %s", name)
end

-- A text with values in it, each as `as` has it.
local function filled(text, request, as)
  return (text:gsub("%%([%w_-]+)%%", function(name) return as(value_of(name, request), name) end))
end

-- Labels: no value ends a name, nor begins another one.
local function as_labels(value, name)
  if value ~= "" and not (value .. "."):find "^[%w_-]" or value:find "[^%w_.-]" or value:find "%.%." or value:find "%.$" then
    refuse("the value of %s, \"%s\", is no part of a name", name, printable(value:sub(1, 60)))
  end
  return value
end

local function number_of(given, request, what)
  local text = type(given) == "number" and ("%d"):format(given) or filled(given, request, function(value) return value end)
  local number = text:find "^%d%d?%d?%d?%d?$" and tonumber(text)
  if not number or number > 65535 then refuse("%s is \"%s\", which it cannot be", what, printable(text:sub(1, 60))) end
  return number
end

local function ttl_of(record, request)
  local given = record.ttl
  if type(given) == "string" then given = tonumber((filled(given, request, function(value) return value end))) end
  return math.max(LEAST, math.min(MOST, math.floor(tonumber(given) or USUAL)))
end

-- ---- names

-- Where a record stands.
local function owner_of(text, request)
  if text == "" or text == "@" then return request.name end
  local name = filled(text, request, as_labels):lower()
  if name == "" then return request.name end
  name = name:find "%.$" and name:sub(1, -2) or ("%s.%s"):format(name, request.name)
  local plain = name:gsub("^%*%.", "") -- a star is the template's own, for no value has one
  local zone = request.domain
  if not domains.valid(plain) then refuse("\"%s\" is no name", printable(name:sub(1, 253))) end
  if plain ~= zone and plain:sub(-#zone - 1) ~= "." .. zone then refuse("%s is not within %s", name, zone) end
  return name
end

-- Where a record points to, with its dot.
local function target_of(text, request)
  if text == "@" then return request.name .. "." end
  local name = filled(text, request, as_labels):lower():gsub("%.$", "")
  if not domains.valid(name) then refuse("\"%s\" is no name to point to", printable(name:sub(1, 253))) end
  return name .. "."
end

-- ---- values

-- The octets that a text stands for, each escape of it read once (RFC 1035 §5.1).
local function unescaped(text)
  return (text:gsub("\\(.)(%d?%d?)", function(first, rest)
    if not first:find "%d" then return first .. rest end
    local code = #rest == 2 and tonumber(first .. rest)
    return code and code < 256 and string.char(code) or nil
  end))
end

-- The octets of a character-string. Values are read by themselves: what one ends in makes no escape of what the template has behind it.
local function octets_of(text, request)
  local parts, from = {}, 1
  for at, name, behind in text:gmatch "()%%([%w_-]+)%%()" do
    parts[#parts + 1] = unescaped(text:sub(from, at - 1))
    parts[#parts + 1] = unescaped(value_of(name, request))
    from = behind
  end
  parts[#parts + 1] = unescaped(text:sub(from))
  return table.concat(parts)
end

-- The character-strings of a text. They are told apart before anything is put in.
local function text_of(data, request)
  local strings = data:find '^"' and master.tokens(data) or { data }
  if not strings then refuse "the template's text is none" end
  local size = 0
  for i, one in ipairs(strings) do
    strings[i] = octets_of(one, request)
    size = size + #strings[i]
  end
  if size > TEXT then refuse("the text has %d octets, and may have %d", size, TEXT) end
  return sets.text(strings[2] and strings or strings[1])
end

local function address(record, request)
  local text = filled(record.pointsTo, request, function(value) return value end)
  local value = not text:find "%s" and sets.octets(record.type, text) and sets.spelled(record.type, text)
  return value or refuse("\"%s\" is no address of the type %s", printable(text:sub(1, 60)), record.type)
end

local values = {
  A = address, AAAA = address,
  CNAME = function(record, request) return target_of(record.pointsTo, request) end,
  NS = function(record, request) return target_of(record.pointsTo, request) end,
  TXT = function(record, request) return text_of(record.data, request) end,
  MX = function(record, request)
    return ("%d %s"):format(number_of(record.priority, request, "the priority"), target_of(record.pointsTo, request))
  end,
  SRV = function(record, request)
    return ("%d %d %d %s"):format(number_of(record.priority, request, "the priority"), number_of(record.weight, request, "the weight"),
      number_of(record.port, request, "the port"), record.target == "." and "." or target_of(record.target, request))
  end,
}

local function srv_host(record)
  local name = (record.name == "" or record.name == "@") and "" or "." .. record.name
  if not (record.service:find "^_[%w-]+$" and record.protocol:find "^_[%w-]+$") then refuse "the template's SRV record is none" end
  return ("%s.%s%s"):format(record.service, record.protocol, name)
end

-- ---- SPF

-- The terms of SPF rules. A value brings no term along that the template does not have, unless the template has nothing but that value.
local function terms_of(record, request)
  local rules = filled(record.spfRules, request, function(value, name)
    if record.spfRules ~= "%" .. name .. "%" and (value == "" or value:find "[%s:/=%%]") then
      refuse("the value of %s, \"%s\", is no part of a rule of SPF", name, printable(value:sub(1, 60)))
    end
    return value
  end)
  local parsed, message = spf.parse("v=spf1 " .. rules)
  if not parsed then refuse("\"%s\" are no rules of SPF: %s", printable(rules:sub(1, 200)), message) end
  local terms = {}
  for i, term in ipairs(parsed.terms) do
    -- What a modifier says would be said of the whole record, other services' rules among it.
    if term.name == "all" or term.kind == "modifier" then refuse("rules of SPF have no %s here", printable(term.text:sub(1, 60))) end
    terms[i] = term.text
  end
  if not terms[1] then refuse "there are no rules of SPF" end
  return terms
end

-- ---- all of it

local function is_active(record, groups) return not groups or not record.groupId or groups[record.groupId] end

local function check_neighbours(list, rules, zone)
  local kinds = {}
  for _, rule in ipairs(rules) do kinds[rule.name] = "TXT" end
  for _, one in ipairs(list) do
    if one.name == zone and (one.type == "CNAME" or one.type == "NS") then
      refuse("at %s itself there can be no %s", zone, one.type)
    end
    local before = kinds[one.name]
    if before and (before == "CNAME" or one.type == "CNAME") then refuse("beside a CNAME at %s there can be nothing else", one.name) end
    kinds[one.name] = one.type
  end
end

local function render(request)
  local list, rules, seen = {}, {}, {}
  for _, record in ipairs(request.template.records) do
    if is_active(record, request.groups) then
      local host = record.type == "SRV" and srv_host(record) or record.host
      local one = { name = owner_of(host, request), group = record.groupId }
      if record.type == "SPFM" then
        one.terms = terms_of(record, request)
        rules[#rules + 1] = one
      else
        one.type, one.value, one.ttl = record.type, values[record.type](record, request), ttl_of(record, request)
        one.essential, one.mode, one.prefix = record.essential, record.txtConflictMatchingMode, record.txtConflictMatchingPrefix
        local key = ("%s %s %s"):format(one.name, one.type, one.value)
        list[#list + 1] = not seen[key] and one or nil
        seen[key] = true
      end
    end
  end
  check_neighbours(list, rules, request.domain)
  return { records = list, rules = rules }
end

--- Renders a request's template.
-- @tparam table request as of `mailseal.domain_connect.provider.request`
-- @treturn[1] table `records`, each with `name`, `type`, `value` and `ttl` as in `mailseal.publish.sets`, `group`, `essential`, and of TXT
--   `mode` and `prefix`; `rules` of SPF, each with `name`, `terms` (texts), `group`
-- @treturn[2] nil
-- @treturn[2] string why they cannot be
-- @treturn[2] string `bad_request`
function M.records(request)
  local ok, result = pcall(render, request)
  if ok then return result end
  if getmetatable(result) ~= Refusal then error(result, 0) end
  return nil, result.message, "bad_request"
end

return M
