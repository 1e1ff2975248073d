--- What large receivers ask of bulk senders, as a check found it met, for people.
-- @module mailseal.cli.check_profile
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"

local M = {}

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
