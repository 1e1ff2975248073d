--- What the examples of asking DNS have in common: what they are told on the command line, what they ask, and how they say
-- what they found. How they wait is each one's own.
local dns = require "mailseal.dns"

local M = {}

-- Where neither a server nor a name is given: a zone in place of the network.
local rehearsal = [[
$ORIGIN example.
shop        MX   10 mail.shop
shop        TXT  "v=spf1 mx -all"
_dmarc.shop TXT  "v=DMARC1; p=reject"
blog        MX   10 mail.shop
blog        TXT  "v=spf1 include:shop.example ~all"
parked      TXT  "v=spf1 -all"
mail.shop   A    192.0.2.25
]]

local function fail(program, message, status)
  io.stderr:write(program, ": ", message, "\n")
  os.exit(status)
end

--- Reads the arguments: names, and servers with an @ before them.
-- @tparam table arguments `arg`
-- @treturn table a resolver
-- @treturn {string,...} names
function M.arguments(arguments)
  local program = arguments[0]:match "([^/]*)%.lua$"
  local servers, names = {}, {}
  for _, word in ipairs(arguments) do
    if word:sub(1, 1) == "-" then fail(program, ("usage: %s.lua [@SERVER…] [DOMAIN…]"):format(program), 64) end
    local server = word:match "^@(.*)"
    table.insert(server and servers or names, server or word)
  end
  local options = { servers = servers[1] and servers, timeout = 1 }
  if #names == 0 then
    options = { zone_text = rehearsal }
    names = { "shop.example", "blog.example", "parked.example", "nobody.example" }
  end
  local resolver, message = dns.resolver(options)
  if not resolver then fail(program, message, 64) end
  return resolver, names
end

-- One word on what an answer holds: `yes`, `no`, or why that is not known.
local function word_on(answer, is_wanted)
  if answer.status == "nodata" or answer.status == "nxdomain" then return "no" end
  if answer.status ~= "ok" then return answer.status end
  for i, record in ipairs(answer.records) do
    if is_wanted(record, answer.text and answer.text[i]) then return "yes" end
  end
  return "no"
end

local function begins_with(beginning)
  return function(_, text) return text:sub(1, #beginning) == beginning end
end

-- RFC 7505: a lone MX of "." says that there is no mail.
local function is_no_null_mx(record) return record.exchange ~= "." end

--- Asks for the records of one domain, one after the other: the code waits where it asks, and does not care how.
-- @tparam table resolver
-- @tparam string domain
-- @treturn ?string what was found, on one line
-- @treturn ?string what is wrong with the name
function M.look_up(resolver, domain)
  local mx, message = resolver:query(domain, "MX")
  if not mx then return nil, message end
  local spf, dmarc = assert(resolver:query(domain, "TXT")), assert(resolver:query("_dmarc." .. domain, "TXT"))
  return ("MX %s, SPF %s, DMARC %s"):format(
    word_on(mx, is_no_null_mx), word_on(spf, begins_with "v=spf1"), word_on(dmarc, begins_with "v=DMARC1")
  )
end

--- Prints what was found.
-- @tparam {string,...} names
-- @tparam table found as `async.map` returns it: by place, what `look_up` returned first
-- @tparam table errors by place, why there is nothing
function M.print(names, found, errors)
  for i, name in ipairs(names) do print(("%-24s %s"):format(name, found[i] or tostring(errors[i]))) end
end

return M
