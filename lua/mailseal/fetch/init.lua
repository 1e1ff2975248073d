--- A strict, small client of HTTP/1.1, for hosts that somebody else has named.
--
--     local fetch = require "mailseal.fetch"
--     local answer, message, code = fetch.request {
--       url = "https://hooks.example.com/mail", method = "POST", body = json, headers = { ["Content-Type"] = "application/json" },
--       resolver = resolver,
--     }
--     if answer then print(answer.status, answer.body) end
--
-- The host's name is asked for by `resolver`, each address that it has is judged (`mailseal.fetch.address`), and what was judged is what
-- is connected to: nobody looks the name up a second time. The certificate must be one of the host's name, by somebody who is trusted:
-- outside of nginx by the system's list, which the environment's SSL_CERT_FILE replaces, inside as `mailseal.fetch.nginx` says.
--
-- Each request has a connection of its own. It waits as `mailseal.async` does: in a plain script, under cqueues and luv, and inside nginx.
-- @module mailseal.fetch
local addresses = require "mailseal.fetch.address"
local answers = require "mailseal.fetch.answer"
local async = require "mailseal.async"
local kinds = require "mailseal.dns.options"
local questions = require "mailseal.fetch.question"
local resty = require "mailseal.dns.resty"
local urls = require "mailseal.fetch.url"

local M = {}

-- Seconds in all, for DNS, and for each of several addresses; octets of a body; addresses of a host that are tried.
local TIMEOUT, LOOK_UP, PATIENCE, MOST, TRIED = 10, 4, 4, 65536, 4

local known = {
  url = kinds.of_type("string", "a URL"), method = { function(value) return questions.METHODS[value] ~= nil end, "a method" },
  headers = { function(value) return type(value) == "table" and questions.check_headers(value) end, "fields that can be sent, by name" },
  body = kinds.of_type("string", "a string"), resolver = kinds.of_type("table", "a resolver"),
  allow_private = kinds.flag, allow_plain = kinds.flag, redirects = kinds.count(0, 10), timeout = kinds.seconds(600),
  most = kinds.count(0, 16777216), head_only = kinds.flag, ca_file = kinds.of_type("string", "a file's name"),
}

-- ---- whom to connect to

-- By the status of an answer of DNS.
local NOT_THERE = { nodata = true, nxdomain = true }

local function no_address(host, failed)
  if failed then return nil, ("DNS does not say just now where %s is (%s)"):format(host, failed), "dns_failed" end
  return nil, ("there is no host %s"):format(host), "no_such_host"
end

