--- HTML to write with: text is data by construction.
--
--     local h = require "mailseal.web.html"
--     h.p { class = "note", "DNS shows ", h.code { found } }
--
-- `h.NAME { … }` makes an element. What has a name is an attribute, all else is what stands in it: strings and numbers are text, tables
-- made here are elements, other tables are lists of those, and nil and false are nothing. There is no way to put markup in as a string:
-- what is to be markup is made here. Text and attributes are shown as `mailseal.web.visible` has them.
-- @module mailseal.web.html
local visible = require "mailseal.web.visible".text

local M = {}

local Element = { __name = "mailseal.web.html" }
local Verbatim = { __name = "mailseal.web.html.verbatim" }

-- Elements without an end (HTML §13.1.2).
local is_void = {}
for name in ("area base br col embed hr img input link meta source track wbr"):gmatch "%a+" do
  is_void[name] = true
end

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- Whatever begins with these is script, style, or asks for it: the page has none of that within it.
local function check_attribute(tag, name, value)
  if name:find "^on" or name == "style" or name == "srcdoc" then
    error(("the page has no attribute %s"):format(name), 0)
  elseif (name == "href" or name == "src" or name == "action") and type(value) == "string" and value:find "^%s*%a[%w+.-]*:" and
    not (tag == "a" and (value:find "^https://" or value:find "^mailto:")) then
    error(("the page does not lead to %s"):format(value), 0)
  end
end

--- Text as it stands in HTML.
-- @tparam string|number text whatever octets it holds
-- @treturn string
function M.escape(text)
  return (visible(tostring(text)):gsub("[&<>\"']", entities))
end

-- The attributes, sorted, so that the same page is the same text; and how many places the list of what stands within has.
local function parts_of(content)
  local names, last = {}, 0
  for key in next, content do
    if type(key) == "string" then
      names[#names + 1] = key
    elseif key > last then
      last = key
    end
  end
  table.sort(names)
  return names, last
end

local write

local function write_list(out, list)
  local _, last = parts_of(list)
  for i = 1, last do
    write(out, list[i])
  end
end

local function write_element(out, element)
  local tag, content = element.tag, element.content
  local names, last = parts_of(content)
  out[#out + 1] = "<" .. tag
  for _, name in ipairs(names) do
    local value = content[name]
    check_attribute(tag, name, value)
    name = name:gsub("_", "-")
    if value == true then
      out[#out + 1] = " " .. name
    elseif value ~= false then
      out[#out + 1] = (' %s="%s"'):format(name, M.escape(value))
    end
  end
  out[#out + 1] = ">"
  if is_void[tag] then
    return
  end
  for i = 1, last do
    write(out, content[i])
  end
  out[#out + 1] = "</" .. tag .. ">"
end

function write(out, node)
  local kind = type(node)
  if kind == "string" or kind == "number" then
    out[#out + 1] = M.escape(node)
  elseif kind == "table" then
    local meta = getmetatable(node)
    if meta == Element then
      write_element(out, node)
    elseif meta == Verbatim then
      out[#out + 1] = node.text
    else
      write_list(out, node)
    end
  elseif node then
    error("a page has no place for a " .. kind, 0)
  end
end

--- Makes an element.
-- @tparam string tag
-- @tparam table content attributes by name (`_` stands for `-`; true for one without a value, false for none) and, as a list, what
--   stands in it
-- @treturn table
function M.element(tag, content)
  if type(content) ~= "table" or getmetatable(content) then
    error(("h.%s wants a table of attributes and of what stands in it"):format(tag), 2)
  end
  return setmetatable({ tag = tag, content = content }, Element)
end

--- A text of several lines, each shown as text is: for a textarea.
-- @tparam string text
-- @treturn table
function M.lines(text)
  local list = {}
  for piece in (text .. "\n"):gmatch "(.-)\r?\n" do
    list[#list + 1] = M.escape(piece)
  end
  return setmetatable({ text = table.concat(list, "\n") }, Verbatim)
end

--- Writes a piece of a page.
-- @tparam any node an element, a list, a text
-- @treturn string
function M.fragment(node)
  local out = {}
  write(out, node)
  return table.concat(out)
end

--- Writes a whole page.
-- @tparam table root the element `html`
-- @treturn string
function M.document(root)
  return "<!DOCTYPE html>\n" .. M.fragment(root) .. "\n"
end

return setmetatable(M, {
  __index = function(self, tag)
    local function make(content) return M.element(tag, content) end
    rawset(self, tag, make)
    return make
  end,
})
