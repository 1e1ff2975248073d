--- octoDNS' configuration: YAML for the zone's file.
--
-- octoDNS wants names, and the fields of a record, in natural order (`enforce_order`), and each `;` of a TXT value as `\;`. What it
-- cannot say (a backslash, `" "`, which it takes for the seam of two strings, and anything but printable ASCII) is refused.
-- @module mailseal.handover.octodns
local plain = require "mailseal.handover.plain"
local words = require "mailseal.handover.words"

local M = {}

local function quote(text)
  return "'" .. text:gsub("'", "''") .. "'"
end

-- A text as octoDNS reads it. It takes away the first and the last character of one that begins with a quote.
local function value_of(text)
  local escaped = text:gsub(";", "\\;")
  return escaped:find '^"' and '"' .. escaped .. '"' or escaped
end

local function problem_of(entry)
  return plain.problem(entry, "[^\32-\126]", "a character that is not printable ASCII")
    or plain.problem(entry, "\\", "a backslash")
    or entry.data.text and (plain.problem(entry, '" "', "quotes around a space"))
    or entry.data.text == "" and plain.problem(entry, "^$", "nothing")
    or nil
end

-- ---- Natural order: runs of digits count as numbers.

local function pieces(name)
  local list = {}
  for text, digits in name:gmatch "(%D*)(%d*)" do
    list[#list + 1] = text
    list[#list + 1] = tonumber(digits) or -1
  end
  return list
end

local function comes_before(a, b)
  local left, right = pieces(a), pieces(b)
  for i = 1, math.min(#left, #right) do
    if left[i] ~= right[i] then
      return left[i] < right[i]
    end
  end
  return #left < #right
end

-- ---- Writing.

local function write_values(out, indent, set)
  if set.type == "MX" then
    out[#out + 1] = indent .. "values:"
    for _, entry in ipairs(set) do
      out[#out + 1] = ("%s  - exchange: %s"):format(indent, quote(entry.data.target .. "."))
      out[#out + 1] = ("%s    preference: %d"):format(indent, entry.data.preference)
    end
    return
  end
  local values = {}
  for i, entry in ipairs(set) do
    values[i] = quote(entry.data.text and value_of(entry.data.text) or entry.data.target .. ".")
  end
  if set.type == "CNAME" or #values == 1 then
    out[#out + 1] = ("%svalue: %s"):format(indent, values[1])
    return
  end
  out[#out + 1] = indent .. "values:"
  for _, value in ipairs(values) do
    out[#out + 1] = ("%s  - %s"):format(indent, value)
  end
end

-- The sets of one name; several of them are a list.
local function write_name(out, sets, ttl)
  out[#out + 1] = quote(sets[1].prefix) .. ":"
  for _, set in ipairs(sets) do
    local first, indent = "  ", "  "
    if #sets > 1 then
      first, indent = "  - ", "    "
    end
    for _, line in ipairs(words.comments(set)) do
      out[#out + 1] = "  # " .. line
    end
    out[#out + 1] = ("%sttl: %d"):format(first, ttl)
    out[#out + 1] = ("%stype: %s"):format(indent, set.type)
    write_values(out, indent, set)
  end
end

local function by_name(sets)
  local names, groups = {}, {}
  for _, set in ipairs(sets) do
    if not groups[set.prefix] then
      groups[set.prefix], names[#names + 1] = {}, set.prefix
    end
    table.insert(groups[set.prefix], set)
  end
  table.sort(names, comes_before)
  return names, groups
end

--- Writes the configuration.
-- @tparam table plan see `mailseal.handover.plan`
-- @tparam table about `domain`, `zone`, `ttl`
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what cannot be written
-- @treturn[2] string "not_representable"
function M.write(plan, about)
  local out = { "---" }
  for _, line in ipairs(words.preamble(about)) do
    out[#out + 1] = "# " .. line
  end
  out[#out + 1] = ("# Goes into %s.yaml; a name that is there already gets these records beside its own."):format(plan.zone)
  out[#out + 1] = "# A ; in a TXT value is written as \\;, as YamlProvider reads it (with escaped_semicolons, where it has that)."
  for _, entry in ipairs(plan.entries) do
    local problem = problem_of(entry)
    if problem then
      return nil, problem, "not_representable"
    end
  end
  local names, groups = by_name(plan.sets)
  for _, name in ipairs(names) do
    write_name(out, groups[name], about.ttl)
  end
  for _, given in ipairs(plan.unknown) do
    out[#out + 1] = "# " .. words.unknown(given)
  end
  return table.concat(out, "\n") .. "\n"
end

return M
