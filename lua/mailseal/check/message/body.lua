--- What became of a body that is not the one that was signed.
--
-- Each thing that relays, gateways and lists are known to do is taken back, one at a time, and tried against bh=. What holds is
-- proven: two bodies of one hash are not to be had. A change is a table with `kind`:
--
-- - `white_space`, `lines`, `line_ends`, `escaped`: with `what`, in words
-- - `reencoded`: with `from` and `to`, names of encodings
-- - `footer`, `banner`: with `octets`, `found` (how it begins) and, where it is not simply below or above the text, `where`
-- - `wrapped`: what was signed is a part of a new multipart; with `fields`, those of that part
-- @module mailseal.check.message.body
local core = require "mailseal.core".mail
local message = require "mailseal.message"
local mime = require "mailseal.check.message.mime"

local M = {}

-- How many delimiters, parts and lines are tried.
local DELIMITERS, PARTS, LINES, SEPARATORS = 8, 4, 20, 6
-- Octets at the end of a part in which its footer is looked for.
local FOOTER = 8192

local mendings = {
  trailing_space = { kind = "white_space", what = "white space was added at the ends of lines" },
  separator = { kind = "white_space", what = "the space behind the \"--\" of the signature separator was lost" },
  expanded_tabs = { kind = "white_space", what = "tabs were turned into spaces" },
  folded_spaces = { kind = "white_space", what = "spaces were turned into tabs" },
  lines_above = { kind = "lines", what = "empty lines were added at the top" },
  line_lost = { kind = "lines", what = "the empty line at the top was lost" },
  lines_doubled = { kind = "lines", what = "an empty line was added behind every line" },
  wrapped = { kind = "lines", what = "long lines were broken" },
  wrapped_with_bang = { kind = "lines", what = "long lines were broken, with an exclamation mark" },
  from_lines = { kind = "escaped", what = "lines that begin with \"From \" were given a \">\"" },
  dots = { kind = "escaped", what = "lines that begin with a dot were given a second one" },
  bare_lf = { kind = "line_ends", what = "lines that ended in LF alone got CRLF" },
}

local numbers = {}
for number, name in ipairs(core.mendings()) do
  numbers[name] = number
end

-- A tab can become eight spaces: that is for bodies that may grow so.
local function affords(trial, name)
  return trial:affords_body(#trial.body * (name == "folded_spaces" and 8 or 1))
end

local function holds_mended(trial, name)
  if not affords(trial, name) then
    return false
  end
  local mended = core.mend(trial.body, numbers[name])
  return mended ~= trial.body and trial:body_holds(mended)
end

local function copy(change)
  local copied = { part = "body" }
  for field, value in pairs(change) do
    copied[field] = value
  end
  return copied
end

local function line_ends(trial)
  if not affords(trial) then
    return nil
  end
  local mended, counts = message.normalize(trial.body)
  if counts.bare_cr + counts.bare_lf > 0 and trial:body_holds(mended) then
    return { part = "body", kind = "line_ends", what = "line ends lost their CR, or got one of their own" }
  end
end

local function relayed(trial)
  for _, name in ipairs(core.mendings()) do
    if mendings[name] and holds_mended(trial, name) then
      return copy(mendings[name])
    end
  end
end

local encodings = { ["quoted-printable"] = "quoted_printable", base64 = "base64" }

local function reencoded(trial)
  local encoding = (mime.field(trial.fields, "content-transfer-encoding") or ""):lower()
  if encodings[encoding] and holds_mended(trial, encodings[encoding]) then
    return { part = "body", kind = "reencoded", from = "8bit", to = encoding }
  end
end

-- How a piece begins: its first line that says something.
local function beginning(text)
  return (text:match "[^%s%-_=*#~][^\r\n]*" or text:match "[^\r\n]+" or ""):sub(1, 80)
end

local function footer_below(trial)
  local size = trial:body_prefix()
  if size and size < #trial.body then
    local rest = trial.body:sub(size + 1)
    return { part = "body", kind = "footer", octets = #rest, found = beginning(rest) }
  end
end

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
        part = "body", kind = "footer", octets = stop - delimiter.at, found = beginning(body:sub(part.from, part.to)),
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
        part = "body", kind = "wrapped", fields = part.fields, octets = #trial.body - #text, found = beginning(rest),
        where = "in a new multipart around what was signed",
      }
    end
  end
end

-- The places in [from, to] where a line of dashes or the like starts, the last ones.
local function separators(body, from, to)
  local places, position = {}, math.max(from, to - FOOTER)
  for at in body:sub(position, to):gmatch "\n()[%-_=*#~][%-_=*#~]+[ \t]*\r" do
    places[#places + 1] = position + at - 1
  end
  while #places > SEPARATORS do
    table.remove(places, 1)
  end
  return places
end

-- Empty lines in front of the delimiter, which a footer is put above or below.
local endings = { "", "\r\n", "\r\n\r\n" }

local function footer_in_part(trial, parts)
  local body = trial.body
  for i = 1, #parts do
    for _, at in ipairs(separators(body, parts[i].from, parts[i].to)) do
      for _, ending in ipairs(endings) do
        if trial:affords_body(#body) and trial:body_holds(body:sub(1, at - 1) .. ending .. body:sub(parts[i].to + 1)) then
          local text = body:sub(at, parts[i].to)
          return { part = "body", kind = "footer", octets = #text - #ending, found = beginning(text), where = "inside a part" }
        end
      end
    end
  end
end

-- A part as it was before it was encoded: decoded, and with another Content-Transfer-Encoding; nil where it is not encoded.
local function decoded_part(body, part)
  local encoding, field = mime.field(part.fields, "content-transfer-encoding")
  local mending = encodings[(encoding or ""):lower()]
  local header = body:sub(part.at, part.from - 1)
  local from, to
  if mending then
    from, to = header:find(field.whole, 1, true)
  end
  if not from then -- there is no such encoding, or no empty line ends the header
    return nil
  end
  return header:sub(1, from - 1) .. field.name .. ": 8bit\r\n" .. header:sub(to + 1)
    .. core.mend(body:sub(part.from, part.to), numbers[mending]), encoding:lower()
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

local function in_multipart(trial)
  local boundary = mime.boundary(trial.fields)
  local delimiters = boundary and mime.delimiters(trial.body, boundary) or {}
  if #delimiters < 2 then
    return nil
  end
  local parts = mime.parts(trial.body, delimiters, PARTS)
  return footer_part(trial, delimiters, boundary) or wrapped(trial, parts) or footer_in_part(trial, parts)
    or reencoded_parts(trial, parts)
end

local function banner(trial)
  local position = 1
  for _ = 1, LINES do
    local stop = trial.body:find("\n", position, true)
    if not stop or stop == #trial.body or not trial:affords_body(#trial.body) then
      return nil
    end
    position = stop + 1
    if trial:body_holds(trial.body:sub(position)) then
      return { part = "body", kind = "banner", octets = stop, found = beginning(trial.body:sub(1, stop)) }
    end
  end
end

--- What was done to the body.
-- @tparam table trial see `mailseal.check.message.trial`
-- @treturn ?table the change; nil where it cannot be told
function M.explain(trial)
  return footer_below(trial) or line_ends(trial) or relayed(trial) or reencoded(trial) or in_multipart(trial) or banner(trial)
end

return M
