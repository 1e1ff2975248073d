--- What became of a multipart body: a part that was added, a multipart put around it, parts that were encoded anew.
--
-- See `mailseal.check.message.body`, whose changes these are.
-- @module mailseal.check.message.body_parts
local encodings = require "mailseal.check.message.encodings"
local mime = require "mailseal.check.message.mime"
local quote = require "mailseal.check.message.quote"

local M = {}

-- How many delimiters and parts are tried.
local DELIMITERS, PARTS = 8, 4

-- A part that was added before the end of a multipart.
local function footer_part(trial, delimiters, boundary)
  local body, last = trial.body, delimiters[#delimiters]
  local behind = last.closing and body:sub(last.behind) or ""
  for i = #delimiters, math.max(2, #delimiters - DELIMITERS), -1 do
    local delimiter = delimiters[i]
    local ending = "--" .. boundary .. "--\r\n" .. behind
    if not delimiter.closing and trial:affords_body(delimiter.at) and trial:body_holds(body:sub(1, delimiter.at - 1) .. ending) then
      local stop = last.closing and last.at or #body + 1
      local part = mime.part(body, delimiter.behind, stop - 1)
      return {
        part = "body", kind = "footer", octets = stop - delimiter.at, found = quote.beginning(body:sub(part.from, part.to)),
        where = "in a part of its own",
      }
    end
  end
end

-- What was signed became a part of a new multipart, as lists do to what has no room for a footer.
local function wrapped(trial, parts)
  for i = 1, #parts do
    local part = parts[i]
    local text = trial.body:sub(part.from, part.to)
    if trial:affords_body(#text) and trial:body_holds(text) then
      local rest = parts[i + 1] and trial.body:sub(parts[i + 1].from, parts[i + 1].to) or ""
      return {
        part = "body", kind = "wrapped", fields = part.fields, octets = #trial.body - #text, found = quote.beginning(rest),
        where = "in a new multipart around what was signed",
      }
    end
  end
end

-- A part as it was before it was encoded: decoded, and with another Content-Transfer-Encoding; nil where it is not encoded.
local function decoded_part(body, part)
  local encoding, field = encodings.of(part.fields)
  local header = body:sub(part.at, part.from - 1)
  local from, to
  if encoding then
    from, to = header:find(field.whole, 1, true)
  end
  if not from then -- there is no such encoding, or no empty line ends the header
    return nil
  end
  return header:sub(1, from - 1) .. field.name .. ": 8bit\r\n" .. header:sub(to + 1)
    .. encodings.decode(encoding, body:sub(part.from, part.to)), encoding
end

-- All encoded parts at once: a relay that does not pass on 8bit encodes whatever is not plain.
local function reencoded_parts(trial, parts)
  local body, pieces, position, to = trial.body, {}, 1, nil
  if not trial:affords_body(#body) then
    return nil
  end
  for _, part in ipairs(parts) do
    local decoded, encoding = decoded_part(body, part)
    if decoded then
      pieces[#pieces + 1] = body:sub(position, part.at - 1)
      pieces[#pieces + 1] = decoded
      position, to = part.to + 1, to or encoding
    end
  end
  if to and trial:body_holds(table.concat(pieces) .. body:sub(position)) then
    return { part = "body", kind = "reencoded", from = "8bit", to = to }
  end
end

--- What was done to the parts.
-- @tparam table trial see `mailseal.check.message.trial`
-- @treturn ?table the change; nil where it cannot be told
function M.explain(trial)
  local boundary = trial:affords_body(1) and mime.boundary(trial.fields)
  local delimiters = boundary and mime.delimiters(trial.body, boundary) or {}
  if #delimiters < 2 then
    return nil
  end
  local parts = mime.parts(trial.body, delimiters, PARTS)
  return footer_part(trial, delimiters, boundary) or wrapped(trial, parts) or reencoded_parts(trial, parts)
end

return M
