--- What large receivers ask of bulk senders, as a check found it met, for people and as JSON.
-- @module mailseal.cli.check_profile
local json = require "mailseal.json"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"

local M = {}

local source_fields = { "title", "url", "as_of" }

--- The requirements as JSON.
-- @tparam table profile that of a report, see `mailseal.check.profile`
-- @treturn {table,...} what `json.encode` writes as a list of objects; `met` is not there where it cannot be told
function M.objects(profile)
  local list = {}
  for i, entry in ipairs(profile.requirements) do
    list[i] = json.object(
      "id", entry.id, "receiver", entry.receiver, "asks", entry.asks, "recommended", entry.recommended, "met", entry.met,
      "why", entry.why, "source", json.pick(entry.source, source_fields)
    )
  end
  return list
end

-- How many requirements of a receiver are met, are not, and cannot be seen; and the page that the first of them stands on.
local function count(profile, receiver)
  local met, unmet, unseen, page = 0, 0, 0, nil
  for _, entry in ipairs(profile.requirements) do
    if entry.receiver == receiver then
      met = met + (entry.met and 1 or 0)
      unmet = unmet + (entry.met == false and 1 or 0)
      unseen = unseen + (entry.met == nil and 1 or 0)
      page = page or entry.source
    end
  end
  return met, unmet, unseen, page
end

--- Prints how much of what is asked is met, and where that is written. What is not met stands among the findings.
-- @tparam table profile
function M.tell(profile)
  output.line("  what large receivers ask of bulk senders:")
  for _, receiver in ipairs(profile.receivers) do
    local met, unmet, unseen, page = count(profile, receiver.name)
    local words = ("%d met, %d not met, %d cannot be told from here (%s, as of %s: %s)"):format(
      met, unmet, unseen, page.title, page.as_of, page.url)
    paint.line(("  %-12s "):format(receiver.name), 15, words)
  end
end

return M
