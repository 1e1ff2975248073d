--- Finds the route of a request: by its path, segment by segment, then by its method.
--
-- A path is a text like `/v1/domains/{domain}/verify`: a segment in braces stands for any one segment, and names it. Paths are matched as
-- they were sent, and only then decoded: what a client has in a segment (`%2F`, `%2E%2E`) never becomes part of the way.
-- @module mailseal.http.router
local escapes = require "mailseal.http.escapes"

local M = {}
local Router = { __name = "mailseal.http.router" }
Router.__index = Router

-- Segments of a path; no route has more.
local DEEPEST = 16

-- The segments of a path, which begins with a slash; an empty one stands behind one at the end.
local function segments(path)
  local list = {}
  if path:sub(1, 1) ~= "/" then
    return nil
  end
  for segment in path:gmatch "/([^/]*)" do
    if #list == DEEPEST then
      return nil
    end
    list[#list + 1] = segment
  end
  return list
end

-- A node of the tree of paths: `next` by segment, `any` for the one in braces, `methods` where a path ends.
local function node() return { next = {} } end

local function add(root, route, prefix)
  local at = root
  for _, segment in ipairs(segments(prefix .. route.path)) do
    if segment:find "^{[%a_]+}$" then
      at.any = at.any or node()
      at = at.any
    else
      at.next[segment] = at.next[segment] or node()
      at = at.next[segment]
    end
  end
  at.methods = at.methods or {}
  if at.methods[route.method] then
    error(("there are two routes %s %s"):format(route.method, route.path))
  end
  at.methods[route.method] = route
end

--- Makes a router.
-- @treturn table
function M.new()
  return setmetatable({ root = node(), routes = {} }, Router)
end

--- Adds routes.
-- @tparam {table,...} routes each with `method` and `path`
-- @tparam[opt] string prefix what stands before their paths
function Router:add(routes, prefix)
  for _, route in ipairs(routes) do
    add(self.root, route, prefix or "")
    self.routes[#self.routes + 1] = route
  end
end

-- A segment that is written out comes before one in braces.
local function walk(at, list, i, values, n)
  if i > #list then
    return at.methods and at, n
  end
  local found, count
  if at.next[list[i]] then
    found, count = walk(at.next[list[i]], list, i + 1, values, n)
  end
  if not found and at.any and list[i] ~= "" then
    values[n + 1] = list[i]
    found, count = walk(at.any, list, i + 1, values, n + 1)
  end
  return found, count
end

local function named(route, values)
  local path, n = {}, 0
  for name in route.path:gmatch "{([%a_]+)}" do
    n = n + 1
    local value, message = escapes.decode(values[n])
    if not value then
      return nil, ("path.%s %s"):format(name, message), "bad_path"
    end
    path[name] = value
  end
  return path
end

-- HEAD is answered as GET is, and OPTIONS with what there is.
local function allowed(methods)
  local list = { "OPTIONS", methods.GET and not methods.HEAD and "HEAD" or nil }
  for method in pairs(methods) do
    list[#list + 1] = method
  end
  table.sort(list)
  return table.concat(list, ", ")
end

-- No path ends with a slash: who adds one is told so.
local function no_route(self, list)
  if list and #list > 1 and table.remove(list) == "" and walk(self.root, list, 1, {}, 0) then
    return "there is nothing here: the path has a slash at its end that is to go", "no_route"
  end
  return "there is nothing here", "no_route"
end

--- Finds a route.
-- @tparam string method
-- @tparam string path as it was sent, without a query
-- @treturn[1] table the route
-- @treturn[1] ?table what stands for the names in braces, percent-decoded; nil, a message and `bad_path` where that is no text
-- @treturn[2] nil
-- @treturn[2] string why there is none
-- @treturn[2] string `no_route`; `method_not_allowed`
-- @treturn[2] ?string of `method_not_allowed`, those that there are, as of the field Allow
function Router:find(method, path)
  local list, values = segments(path), {}
  local found = list and walk(self.root, list, 1, values, 0)
  if not found then
    return nil, no_route(self, list)
  end
  local route = found.methods[method] or method == "HEAD" and found.methods.GET
  if not route then
    local allow = allowed(found.methods)
    return nil, ("there are %s here"):format(allow), "method_not_allowed", allow
  end
  return route, named(route, values)
end

return M
