--- `mailseal query` of an address: its names, and which of them have the address.
-- @module mailseal.cli.query_reverse
local answers = require "mailseal.cli.answer"
local json = require "mailseal.json"
local status = require "mailseal.cli.status"

local M = {}

local words = {
  confirmed = "%s has the address %s",
  unconfirmed = "%s does not have the address %s",
  unknown = "whether %s has the address %s cannot be told: %s",
}

--- Prints what was found.
-- @tparam table found as `resolver:reverse` returns it
function M.tell(found)
  answers.stop_on_fault(found.answer)
  answers.tell(found.answer)
  for _, name in ipairs(found.names) do
    local why = name.state == "unknown" and answers.explain(name.answer)
    answers.comment(words[name.state]:format(name.name, found.address, why))
  end
  if found.capped then
    answers.comment(("no more than %d names are looked at"):format(#found.names))
  end
  local code = answers.exit_status(found.status, found.reason)
  if code ~= status.OK and code ~= status.NO then
    status.stop(code, ("whether any name has the address %s cannot be told"):format(found.address))
  end
end

local function name_object(name)
  return json.object("name", name.name, "state", name.state, "answer", answers.object(name.answer))
end

--- What was found as JSON.
-- @tparam table found as `resolver:reverse` returns it
-- @treturn table what `json.encode` writes as an object
function M.object(found)
  return json.object(
    "address", found.address,
    "name", found.name,
    "type", found.type,
    "status", found.status,
    "reason", found.reason,
    "confirmed", found.confirmed,
    "names", answers.map(found.names, name_object),
    "capped", found.capped,
    "answer", answers.object(found.answer)
  )
end

return M
