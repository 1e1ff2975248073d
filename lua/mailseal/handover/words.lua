--- What is said of records beside their names and values: the same in comments, tables and letters.
-- @module mailseal.handover.words
local plan = require "mailseal.handover.plan"
local printable = require "mailseal.printable"

local M = {}

-- What records are for, in words that whoever runs a DNS knows.
local purposes = {
  dkim = "DKIM, the key that mail's signatures are verified with",
  spf = "SPF, which servers may send",
  return_path = "the return path, where bounces go",
  dmarc = "DMARC, what receivers do with mail that is not the domain's own",
  ownership = "a proof that the domain's owner wants this",
  inbound = "incoming mail",
  links = "links in mail",
}

--- What a record is for.
-- @tparam table given
-- @treturn string
function M.purpose(given)
  local purpose = given.purpose or ""
  return purposes[purpose] or printable.line((purpose:gsub("_", " ")))
end

--- Which record it is, in a few words: "dkim1: DKIM, … (required)".
-- @tparam table given
-- @treturn string
function M.title(given)
  local purpose = M.purpose(given)
  local title = given.id and printable.line(tostring(given.id)) or given.type
  return ("%s%s (%s)"):format(title, purpose ~= "" and ": " .. purpose or "", given.required == false and "optional" or "required")
end

--- What whoever publishes a record has to know besides.
-- @tparam table given
-- @tparam ?string state as of a plan's entry
-- @treturn {string,...} sentences, printable
function M.remarks(given, state)
  local list = {}
  if state == "kept" then
    list[#list + 1] = "This is what is published there: it stays as it is."
  elseif state == "merged" then
    list[#list + 1] = "This takes the place of the SPF record that is there: one name has one SPF record."
  elseif plan.is_spf(given) and given.type == "TXT" then
    list[#list + 1] = "One name has one SPF record: where there is one already, add to it what is new here, and publish no second one."
  elseif plan.is_dmarc(given) then
    list[#list + 1] = "Where there is a DMARC record at this name already, keep it, and publish no second one."
  end
  if type(given.note) == "string" and given.note ~= "" then
    list[#list + 1] = printable.line(given.note)
  end
  return list
end

--- Why there is no value of a record.
-- @tparam table given
-- @treturn string a sentence without its beginning and end
function M.why_unknown(given)
  return given.status == "found" and "which is published already: it stays as it is" or "whose value the mail provider shows"
end

--- What is said of a record whose value only its provider knows, or that is there and cannot be told whole.
-- @tparam table given
-- @treturn string
function M.unknown(given)
  return ("%s: a %s record at %s, %s"):format(M.title(given), given.type, printable.line(given.name), M.why_unknown(given))
end

--- The comment of a whole file, a line each.
-- @tparam table about `domain`, `zone`
-- @treturn {string,...}
function M.preamble(about)
  return {
    ("What %s needs in the zone %s to send mail."):format(printable.line(about.domain), printable.line(about.zone)),
    "These records are added to those that are there: none of them takes another's place unless it says so.",
  }
end

--- Everything that is to be said before a set of entries, a line each.
-- @tparam {table,...} entries
-- @treturn {string,...}
function M.comments(entries)
  local lines = {}
  for _, entry in ipairs(entries) do
    lines[#lines + 1] = M.title(entry.given)
    for _, remark in ipairs(M.remarks(entry.given, entry.state)) do
      lines[#lines + 1] = remark
    end
  end
  return lines
end

return M
