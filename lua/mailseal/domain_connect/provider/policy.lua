--- SPF records that templates share: each has its rules merged into the one record of its name, and takes those out again that it brought
-- (draft-ietf-dconn-domainconnect §9.4). What was there keeps its order, its `all`, and its terms.
-- @module mailseal.domain_connect.provider.policy
local sets = require "mailseal.publish.sets"
local spf = require "mailseal.record.spf"

local M = {}

-- Of two qualifiers the one that lets more through counts.
local OPENNESS = { ["+"] = 4, ["?"] = 3, ["~"] = 2, ["-"] = 1 }

-- The SPF records at a name: values, and the texts that they are.
local function found(zone, name)
  local list = {}
  for _, record in ipairs(zone:at(name)) do
    local text = record.type == "TXT" and sets.joined(record.value)
    if text and spf.is_one(text) then list[#list + 1] = { value = record.value, text = text } end
  end
  return list
end

local function bare(text) return (text:gsub("^[-+?~]", ""):lower()) end

local function find_term(parsed, text)
  for _, term in ipairs(parsed.terms) do
    if bare(term.text) == bare(text) then return term end
  end
end

-- The record with a term; and whether that was not there.
local function with_term(text, term)
  local parsed = spf.parse(text)
  if not parsed then return nil end
  local old = find_term(parsed, term)
  local wanted = OPENNESS[term:match "^[-+?~]" or "+"]
  if old and OPENNESS[old.qualifier or "+"] >= wanted then return text, false end
  return spf.add(text, term), not old
end

local function replace(zone, name, old, value)
  for _, one in ipairs(old) do zone:remove(name, "TXT", one.value) end
  if value then zone:add(name, "TXT", value, not old[1] and 3600 or nil) end
end

--- Merges rules into the record of a name. Where there are several records, or one that cannot be read, they are replaced.
-- @tparam table zone as of `mailseal.domain_connect.provider.zone`
-- @tparam string name
-- @tparam {string,...} terms
-- @tparam string all what a new record ends in, such as "~all"
-- @treturn {string,...} the terms that were not there before
-- @treturn boolean was there no record before?
-- @treturn ?string the value of the record as it was, where it was another
function M.merge(zone, name, terms, all)
  local old, added = found(zone, name), {}
  local start = #old == 1 and spf.parse(old[1].text) and old[1].text or "v=spf1 " .. all
  local text = start
  for _, term in ipairs(terms) do
    local changed, is_new = with_term(text, term)
    text = changed or text
    added[#added + 1] = is_new and term or nil
  end
  local is_other = #old ~= 1 or text ~= old[1].text
  if is_other then replace(zone, name, old, sets.text(text)) end
  return added, #old == 0, is_other and old[1] and old[1].value or nil
end

--- Takes terms out of the record of a name.
-- @tparam table zone
-- @tparam string name
-- @tparam {string,...} terms
-- @tparam boolean created was there no record before them? Then none is left where nothing but its `all` is
-- @tparam[opt] string was the value of the record before them: where it says what it said then, it is cut into strings as it was
function M.take_out(zone, name, terms, created, was)
  local old = found(zone, name)
  if #old ~= 1 then return end
  local text = old[1].text
  for _, term in ipairs(terms) do text = spf.remove(text, term) or text end
  if text == old[1].text then return end
  local parsed = spf.parse(text)
  local is_empty = parsed and (#parsed.terms == 0 or #parsed.terms == 1 and parsed.terms[1].name == "all")
  if created and is_empty then return replace(zone, name, old) end
  replace(zone, name, old, was and sets.joined(was) == text and was or sets.text(text))
end

return M