-- The addresses of a host, those of IPv4 first. Where DNS tells one kind of them and is silent about the other, those will do.
local function look_up(url, resolver)
  if url.is_address then return { url.host } end
  local given, problems = async.map({ "A", "AAAA" }, 2, function(kind)
    return resolver:query(url.host, kind, { deadline = LOOK_UP })
  end)
  local list, failed = {}, nil
  for place = 1, 2 do
    local answer = given[place]
    local status = answer and answer.status or tostring(problems[place])
    for _, record in ipairs(status == "ok" and answer.records or {}) do list[#list + 1] = record.address end
    if status ~= "ok" and not NOT_THERE[status] then failed = status end
  end
  if not list[1] then return no_address(url.host, failed) end
  return list
end

-- One that may not be connected to among them is reason enough to leave all alone.
local function check(list, url, options)
  for _, address in ipairs(list) do
    local allowed, kind = addresses.is_allowed(address, options.allow_private)
    if not allowed then
      return nil, ("%s has the address %s (%s), which is not to be connected to"):format(
        url.host, address, (kind or "unknown"):gsub("_", "-")), "forbidden_address"
    end
  end
  return true
end

-- ---- one request

local function connect_to_first(connect, list, url, options)
  local socket, message, code
  for i = 1, math.min(#list, TRIED) do
    socket, message, code = connect {
      address = list[i], port = url.port, tls_name = url.scheme == "https" and url.host or nil, ca_file = options.ca_file,
      patience = list[i + 1] and PATIENCE or options.timeout,
    }
    -- Another address would have the same certificate.
    if socket or code == "bad_certificate" then break end
  end
  return socket, message, code
end

local function talk(connect, list, url, options)
  local socket, message, code = connect_to_first(connect, list, url, options)
  if not socket then return nil, message, code end
  local sent
  sent, message, code = socket:send(questions.write(url, options))
  if not sent then return nil, message, code end
  return answers.read(socket, options)
end

local function exchange(transport, url, options)
  if url.scheme ~= "https" and not options.allow_plain then
    return nil, "only https:// is connected to", "not_https"
  elseif url.scheme == "https" and url.is_address then
    return nil, "of https:// the host is a name, for certificates are made out to names", "bad_url"
  end
  local list, message, code = look_up(url, options.resolver)
  if not list then return nil, message, code end
  local ok
  ok, message, code = check(list, url, options)
  if not ok then return nil, message, code end
  local answer
  answer, message, code = transport.converse(function(connect) return talk(connect, list, url, options) end)
  if answer then answer.url = url.text end
  return answer, message, code
end

-- ---- redirects

local REDIRECTS = { [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

-- Where an answer leads: nil where it is the last one; false, a message and a code where it leads nowhere.
local function next_url(answer, url, options)
  local location = answer.headers.location
  if not (REDIRECTS[answer.status] and location and questions.METHODS[options.method]) then return nil end
  local to, message = urls.follow(url, location)
  if not to then return false, message, "bad_redirect" end
  if url.scheme == "https" and to.scheme ~= "https" then return false, "the server leads away from https://", "bad_redirect" end
  return to
end

local function go(transport, url, options)
  for left = options.redirects, 0, -1 do
    local answer, message, code = exchange(transport, url, options)
    if not answer or options.redirects == 0 then return answer, message, code end
    local to
    to, message, code = next_url(answer, url, options)
    if to == nil then return answer end
    if not to then return nil, message, code end
    if left == 0 then break end
    url = to
  end
  return nil, ("the server leads elsewhere more than %d times"):format(options.redirects), "too_many_redirects"
end

--- Asks a server.
-- @tparam table options
--
-- - `url`: https://, of a host with a name
-- - `method`: GET (which it is without it), HEAD, POST, PUT, PATCH, DELETE
-- - `headers`: fields by name, but those that HTTP itself is about; `body`: octets
-- - `resolver`: see `mailseal.dns`
-- - `allow_plain`: http:// may be asked, too; `allow_private`: addresses of this machine and of private networks may be connected to
-- - `redirects`: how many to follow (0: the answer that leads elsewhere is the answer); GET and HEAD alone do
-- - `timeout`: seconds in all, DNS included (10); `most`: octets of the answer's body (65536)
-- - `head_only`: the body is not read
-- - `ca_file`: outside of nginx: whose certificates are trusted, in place of the system's list
-- @treturn[1] table `status`, `headers` (by name in lower case), `body`, `url` (the last one asked)
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string `bad_url`, `not_https`; `no_such_host`, `dns_failed`, `forbidden_address`; `unreachable`, `tls_failed`,
--   `bad_certificate`; `timeout`; `closed`, `bad_answer`, `head_too_large`, `too_large`; `bad_redirect`, `too_many_redirects`;
--   `no_module` (cqueues or luaossl is not there), `wrong_phase` (of nginx)
function M.request(options)
  kinds.check("fetch.request", options, known)
  if not (options.url and options.resolver) then error("fetch.request wants a URL and a resolver", 2) end
  local transport = require(resty.available() and "mailseal.fetch.nginx" or "mailseal.fetch.cqueues")
  local ready, message, code = transport.ready()
  if not ready then return nil, message, code end
  local url
  url, message, code = urls.parse(options.url)
  if not url then return nil, message, code end
  local given = {
    method = options.method or "GET", redirects = options.redirects or 0, timeout = options.timeout or TIMEOUT, most = options.most or MOST,
  }
  for name, value in pairs(options) do given[name] = value end
  local answer
  answer, message, code = async.within(given.timeout, go, transport, url, given)
  if code == "timeout" then return nil, ("%s was not done within %g seconds"):format(url.host, given.timeout), code end
  return answer, message, code
end

return M
