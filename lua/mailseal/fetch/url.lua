--- URLs of http and https, taken apart strictly (RFC 3986, RFC 9110 §4.2).
--
-- Two programs that read one URL differently are how a check is passed by: so there is one reader, and what it does not understand
-- whole it refuses: names with a password before them, backslashes, white space, numbers in place of addresses.
-- @module mailseal.fetch.url
local domains = require "mailseal.domain"
local rdata = require "mailseal.core".dns.rdata

local M = {}

local LONGEST = 2048
local PORTS = { http = 80, https = 443 }
local A, AAAA = 1, 28

local function bad(why) return nil, "this is no URL to connect to: " .. why, "bad_url" end

-- The host and what is behind it, of what stands between "//" and the path.
local function split(authority)
  local address, rest = authority:match "^%[([%x:.]+)%](.*)$"
  if address then return address, rest, true end
  local host
  host, rest = authority:match "^([^:]+)(.*)$"
  return host, rest, false
end

-- A host as it is connected to; and whether it is an address.
local function host_of(text, in_brackets)
  if in_brackets then
    if not rdata(AAAA, { text }) then return bad "its host is no address of IPv6" end
    return text:lower(), true
  elseif rdata(A, { text }) then
    return text, true
  end
  local name = domains.to_ascii((text:gsub("%.$", "")))
  local last = name and name:match "[^.]*$"
  -- What ends in a number other programs take for an address in one of its older forms.
  if not name or name:find "[^%w_.-]" or last:find "^%d+$" or last:find "^0x%x*$" then
    return bad "its host is no name of a host"
  end
  return name, false
end

local function target_of(rest)
  rest = rest:gsub("#.*$", "")
  if rest == "" then return "/" end
  return rest:sub(1, 1) == "?" and "/" .. rest or rest
end

--- Takes a URL apart.
-- @tparam string text
-- @treturn[1] table `scheme` ("http", "https"), `host` (a name in A-labels, or an address), `is_address`, `port`, `target` (path and
--   query, as they are asked for), `authority` (what Host: says), `text` (the whole, without a fragment)
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_url`
function M.parse(text)
  if type(text) ~= "string" then error("a URL is a text, not a " .. type(text), 2) end
  if #text > LONGEST then return bad(("it has more than %d octets"):format(LONGEST)) end
  local scheme, authority, rest = text:match "^(%a+)://([^/?#]+)(.*)$"
  scheme = scheme and scheme:lower()
  if not PORTS[scheme] then return bad "it begins with neither https:// nor http://" end
  if authority:find "[@\\%%%c%s]" then return bad "its host is no name of a host" end
  if rest:find "[^!-~]" or rest:find '[\\"<>^`{|}]' then return bad "its path holds what has to be written as %XX" end
  local host, after, in_brackets = split(authority)
  local port = after == "" and PORTS[scheme] or after and tonumber(after:match "^:(%d%d?%d?%d?%d?)$")
  if not (host and port and port >= 1 and port <= 65535) then return bad "its port is none" end
  local name, is_address, code = host_of(host, in_brackets)
  if not name then return nil, is_address, code end
  local shown = in_brackets and "[" .. name .. "]" or name
  local with_port = port == PORTS[scheme] and shown or ("%s:%d"):format(shown, port)
  local target = target_of(rest)
  return {
    scheme = scheme, host = name, is_address = is_address, port = port, target = target, authority = with_port,
    text = ("%s://%s%s"):format(scheme, with_port, target),
  }
end

--- Where a redirect leads: a URL, or a path of the same host.
-- @tparam table from the URL that answered, as of @{parse}
-- @tparam string location what it said
-- @treturn[1] table as of @{parse}
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_url`
function M.follow(from, location)
  if location:find "^/" and not location:find "^//" then
    return M.parse(("%s://%s%s"):format(from.scheme, from.authority, location))
  end
  return M.parse(location)
end

return M
