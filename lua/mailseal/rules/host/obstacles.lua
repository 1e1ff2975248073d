--- Why a record cannot be set at a DNS host, and what to do instead.
-- @module mailseal.rules.host.obstacles
local called = require "mailseal.rules.host".called

local M = {}

-- The characters of a name, and of a part between its dots, at most (RFC 1035 §3.1).
local NAME_MAX, LABEL_MAX = 253, 63

-- Each looks at one thing: why not, what instead, and a code; nil where nothing is in the way. In this order, the first is told.
local list = {}

local function host_of(rule)
  return called(rule) or "this DNS host"
end

local function is_confirmed(shape, member)
  return shape.confidence(member) == "confirmed"
end

-- A record of the reverse zone is no matter of this domain's DNS host.
list[1] = function(_, shape)
  if shape.type == "PTR" then
    return "a PTR record stands in the zone of the address, not in the zone " .. shape.zone,
      "have it set by whoever gave you the address: the provider of the server or of the line", "reverse_zone"
  end
end

list[2] = function(_, shape)
  if not shape.inside then
    return ("%s is not in the zone %s"):format(shape.full, shape.zone),
      ("set it in the zone that %s is in, at the DNS host of that zone"):format(shape.full), "other_zone"
  end
end

-- RFC 1034 §3.6.2; the zone's own SOA and NS records stand at its apex.
list[3] = function(_, shape)
  if shape.type == "CNAME" and shape.at_apex then
    return ("a CNAME cannot stand at %s itself, beside the records that every zone has there"):format(shape.zone),
      "use a subdomain of it for sending; an ALIAS or ANAME record, or a flattened CNAME, does not do for mail", "apex_cname"
  end
end

list[4] = function(rule, shape)
  local underscore = shape.type == "CNAME" and ("." .. shape.full):find("._", 1, true)
  if underscore and rule.underscore_cname == false then
    return ("the form of %s has refused an underscore in the name of a CNAME"):format(host_of(rule)),
      "ask its support to enter the record by hand; or use the provider's TXT records in place of CNAMEs, if it has them; or move the "
        .. "zone to another DNS host", "underscore_cname"
  end
end

local function longest_label(name)
  local longest = 0
  for label in name:gmatch "[^.]+" do
    longest = math.max(longest, #label)
  end
  return longest
end

list[5] = function(_, shape)
  local instead = "use a shorter subdomain, or a shorter selector"
  if #shape.full > NAME_MAX then
    return ("a name has %d characters at most, and this one has %d"):format(NAME_MAX, #shape.full), instead, "name_too_long"
  elseif longest_label(shape.full) > LABEL_MAX then
    return ("a part of a name between two dots has %d characters at most, and one here has more"):format(LABEL_MAX), instead,
      "name_too_long"
  end
end

list[6] = function(rule, shape)
  local most = rule.limits and rule.limits.name
  if most and #shape.name > most and is_confirmed(shape, "limits") then
    return ("%s takes %d characters at most for the name, and this one has %d"):format(host_of(rule), most, #shape.name),
      "use a shorter subdomain, or a shorter selector; or delegate the subdomain to another DNS host by NS records", "name_too_long"
  end
end

list[7] = function(rule, shape)
  local most = rule.limits and rule.limits.target
  local target = shape.has_target and shape.values[1]
  if most and target and #target > most and is_confirmed(shape, "limits") then
    return ("%s takes %d characters at most for the target, and this one has %d"):format(host_of(rule), most, #target),
      "ask the provider for a shorter one, or move the zone to another DNS host", "value_too_long"
  end
end

--- The characters that a text has as its host counts them.
-- @tparam table rule
-- @tparam table shape
-- @treturn ?number nil where the record has no text, or the host sets no limit
-- @treturn ?number the limit
function M.characters(rule, shape)
  local most = rule.text and rule.text.most
  if most and shape.text then
    return rule.text.counted == "encoded" and #shape.quoted or #shape.text, most
  end
end

list[8] = function(rule, shape)
  local count, most = M.characters(rule, shape)
  if count and count > most and is_confirmed(shape, "text") then
    local more = rule.text.counted == "encoded" and ", quotes included" or ""
    return ("%s takes %d characters at most in a TXT record%s, and this one has %d"):format(host_of(rule), most, more, count),
      "set a CNAME to a name where the long record is, if the provider has one; or delegate the subdomain to another DNS host by NS "
        .. "records; for a DKIM key, an RSA key of 1024 bits is the last resort", "text_too_long"
  end
end

--- Why a record cannot be set.
-- @tparam table rule
-- @tparam table shape see `mailseal.rules.host.render`
-- @treturn ?string why; nil where nothing is known to be in the way
-- @treturn ?string what to do instead
-- @treturn ?string `reverse_zone`, `other_zone`, `apex_cname`, `underscore_cname`, `name_too_long`, `value_too_long`, `text_too_long`
function M.find(rule, shape)
  for _, look in ipairs(list) do
    local why, instead, code = look(rule, shape)
    if why then
      return why, instead, code
    end
  end
end

return M
