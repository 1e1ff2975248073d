--- Output for people: colour and alignment, the same in all commands.
--
-- There is colour on a terminal alone, and none where the environment has NO_COLOR (whatever its value, unless it is empty) or
-- TERM=dumb. Colour never says anything that the words do not say as well, so that nothing is lost without it.
-- @module mailseal.cli.paint
local core = require "mailseal.core".file
local output = require "mailseal.cli.output"
local text = require "mailseal.cli.text"

local M = {}

-- Select Graphic Rendition (ECMA-48 §8.3.117): the eight colours that every terminal knows, for its user has chosen how they look.
local codes = { red = "31;1", green = "32", yellow = "33", blue = "34;1", cyan = "36", strong = "1", faint = "2" }

-- What words of results and severities are painted with.
local colours = {
  error = "red", fail = "red", permerror = "red", mismatch = "red", conflicting = "red", reject = "red", bogus = "red",
  warning = "yellow", softfail = "yellow", missing = "yellow", migrating = "yellow", none = "yellow", policy = "yellow",
  pending = "blue", unknown = "blue", temperror = "blue", propagating = "blue",
  advice = "cyan", neutral = "cyan",
  ok = "green", pass = "green", found = "green",
  failed = "red", refuse = "red", critical = "red", suspended = "red", hold = "yellow", disabled = "yellow", throttled = "yellow",
  verified = "green", send = "green", healthy = "green",
}

-- Octets of a line at which text is broken where nobody tells the terminal's width, and at most.
local WIDEST = 100

local function wants_colour()
  local no_colour = os.getenv "NO_COLOR"
  return not (no_colour and no_colour ~= "") and os.getenv "TERM" ~= "dumb"
end

local columns, painted

-- Looks once at where standard output goes.
local function look()
  if painted == nil then
    columns = core.columns(1)
    painted = columns ~= nil and wants_colour()
  end
end

--- Paints words.
-- @tparam string style "red", "green", "yellow", "blue", "cyan", "strong" or "faint"
-- @tparam string words printable ones
-- @treturn string
function M.paint(style, words)
  look()
  return painted and "\27[" .. codes[style] .. "m" .. words .. "\27[0m" or words
end

--- Paints a word for a result, a status or a severity in the colour that it has everywhere, and fills it up to a width.
-- @tparam string word such as "error" or "pass"; one that has no colour stays as it is
-- @tparam[opt=0] number width characters that it takes at least
-- @treturn string
function M.word(word, width)
  word = text.printable(word)
  local filling = (" "):rep((width or 0) - #word)
  local colour = colours[word]
  return (colour and M.paint(colour, word) or word) .. filling
end

--- Breaks words into lines that fit the terminal; there is one line where the output is none.
-- @tparam string words
-- @tparam number indent columns in front of each line
-- @treturn {string,...}
local function lines_of(words, indent)
  look()
  if not columns then
    return { words }
  end
  local width = math.max(20, math.min(columns, WIDEST) - indent)
  local lines, line = {}, nil
  for word in words:gmatch "%S+" do
    if not line then
      line = word
    elseif #line + 1 + #word <= width then
      line = line .. " " .. word
    else
      lines[#lines + 1], line = line, word
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- Writes a line that begins with something and goes on with words, broken on a terminal under their beginning.
-- @tparam string first what stands in front, painted or not
-- @tparam number indent how many columns it takes
-- @tparam string words whatever octets they hold: they are made printable
-- @tparam[opt] string style the words' own
function M.line(first, indent, words, style)
  for i, line in ipairs(lines_of(text.printable(words), indent)) do
    output.line(i == 1 and first or (" "):rep(indent), style and M.paint(style, line) or line)
  end
end

-- Columns of the longest severity with its colon and a space.
local SEVERITY = 9

local function words_of(value)
  if type(value) ~= "table" then
    return tostring(value)
  end
  local list = {}
  for i, item in ipairs(value) do
    list[i] = words_of(item)
  end
  return table.concat(list, ", ")
end

local function detail(indent, name, words)
  if words ~= nil then
    local column = indent + SEVERITY
    M.line((" "):rep(column) .. name .. ": ", column + #name + 2, words)
  end
end

-- Octets of a value before and behind what is left out of a long one: keys differ in what is in their midst and behind.
local HEAD, TAIL = 60, 20

-- A value at a glance; nil for none.
local function short(value)
  local words = value ~= nil and words_of(value) or nil
  if words and #words > HEAD + 3 + TAIL then
    words = words:sub(1, HEAD) .. "..." .. words:sub(-TAIL)
  end
  return words
end

--- Writes a value at a glance.
-- @tparam string first what stands in front of it
-- @tparam number column where further lines of it begin
-- @tparam any value
function M.cut(first, column, value)
  M.line(first, column, short(value))
end

--- A moment, in words.
-- @tparam number moment seconds since 1970
-- @treturn string
function M.time(moment)
  return os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(moment))
end

--- Writes what a finding says of a thing that was named in front of it: the cause and the code, what was found where the cause does not
-- name it, and the cure.
-- @tparam table finding as of `finding`
-- @tparam number indent columns in front of it
-- @tparam string subject the name in front
-- @tparam boolean whole with what was found and the cure
function M.cause(finding, indent, subject, whole)
  local margin = (" "):rep(indent)
  M.line(margin, indent, ("%s (%s)"):format(finding.message, finding.code))
  local function tell(name, words)
    if words ~= nil then
      M.line(margin .. name .. ": ", indent + #name + 2, words)
    end
  end
  tell("at", finding.name and finding.name ~= subject and not finding.message:find(finding.name, 1, true) and finding.name or nil)
  local found = whole and short(finding.found)
  tell("found", found and not finding.message:find(found, 1, true) and found or nil)
  tell("fix", whole and finding.fix or nil)
end

--- Writes a finding: how bad it is, the cause and the code, where it is unless the cause names the place, what was expected and
-- found, both cut where they are long, and the cure.
-- @tparam table finding `severity`, `message`, `code`, and where it has them `name`, `fix`, `expected`, `found`, `retry_at`
-- @tparam[opt=0] number indent columns in front of it
-- @tparam[opt] string subject the name that all is about, which is not said
-- @tparam[opt] boolean watched not to tell when to look again, for that is done, and has been told
function M.finding(finding, indent, subject, watched)
  indent = indent or 0
  local severity = M.word(finding.severity) .. ":"
  local filling = (" "):rep(SEVERITY - 1 - #finding.severity)
  M.line((" "):rep(indent) .. severity .. filling, indent + SEVERITY, ("%s (%s)"):format(finding.message, finding.code))
  if finding.name and finding.name ~= subject and not finding.message:find(finding.name, 1, true) then
    detail(indent, "at", finding.name)
  end
  if finding.expected ~= nil then
    detail(indent, "expected", short(finding.expected))
    detail(indent, "found", short(finding.found))
  end
  detail(indent, "fix", finding.fix)
  detail(indent, "again at", not watched and finding.retry_at and M.time(finding.retry_at) or nil)
end

return M
