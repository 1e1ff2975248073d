--- Where did the record land that is not where it belongs?
--
-- The name field of a DNS host's form is filled in wrongly in few ways: the host appends the domain where it was typed already, or
-- takes the name as it is where it was not; a label is left out or typed twice; the record is entered for the domain itself,
-- or for the domain above. Each way leads to a name that can be asked, and they are asked side by side.
-- @module mailseal.check.publication.placement
local relations = require "mailseal.dns.name"
local temporary = require "mailseal.dns.answer".temporary

local M = {}

local NAME_MAX = 253

local FRESH = { fresh = true }

-- Domains below that often have a zone, or a form, of their own.
local CHILDREN = { "mail", "www", "email", "send" }

-- The names above a domain under which others may have zones: not those of a single label.
local function ancestors(domain)
  local list, name = {}, relations.parent(domain)
  while name and name:find(".", 1, true) do
    list[#list + 1] = name
    name = relations.parent(name)
  end
  return list
end

-- Appends a place, each once, unless it is the right one.
local function adder(right)
  local places, seen = {}, { [right] = true }
  return function(name, code, strict)
    if not seen[name] and #name <= NAME_MAX then
      seen[name] = true
      places[#places + 1] = { name = name, code = code, strict = strict }
    end
  end, places
end

-- The whole name, and a domain appended once more: the zone's, the one that the record is for, or one above.
local function add_appended(add, name, domain, zone, above)
  for _, appended in ipairs { zone or domain, domain } do
    add(name .. "." .. appended, "record_name_doubled")
  end
  for _, appended in ipairs(above) do
    add(name .. "." .. appended, "record_name_doubled")
  end
end

-- The same, and a part of the name.
local function add_doubled(add, name, prefix, domain, zone, above)
  add_appended(add, name, domain, zone, above)
  -- What was typed held a part of the domain: "s1._domainkey.mail" in the zone mail.example.com.
  add(("%s.%s.%s"):format(prefix, domain:match "^[^.]+", domain), "record_name_doubled")
end

-- The slips that one makes with the two labels of a key's name.
local function add_selector_slips(add, selector, domain)
  local parent = "_domainkey." .. domain
  add(("%s._domainkey.%s"):format(selector, parent), "record_label_doubled")
  add(("%s.%s.%s"):format(selector, selector, parent), "record_label_doubled")
  add(("%s.%s"):format(selector, domain), "record_without_domainkey")
  add(parent, "record_without_selector")
  add(("%s.domainkey.%s"):format(selector, domain), "record_misnamed")
  add(("%s_domainkey.%s"):format(selector, domain), "record_misnamed")
  add(("_domainkey.%s.%s"):format(selector, domain), "record_misnamed")
  add("_dmarc." .. domain, "record_misnamed")
end

--- The names at which a record may have landed.
-- @tparam string name where it belongs
-- @tparam string domain that it is for; the name is in it
-- @tparam[opt] string zone that the name is in
-- @treturn {table,...} each with `name`, `code` (of the finding that this would be) and `strict`: something like it may rightly be there
function M.places(name, domain, zone)
  local add, places = adder(name)
  local above = ancestors(domain)
  if name == domain then
    add_appended(add, name, domain, zone, above)
    return places
  elseif not relations.is_within(name, domain) then
    return places
  end
  local prefix = name:sub(1, -#domain - 2)
  add_doubled(add, name, prefix, domain, zone, above)
  local selector = prefix:match "^(.+)%._domainkey$"
  if selector then
    add_selector_slips(add, selector, domain)
  else
    add(("%s.%s.%s"):format(prefix, prefix, domain), "record_label_doubled")
    local bare, underscores = prefix:gsub("_", "")
    if underscores > 0 then
      add(("%s.%s"):format(bare, domain), "record_misnamed")
    end
  end
  add(domain, "record_at_apex")
  for _, parent in ipairs(above) do
    add(("%s.%s"):format(prefix, parent), "record_at_parent", true)
  end
  for _, child in ipairs(CHILDREN) do
    add(("%s.%s.%s"):format(prefix, child, domain), "record_at_child", true)
  end
  return places
end

--- What to type into the name field of a DNS host's form. Its word for the zone itself is mostly "@".
-- @tparam string name of the record
-- @tparam string domain that it is for
-- @tparam[opt] string zone that the name is in, where it is known
-- @treturn string
-- @treturn string the zone, or else the domain, that this is relative to
function M.entry(name, domain, zone)
  local within = zone and relations.is_within(name, zone) and name ~= zone and zone or domain
  return name == within and "@" or name:sub(1, -#within - 2), within
end

--- Is it a wildcard that answers at a name where something was found? Then nothing was put there.
-- @tparam table context see `mailseal.check.context`
-- @tparam string name
-- @tparam string type
-- @treturn ?boolean false as well where it can never be told; nil where DNS does not say for now
-- @treturn ?table of nil: an answer that says why, for `context:temporary`
function M.is_wildcard(context, name, type)
  local is, _, status = context.resolver:synthesized(name, type)
  if is == nil and temporary[status] then
    return nil, { status = status, name = name, type = type }
  end
  return is == true
end

--- Looks for a record where it may have landed.
-- @tparam table context see `mailseal.check.context`
-- @tparam table wanted `name`; `type`; `zone`, that the name is in, where it is known; and `fits`, a function that is called with an
--   answer and says whether it holds the record; and with true where something like it may rightly be there; `fresh`: ask past the
--   cache
-- @treturn ?table the place that fits best, nil where there is none: `code`, of the finding that this is; `answer`; and the fields of
--   that finding: `where`, `entry` (what to type as its name) and `zone` (which that is relative to)
function M.find(context, wanted)
  local places, questions = M.places(wanted.name, context.domain, wanted.zone), {}
  for i, place in ipairs(places) do
    questions[i] = { place.name, wanted.type, wanted.fresh and FRESH or nil }
  end
  for i, answer in ipairs(context:asks(questions)) do
    local place = places[i]
    if answer and wanted.fits(answer, place.strict or false) and M.is_wildcard(context, place.name, wanted.type) == false then
      place.answer, place.where = answer, place.name
      place.entry, place.zone = M.entry(wanted.name, context.domain, wanted.zone)
      return place
    end
  end
end

return M
