--- A fragment of a zone file (RFC 1035 §5.1), for BIND and whatever reads its format.
--
-- Names are absolute and every record has its TTL and its class, so that it means the same wherever in a zone file it is put. Any
-- octets can be written.
-- @module mailseal.handover.bind
local record = require "mailseal.record"
local words = require "mailseal.handover.words"

local M = {}

local function data_of(entry)
  local data = entry.data
  if data.text then
    return record.quote(record.split(data.text))
  end
  local target = assert(record.zone_name(data.target))
  return data.preference and ("%d %s"):format(data.preference, target) or target
end

local function comment(out, lines)
  for _, line in ipairs(lines) do
    out[#out + 1] = "; " .. line
  end
end

--- Writes the fragment.
-- @tparam table plan see `mailseal.handover.plan`
-- @tparam table about `domain`, `zone`, `ttl`
-- @treturn string
function M.write(plan, about)
  local out = {}
  comment(out, words.preamble(about))
  for _, entry in ipairs(plan.entries) do
    out[#out + 1] = ""
    comment(out, words.comments { entry })
    local name = assert(record.zone_name(entry.name))
    out[#out + 1] = ("%s %d IN %s %s"):format(name, about.ttl, entry.type, data_of(entry))
  end
  for _, given in ipairs(plan.unknown) do
    out[#out + 1] = ""
    comment(out, { words.unknown(given) })
  end
  return table.concat(out, "\n") .. "\n"
end

return M
