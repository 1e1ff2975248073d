--- Reads and writes the little XML that an interface speaks: elements and text, by Expat.
--
--     local tree, message, code = xml.read(body)
--     local status = xml.text(tree, "ChangeInfo", "Status")
--
-- An element is a table of `name`, `text` (the character data right within it, joined) and its child elements, in order. Attributes,
-- comments and namespaces are of no interest. A document type is refused, whoever declares it: entities are how a small text becomes a
-- large one, or reads files. It needs lua-expat, and nothing else of mailseal does.
-- @module mailseal.publish.xml
local printable = require "mailseal.printable"

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

-- Elements within each other, and all of them.
local DEPTH, MOST = 32, 50000

-- What Expat calls while it reads; `state.wrong` is why it was told to stop.
local function callbacks(state)
  local function stop(parser, why)
    state.wrong = state.wrong or why
    parser:stop()
  end

  local function open(parser, name)
    local element = { name = name, text = "" }
    local parent = state.stack[#state.stack]
    state.count = state.count + 1
    if #state.stack >= DEPTH then return stop(parser, "its elements are nested too deep") end
    if state.count > MOST then return stop(parser, "it has too many elements") end
    if parent then parent[#parent + 1] = element else state.root = element end
    state.stack[#state.stack + 1], state.pieces[#state.pieces + 1] = element, {}
  end

  local function close()
    local element, pieces = table.remove(state.stack), table.remove(state.pieces)
    element.text = table.concat(pieces)
  end

  local function characters(_, text)
    local pieces = state.pieces[#state.pieces]
    if pieces then pieces[#pieces + 1] = text end
  end

  return {
    StartElement = open, EndElement = close, CharacterData = characters,
    StartDoctypeDecl = function(parser) stop(parser, "it declares a document type") end,
  }
end

local function bad(why) return nil, "the answer is no XML that can be read: " .. why, "bad_answer" end

--- Is all there that it takes?
-- @treturn ?boolean true
-- @treturn ?string what is not
-- @treturn ?string `no_module`
function M.ready()
  if pcall(require, "lxp") then return true end
  return nil, "XML needs lua-expat: apt install lua-expat, or luarocks install luaexpat", "no_module"
end

--- Reads a document.
-- @tparam string text
-- @treturn[1] table its root element
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_answer`, or `no_module`
function M.read(text)
  local ready, message, code = M.ready()
  if not ready then return nil, message, code end
  local state = { stack = {}, pieces = {}, count = 0 }
  local parser = require("lxp").new(callbacks(state))
  local ok, why, line = parser:parse(text)
  if ok and not state.wrong then ok, why, line = parser:parse() end
  -- A parser that was told to stop, or has failed, is closed by that.
  pcall(parser.close, parser)
  if state.wrong then return bad(state.wrong) end
  if not ok then return bad(("%s (line %s)"):format(printable.line(tostring(why)), tostring(line))) end
  return state.root
end

--- The first element that a path of names leads to.
-- @tparam ?table element
-- @tparam string ... names, each of a child of the one before
-- @treturn ?table
function M.find(element, ...)
  for i = 1, select("#", ...) do
    local name, found = (select(i, ...)), nil
    for _, child in ipairs(element or {}) do
      if child.name == name then
        found = child
        break
      end
    end
    element = found
  end
  return element
end

--- The text of the first element that a path of names leads to.
-- @tparam ?table element
-- @tparam string ... as of @{find}
-- @treturn ?string
function M.text(element, ...)
  local found = M.find(element, ...)
  return found and found.text
end

--- All children of one name, of the element that a path leads to.
-- @tparam ?table element
-- @tparam string ... as of @{find}; the last one is the children's
-- @treturn {table,...}
function M.all(element, ...)
  local names, list = { ... }, {}
  local name = table.remove(names)
  for _, child in ipairs(M.find(element, unpack(names)) or {}) do
    if child.name == name then list[#list + 1] = child end
  end
  return list
end

local ESCAPED = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;" }

--- An element, written.
-- @tparam string name
-- @tparam string|number|{string,...} content text, which is escaped; or elements that are written
-- @treturn string
function M.write(name, content)
  local inner = type(content) == "table" and table.concat(content) or tostring(content):gsub('[<>&"]', ESCAPED)
  return ("<%s>%s</%s>"):format(name, inner, name)
end

return M
