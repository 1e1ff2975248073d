--- Patterns of name servers' names: does a name fit one, and is there a name that fits two?
--
-- A pattern is a whole name, in which stand
--
-- - `*.` at its beginning: one label or more, whatever they are;
-- - `*` behind something in a label: any run of letters, digits and hyphens, or none;
-- - `#`: a number, one digit or more;
-- - `[a-e]`, `[13]`: one of these characters;
-- - letters, digits, hyphens and dots: themselves.
--
-- So `*.domaincontrol.com` fits ns01.domaincontrol.com, and neither domaincontrol.com nor ns1.mydomaincontrol.com: a pattern begins
-- and ends where names do, and cannot be written otherwise. That two patterns have a name in common can be decided, which is how
-- rules that contradict each other are found before a customer finds them.
-- @module mailseal.rules.host.pattern
local M = {}

-- With more than so many parts of any length, a name could be tried in very many ways.
local WILD_MAX = 3

-- The characters of a name at most (RFC 1035 §3.1), and so those of a pattern that is of any use.
local LONGEST = 253

-- All that a name of a name server is made of.
local CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_."

local function set_of(matching)
  local set = {}
  for character in CHARACTERS:gmatch(matching) do
    set[character] = true
  end
  return set
end

local any, run, digit = set_of ".", set_of "[%w-]", set_of "%d"

-- ---- Reading. A pattern becomes Lua's, and a list of steps: sets of characters, `many` where it may be passed any number of times.

-- What may stand in a pattern: how it is written, the same for Lua, and its steps.
local pieces = {
  { "^%*%.", function() return ".+%.", { { any }, { any, many = true }, { set_of "%." } } end, wild = true, first = true },
  { "^%*", function() return "[%w-]*", { { run, many = true } } end, wild = true, inside = true },
  { "^#", function() return "%d+", { { digit }, { digit, many = true } } end, wild = true },
  { "^%[[%w-]+%]", function(written) return written, { { set_of(written) } } end },
  { "^[%l%d.-]", function(written) return (written:gsub("%p", "%%%0")), { { { [written] = true } } } end },
}

local function next_piece(text, at)
  for _, piece in ipairs(pieces) do
    local written = text:match(piece[1], at)
    local allowed = (not piece.first or at == 1) and (not piece.inside or at > 1 and text:sub(at - 1, at - 1) ~= ".")
    if written and allowed then
      return piece, written
    end
  end
end

local function add_all(list, more)
  for _, item in ipairs(more) do
    list[#list + 1] = item
  end
end

-- Whose a name is, its last two labels say at least: nothing in them is open.
local function problem_of(text)
  if #text > LONGEST then
    return "is longer than a name may be"
  elseif text:find "%.%." or text:find "%.$" or text:find "^%." then
    return "has an empty label"
  end
  local domain = text:gsub("^%*%.", ""):match "[^.]+%.[^.]+$"
  if not domain then
    return "is a whole top-level domain"
  elseif domain:find "%*" or domain:match "[^.]+$":find "[^%w-]" then
    return "leaves open whose domain it is"
  end
end

--- Reads a pattern.
-- @tparam any text such as `*.domaincontrol.com`
-- @treturn ?table for `fits` and `overlap`
-- @treturn ?string what is wrong, to stand behind "the pattern …"
function M.read(text)
  if type(text) ~= "string" then
    return nil, "is no string"
  end
  local problem = problem_of(text)
  if problem then
    return nil, problem
  end
  local at, wild, parts, steps = 1, 0, { "^" }, {}
  while at <= #text do
    local piece, written = next_piece(text, at)
    if not piece then
      return nil, ("has %s, which there is not in a pattern"):format(text:sub(at, at))
    end
    local part, more = piece[2](written)
    parts[#parts + 1] = part
    add_all(steps, more)
    wild, at = wild + (piece.wild and 1 or 0), at + #written
  end
  if wild > WILD_MAX then
    return nil, ("has more than %d parts of any length"):format(WILD_MAX)
  end
  parts[#parts + 1] = "$"
  return { text = text, lua = table.concat(parts), steps = steps }
end

--- Does a name fit the pattern?
-- @tparam table pattern as `read` returns it
-- @tparam string name in lower case, without a dot at its end
-- @treturn boolean
function M.fits(pattern, name)
  return name:find(pattern.lua) ~= nil
end

-- ---- Is there a name that fits both? Both are gone through side by side, by every way that is open.

local function have_common(a, b)
  for character in pairs(a) do
    if b[character] then
      return true
    end
  end
  return false
end

--- Is there a name that fits both patterns?
-- @tparam table a as `read` returns it
-- @tparam table b likewise
-- @treturn boolean
function M.overlap(a, b)
  local open, seen = { { 1, 1 } }, {}
  local function go(i, j)
    local key = i * 1000 + j
    if not seen[key] then
      seen[key] = true
      open[#open + 1] = { i, j }
    end
  end
  while #open > 0 do
    local place = table.remove(open)
    local i, j = place[1], place[2]
    local step, other = a.steps[i], b.steps[j]
    if not step and not other then
      return true
    end
    if step and step.many then
      go(i + 1, j)
    end
    if other and other.many then
      go(i, j + 1)
    end
    if step and other and have_common(step[1], other[1]) then
      go(step.many and i or i + 1, other.many and j or j + 1)
    end
  end
  return false
end

return M
