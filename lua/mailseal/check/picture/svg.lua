--- SVG to write with: text that cannot break out, and that fits where it is put.
--
-- What comes from DNS is written in printable ASCII: control characters, and whatever octet is no ASCII, as \DDD. So no character
-- is wider than it was measured, none turns the direction of writing round, and all are allowed in XML 1.0.
-- @module mailseal.check.picture.svg
local printable = require "mailseal.printable"

local M = {}
local Canvas = {}
Canvas.__index = Canvas
Canvas.__name = "mailseal.check.picture.svg"

-- Octets of a name that a title holds whole, and of the description.
local LONGEST, DESCRIPTION = 300, 4000

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function plain(text, longest)
  if #text > longest then
    text = text:sub(1, longest) .. "..."
  end
  return (printable.line(text):gsub("[\128-\255]", function(octet)
    return ("\\%03d"):format(octet:byte())
  end))
end

--- Text from outside, fit to stand in XML.
-- @tparam string text whatever octets it holds
-- @tparam[opt=300] number longest octets, of which what is more is cut
-- @treturn string
function M.escape(text, longest)
  return (plain(text, longest or LONGEST):gsub("[&<>\"']", entities))
end

-- Widths in hundredths of the size: those of the widest of the usual sans-serif fonts, so that others leave room.
local widths = {}
for characters, width in pairs {
  ["ijlI.,:;|'! "] = 40, ["frt()[]-/\"`*"] = 52, ["mwMWQ%@&<>=+#~_"] = 104, ["ABCDEFGHJKLNOPRSTUVXYZ"] = 80,
} do
  for character in characters:gmatch "." do
    widths[character] = width
  end
end
local USUAL, BOLD = 66, 1.14

--- How wide a text is, at most.
-- @tparam string text printable ASCII
-- @tparam number size of the font
-- @tparam[opt=false] boolean bold
-- @treturn number
function M.measure(text, size, bold)
  local width = 0
  for character in text:gmatch "." do
    width = width + (widths[character] or USUAL)
  end
  return width * size / 100 * (bold and BOLD or 1)
end

