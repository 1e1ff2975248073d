--- What was found out about a domain's records: which finding is about which of them, and how that is told, with cause and cure.
--
-- What is said of one record is not said again of the next, where it differs in nothing but the records' own names and values.
-- @module mailseal.web.findings
local h = require "mailseal.web.html"
local status = require "mailseal.web.status"

local M = {}

--- The findings by the record that they are about; and those that are about none that is open.
-- @tparam table domain as of `mailseal.onboard`
-- @treturn table lists by the records' ids
-- @treturn {table,...}
function M.sort(domain)
  local of, others = {}, {}
  for _, finding in ipairs(domain.findings or {}) do
    local list = others
    for _, record in ipairs(domain.records) do
      if record.status ~= "found" and status.is_about(finding, record) then
        of[record.id] = of[record.id] or {}
        list = of[record.id]
        break
      end
    end
    list[#list + 1] = finding
  end
  return of, others
end

local function without(text, own)
  return own and own ~= "" and text:gsub((tostring(own):gsub("%p", "%%%0")), "\1") or text
end

-- The finding, but for names, values and types of records: alike for all that have the same cause and cure.
local function key_of(finding, record)
  local text = ("%s\n%s\n%s"):format(finding.code, finding.message or "", finding.fix or "")
  text = without(without(text, finding.name), finding.where)
  if record then
    text = without(text, record.name)
    text = without(text, type(record.value) == "string" and record.value or nil)
    for _, field in ipairs(record.host and record.host.fields or {}) do
      text = without(text, field.key == "name" and field.value or nil)
    end
  end
  return (text:gsub("%f[%w]%u+%f[%W]", "\2"))
end

local function item(finding, place)
  return h.li {
    class = "finding is-" .. status.finding(finding), h.p { class = "cause", finding.message },
    place and h.p { class = "soft", "At ", h.code { place } } or nil,
    finding.fix and h.p { class = "cure", h.b { "What to do: " }, finding.fix } or nil,
  }
end

local function same_item(finding, first)
  return h.li {
    class = "finding is-" .. status.finding(finding),
    h.p { "The same as with ", h.a { href = "#record-" .. first.id, first.title }, "." },
  }
end

local function list_of(items) return items[1] and h.ul { class = "findings", items } or nil end

--- Draws those about a record. That it is missing its card says already.
-- @tparam {table,...} list
-- @tparam table record
-- @tparam table about `title`, that of the record; `told`, what was said of other records so far, which is added to
-- @treturn ?table HTML
function M.of_record(list, record, about)
  local items, told, here = {}, about.told, {}
  for _, finding in ipairs(list or {}) do
    if not (finding.code == "record_missing" and record.status == "missing") then
      local key = key_of(finding, record)
      local first = told[key]
      told[key] = first or { id = record.id, title = about.title }
      local is_named = not finding.name or finding.name == record.name or (finding.message or ""):find(finding.name, 1, true)
      if first and not here[first.id] then
        items[#items + 1] = same_item(finding, first)
      elseif not first then
        items[#items + 1] = item(finding, not is_named and finding.name or nil)
      end
      here[told[key].id] = true
    end
  end
  return list_of(items)
end

--- Draws those that are about no record, but for what was said already, and for advice.
-- @tparam {table,...} list
-- @tparam table told as of @{of_record}
-- @treturn ?table HTML
function M.others(list, told)
  local items = {}
  for _, finding in ipairs(list) do
    if finding.severity ~= "advice" and not told[key_of(finding)] then
      items[#items + 1] = item(finding)
    end
  end
  return list_of(items)
end

return M
