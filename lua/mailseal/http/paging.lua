--- Lists, a page at a time: what is asked for, and where the next page is.
--
-- One more than the page holds is read: so a page that is the last one says so, by having no `next`.
-- @module mailseal.http.paging
local escapes = require "mailseal.http.escapes"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"
local sorted = require "mailseal.rules.sorted"

local M = {}

--- How many a page holds where nothing else is said.
M.PAGE = 100

--- How many it holds at most.
M.MOST = 500

--- The shapes of the query of a list.
-- @tparam table after the shape of the place after which a page begins
-- @tparam[opt] table more further ones, by name
-- @treturn table
function M.query(after, more)
  local query = { after = after, limit = shape.count(1, M.MOST) }
  for name, field in pairs(more or {}) do
    query[name] = field
  end
  return query
end

--- How many to read for a page.
-- @tparam table call as of `mailseal.http.dispatch`
-- @treturn number
function M.limit(call)
  return (call.query.limit or M.PAGE) + 1
end

-- The same request, from another place on.
local function next_page(call, field, place)
  local parts, query = {}, {}
  for name, value in pairs(call.query) do
    query[name] = value
  end
  query[field] = place
  for i, name in ipairs(sorted.names(query)) do
    local value = query[name]
    value = type(value) == "number" and ("%.0f"):format(value) or tostring(value)
    parts[i] = escapes.encode(name) .. "=" .. escapes.encode(value)
  end
  local path = call.request.target:match "^[^?]*"
  return path .. "?" .. table.concat(parts, "&")
end

--- The answer with a page.
-- @tparam table call
-- @tparam string name of the list
-- @tparam {table,...} found as many as @{limit} says, at most; it is shortened
-- @tparam function place_of of the last one that is shown, its place
-- @tparam[opt] function convert makes of each what is shown
-- @tparam[opt="after"] string field of the query, that the place of the next page stands in
-- @treturn table a reply with the list, and `next`: path and query of the next page, where there is one
function M.reply(call, name, found, place_of, convert, field)
  local most, shown = M.limit(call) - 1, {}
  local after
  for i = 1, math.min(#found, most) do
    shown[i] = convert and convert(found[i]) or found[i]
  end
  if #found > most then
    after = next_page(call, field or "after", place_of(found[most]))
  end
  return reply.json(200, { [name] = shown, next = after })
end

return M
