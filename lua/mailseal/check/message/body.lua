--- What became of a body that is not the one that was signed.
--
-- Each thing that relays, gateways and lists are known to do is taken back, one at a time, and tried against bh=. What holds is
-- proven: two bodies of one hash are not to be had. A change is a table with `kind`:
--
-- - `white_space`, `lines`, `line_ends`, `escaped`: with `what`, in words
-- - `reencoded`: with `from` and `to`, names of encodings
-- - `footer`, `banner`: with `octets`, `found` (how it begins) and, where it is not simply below or above the text, `where`; a footer may
--   have a `reencoded` behind it, for the text was encoded anew when it was added
-- - `wrapped`: what was signed is a part of a new multipart; with `fields`, those of that part
-- @module mailseal.check.message.body
local core = require "mailseal.core".mail
local encodings = require "mailseal.check.message.encodings"
local inside = require "mailseal.check.message.body_inside"
local message = require "mailseal.message"
local parts = require "mailseal.check.message.body_parts"
local quote = require "mailseal.check.message.quote"

local M = {}

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

local function footer_below(trial, body)
  local size = trial:body_prefix(body)
  if size and size < #body then
    local rest = body:sub(size + 1)
    return { part = "body", kind = "footer", octets = #rest, found = quote.beginning(rest) }
  end
end

-- Lists that write below a text encode it anew besides.
local function reencoded(trial)
  local encoding = encodings.of(trial.fields)
  local body = encoding and affords(trial) and encodings.decode(encoding, trial.body) or trial.body
  if body == trial.body then
    return nil
  end
  local change = { part = "body", kind = "reencoded", from = "8bit", to = encoding }
  if trial:body_holds(body) then
    return change
  end
  local footer = footer_below(trial, body)
  return footer, footer and change
end

--- What was done to the body.
-- @tparam table trial see `mailseal.check.message.trial`
-- @treturn {table,...} the changes; none where they cannot be told
function M.explain(trial)
  local change, another = footer_below(trial, trial.body) or line_ends(trial) or relayed(trial), nil
  if not change then
    change, another = reencoded(trial)
  end
  return { change or parts.explain(trial) or inside.explain(trial), another }
end

return M
