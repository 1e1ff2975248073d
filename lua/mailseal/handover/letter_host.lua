--- What letters say of the forms of the DNS host: with a record what concerns that one, and once what concerns several alike.
-- @module mailseal.handover.letter_host
local printable = require "mailseal.printable"

local M = {}

local line = printable.line

--- What a record was rendered to for the DNS host's own form.
-- @tparam table given the record
-- @treturn ?table as of `mailseal.host.render`; nil where the host is not known
function M.of(given)
  return type(given.host) == "table" and given.host.host and given.host or nil
end

--- What is to be known of the form with a record.
-- @tparam table given the record
-- @tparam table common as of `common`: what is not said again
-- @treturn {string,...} printable lines
function M.remarks(given, common)
  local list, host = {}, M.of(given) or {}
  if host.possible == false then
    list[1] = "This DNS host cannot publish it: " .. line(tostring(host.why or "it has no such records"))
  end
  for _, note in ipairs(host.notes or {}) do
    list[#list + 1] = not common[note] and line(note) or nil
  end
  return list
end

--- The address of the host's help on the form.
-- @tparam table given the record
-- @treturn ?string an https: URL; nil where there is none
function M.help(given)
  local host = M.of(given)
  local help = host and host.help
  return type(help) == "string" and help:find "^https://[%w]" and line(help) or nil
end

-- ---- What is said once.

-- How many of the open records of each type there are; and the notes on them, in order, with how many of each type have them.
local function notes_of(open)
  local totals, notes, by_text = {}, {}, {}
  for _, entries in ipairs(open) do
    local kind, host = entries[1].type, M.of(entries[1].given) or {}
    totals[kind] = (totals[kind] or 0) + 1
    for _, text in ipairs(host.notes or {}) do
      local note = by_text[text]
      if not note then
        note = { text = text, count = 0, kinds = {} }
        by_text[text], notes[#notes + 1] = note, note
      end
      note.count, note.kinds[kind] = note.count + 1, (note.kinds[kind] or 0) + 1
    end
  end
  return totals, notes
end

-- A note that holds for every record of some types: with these in front of it, unless they are all; nil where it is some records' own.
local function shared(note, totals)
  local kinds, is_of_all = {}, true
  for kind, total in pairs(totals) do
    local has = note.kinds[kind]
    if has and has < total then
      return nil
    end
    kinds[#kinds + 1], is_of_all = has and kind or nil, is_of_all and has ~= nil
  end
  table.sort(kinds)
  return note.count > 1 and (is_of_all and "" or table.concat(kinds, ", ") .. ": ") .. line(note.text) or nil
end

--- What the host's form wants of several records alike.
-- @tparam {table,...} open the records to be entered, each a list of its plan's entries
-- @treturn table a set of the notes that are said once, and `help` where it is one for all
-- @treturn {string,...} these notes as they are said, printable lines
function M.common(open)
  local common, list, first, same_help = {}, {}, open[1][1].given, #open > 1
  local totals, notes = notes_of(open)
  for _, note in ipairs(notes) do
    local said = shared(note, totals)
    if said then
      common[note.text], list[#list + 1] = true, said
    end
  end
  for _, entries in ipairs(open) do
    same_help = same_help and M.help(entries[1].given) == M.help(first)
  end
  common.help = same_help and M.help(first) or nil
  return common, list
end

return M