-- A shorter text with its middle left out, for a name says most at its ends.
local function shortened(text, size, room, bold)
  local kept, result = #text, text
  local width = M.measure(result, size, bold)
  while width > room and kept > 3 do
    kept = math.max(3, kept - math.max(1, math.floor((width - room) / size / 1.2)))
    local front = math.ceil((kept - 3) / 2)
    result = text:sub(1, front) .. "..." .. text:sub(#text - (kept - 3 - front) + 1)
    width = M.measure(result, size, bold)
  end
  return result
end

--- Text that fits into a room.
-- @tparam string text whatever octets it holds
-- @tparam number size of the font
-- @tparam number room
-- @tparam[opt=false] boolean bold
-- @treturn string printable ASCII
-- @treturn boolean was it cut?
function M.fit(text, size, room, bold)
  local shown = plain(text, LONGEST)
  local result = shortened(shown, size, room, bold)
  return result, result ~= shown or #text > LONGEST
end

-- ---- Drawing

local function number(value)
  return (("%.1f"):format(value):gsub("%.0$", ""))
end

--- Makes an empty canvas, whose height grows with what is drawn.
-- @tparam number width
-- @treturn table
function M.canvas(width)
  return setmetatable({ width = width, height = 0, parts = {} }, Canvas)
end

--- Writes a piece of SVG of our own; nothing from outside.
-- @function Canvas:add
-- @tparam string format as of `string.format`
-- @tparam any ... numbers and words
function Canvas:add(format, ...)
  self.parts[#self.parts + 1] = format:format(...)
end

local function reach(self, bottom)
  self.height = math.max(self.height, bottom)
end

--- Begins a group.
-- @function Canvas:open
-- @tparam string title from outside or ours: what a pointer over it shows, and the whole of names that are cut
-- @tparam[opt] string class
function Canvas:open(title, class)
  self:add('<g class="ms-%s"><title>%s</title>', class or "group", M.escape(title))
end

--- Ends a group.
-- @function Canvas:close
function Canvas:close()
  self:add "</g>"
end

--- Writes text, cut where it does not fit.
-- @function Canvas:text
-- @tparam number x its left end
-- @tparam number y its base line
-- @tparam string text whatever octets it holds
-- @tparam table style `size`, `class`, and `room`, the width that it may take
function Canvas:text(x, y, text, style)
  local bold = style.class == "strong" or style.class:find "^word%-" ~= nil
  local shown, cut = M.fit(text, style.size, style.room, bold)
  self:add('<text class="ms-%s" x="%s" y="%s" font-size="%s">%s%s</text>', style.class, number(x), number(y), number(style.size),
    cut and "<title>" .. M.escape(text) .. "</title>" or "", M.escape(shown))
  reach(self, y + style.size)
end

--- Draws a rounded box.
-- @function Canvas:box
-- @tparam number x
-- @tparam number y
-- @tparam number width
-- @tparam number height
-- @tparam string class
function Canvas:box(x, y, width, height, class)
  self:add('<rect class="ms-box ms-box-%s" x="%s" y="%s" width="%s" height="%s" rx="6"/>', class, number(x), number(y), number(width),
    number(height))
  reach(self, y + height)
end

--- Draws a line through points.
-- @function Canvas:line
-- @tparam {number,...} points x, y, x, y and so on
-- @tparam[opt=false] boolean arrow does it end in an arrow?
function Canvas:line(points, arrow)
  local path = {}
  for i = 1, #points, 2 do
    path[#path + 1] = (i == 1 and "M" or "L") .. number(points[i]) .. " " .. number(points[i + 1])
  end
  self:add('<path class="ms-line" d="%s"/>', table.concat(path))
  if arrow then
    local x, y = points[#points - 1], points[#points]
    self:add('<path class="ms-arrow" d="M%s %sl-8 -4v8z"/>', number(x), number(y))
  end
end

-- What each state looks like, in a square of 16 around 0, 0: a shape of its own, and a mark in it.
local icons = {
  ok = '<circle r="8"/><path class="ms-mark" d="M-4 0l3 3 5 -6"/>',
  warning = '<path d="M0 -8l9 16h-18z"/><path class="ms-mark" d="M0 -2v4M0 5v.5"/>',
  error = '<path d="M-3.5 -8h7l4.5 4.5v7l-4.5 4.5h-7l-4.5 -4.5v-7z"/><path class="ms-mark" d="M-3 -3l6 6M3 -3l-6 6"/>',
  pending = '<rect x="-8" y="-8" width="16" height="16" rx="3"/><path class="ms-mark" d="M0 -4v4l3 2"/>',
  none = '<circle class="ms-hollow" r="7"/>',
}

--- Draws the sign of a state.
-- @function Canvas:icon
-- @tparam number x its middle
-- @tparam number y its middle
-- @tparam string state "ok", "warning", "error", "pending" or "none"
function Canvas:icon(x, y, state)
  self:add('<g class="ms-icon ms-%s" transform="translate(%s %s)">%s</g>', state, number(x), number(y), icons[state])
  reach(self, y + 8)
end

--- The picture.
-- @function Canvas:finish
-- @tparam string title
-- @tparam string description
-- @tparam string style of CSS
-- @tparam number margin below what is drawn
-- @treturn string
function Canvas:finish(title, description, style, margin)
  local width, height = number(self.width), number(self.height + margin)
  return table.concat {
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    ('<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="ms-title ms-desc">\n')
      :format(width, height, width, height),
    ('<title id="ms-title">%s</title>\n<desc id="ms-desc">%s</desc>\n'):format(M.escape(title), M.escape(description, DESCRIPTION)),
    "<style>", style, "</style>\n", ('<rect class="ms-paper" width="%s" height="%s"/>\n'):format(width, height),
    table.concat(self.parts, "\n"), "\n</svg>\n",
  }
end

return M
