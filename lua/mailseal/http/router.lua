--- Finds the route of a request: by its path, segment by segment, then by its method.
--
-- A path is a text like `/v1/domains/{domain}/verify`: a segment in braces stands for any one segment, and names it.
-- @module mailseal.http.router
local M = {}
local Router = { __name = "mailseal.http.router" }
Router.__index = Router

local function segments(path)
  local list = {}
  for segment in path:gmatch "[^/]+" do
    list[#list + 1] = segment
  end
  return list
end

-- A node of the tree of paths: `next` by segment, `any` for the one in braces, `methods` where a path ends.
local function node() return { next = {} } end

local function add(root, route)
  local at = root
  for _, segment in ipairs(segments(route.path)) do
    local name = segment:match "^{([%a_]+)}$"
    if name then
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
-- @tparam {table,...} routes each with `method` and `path`
-- @treturn table
function M.new(routes)
  local self = setmetatable({ root = node(), routes = routes }, Router)
  for _, route in ipairs(routes) do
    add(self.root, route)
  end
  return self
end

local function decoded(segment)
  return (segment:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- A segment that is written out comes before one in braces.
local function walk(at, list, i, values)
  if i > #list then
    return at.methods and at
  end
  local found = at.next[list[i]] and walk(at.next[list[i]], list, i + 1, values)
  if not found and at.any then
    values[#values + 1] = decoded(list[i])
    found = walk(at.any, list, i + 1, values)
    if not found then
      values[#values] = nil
    end
  end
  return found
end

local function named(route, values)
  local path, n = {}, 0
  for name in route.path:gmatch "{([%a_]+)}" do
    n = n + 1
    path[name] = values[n]
  end
  return path
end

local function allowed(methods)
  local list = {}
  for method in pairs(methods) do
    list[#list + 1] = method
  end
  table.sort(list)
  return list
end

--- Finds a route.
-- @tparam string method
-- @tparam string path as it was sent, without a query
-- @treturn[1] table the route
-- @treturn[1] table what stands for the names in braces, percent-decoded
-- @treturn[2] nil
-- @treturn[2] ?{string,...} the methods that there are for this path, where there is one
function Router:find(method, path)
  local values = {}
  local found = walk(self.root, segments(path), 1, values)
  if not found then
    return nil
  end
  local route = found.methods[method] or method == "HEAD" and found.methods.GET
  if not route then
    return nil, allowed(found.methods)
  end
  return route, named(route, values)
end

return M
