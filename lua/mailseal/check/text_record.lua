--- A record of one text at a name of its own, of which there must be one: MTA-STS, TLS-RPT and BIMI records.
--
-- Other texts may stand at the name, as a wildcard puts them there: they are passed over (RFC 8461 §3.1, RFC 8460 §3).
-- @module mailseal.check.text_record
local placement = require "mailseal.check.publication.placement"
local receives = require "mailseal.check.mx".receives
local record = require "mailseal.record"

local M = {}

-- The texts that receivers take for such a record.
local function records_in(answer, version)
  local list = {}
  for i, text in ipairs(answer.text) do
    if text:match "^v=(%w+)" == version and text:find("^%s*;", #version + 3) or text == "v=" .. version then
      list[#list + 1] = answer.records[i].strings
    end
  end
  return list
end

-- The first text that is meant to be such a record, and is none for them.
local function almost_in(answer, version)
  for i, text in ipairs(answer.text) do
    if text:lower():find(version:lower(), 1, true) then
      return answer.records[i].strings
    end
  end
end

-- Looks at the one record, or at what is meant to be one.
local function lint(context, wanted, strings)
  local findings, parsed = record.lint(wanted.kind, strings)
  context:lint(findings, { name = wanted.name })
  return { state = parsed and "ok" or "broken", text = table.concat(strings), parsed = parsed }
end

-- A domain above has a record of its own; the domain itself has no such text.
local function look_elsewhere(context, wanted, zone)
  return placement.find(context, {
    name = wanted.name, type = "TXT", zone = zone,
    fits = function(answer, strict)
      return (not strict or answer.name == context.domain) and #records_in(answer, wanted.version) > 0
    end,
  })
end

--- Looks for the record, and tells what is wrong with it.
-- @tparam table context see `mailseal.check.context`
-- @tparam table wanted `name`; `kind`, that of `mailseal.record`; `version`, what v= says; `two` and `missing`, the codes of the findings
--   that there are several, and that there is none (nil where that is no matter; nor is it where the domain receives no mail)
-- @treturn table
--
-- - `state`: "ok"; "none"; "misplaced" (it is at another name); "broken" (receivers do not use it); "unknown" (a temporary fault)
-- - `text`, `parsed`: of the record, where there is one
-- - `name`: where it belongs
function M.look(context, wanted)
  local answer = context:ask(wanted.name, "TXT")
  local result = { state = "unknown", name = wanted.name }
  if context:temporary(answer) then
    return result
  end
  local records = records_in(answer, wanted.version)
  local strings = records[1] or almost_in(answer, wanted.version)
  if #records > 1 then
    result.state = "broken"
    context:find(wanted.two, { name = wanted.name, found = #records })
  elseif strings then
    result = lint(context, wanted, strings)
    result.name = wanted.name
  else
    local place = look_elsewhere(context, wanted, #answer.chain == 0 and answer.zone or nil)
    result.state = place and "misplaced" or "none"
    if place then
      place.name = wanted.name
      context:find(place.code, place)
    elseif wanted.missing and receives(context) then
      context:find(wanted.missing, { name = wanted.name, domain = context.domain })
    end
  end
  return result
end

return M
