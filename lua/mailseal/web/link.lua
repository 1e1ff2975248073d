--- The page's addresses. All are below the path that the page is mounted at.
-- @module mailseal.web.link
local M = {}

--- A text as a segment of a path, or a value of a query (RFC 3986 §2.3: what is unreserved stays).
-- @tparam string text
-- @treturn string
function M.encode(text)
  return (tostring(text):gsub("[^%w%-._~]", function(octet) return ("%%%02X"):format(octet:byte()) end))
end

--- An address.
-- @tparam string base the path that the page is mounted at: "/", or such as "/mail-domains/"
-- @tparam string ... segments of the path
-- @treturn string
function M.to(base, ...)
  local list = { ... }
  for i, segment in ipairs(list) do
    list[i] = M.encode(segment)
  end
  return base .. table.concat(list, "/")
end

--- The same with a query; what is nil or "" is left out.
-- @tparam string address
-- @tparam {{string,string},...} query names and values, in order
-- @treturn string
function M.query(address, query)
  local list = {}
  for _, pair in ipairs(query) do
    if pair[2] and pair[2] ~= "" then
      list[#list + 1] = pair[1] .. "=" .. M.encode(pair[2])
    end
  end
  return list[1] and address .. "?" .. table.concat(list, "&") or address
end

return M
