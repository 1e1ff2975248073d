--- A hosting company's Domain Connect: customers agree to a service's template, and their zones are changed by dynamic update (RFC 2136).
--
-- It runs in an nginx of the company's, over https; `examples/domain_connect_provider.conf` is a whole one. Its zones are at a name server
-- that takes signed updates (Knot, BIND, PowerDNS), each with a record that says whom to ask:
--
--     _domainconnect.example.com. TXT "dc.hosting.example"
--
-- What there is of a company around it, a real one puts its own in the place of: who signs in (`sign_in_stub`, which believes whatever name
-- it is told), and which zones are whose (`accounts`).
local dns = require "mailseal.dns"
local h = require "mailseal.web.html"
local hexadecimal = require "mailseal.printable".hexadecimal
local kept = require "mailseal.domain_connect.provider.applied"
local provider = require "mailseal.domain_connect.provider"
local publish = require "mailseal.publish"
local query = require "mailseal.domain_connect.query"
local reader = require "mailseal.json.reader"
local seal = require "mailseal.core".seal

local M = {}

local SIGNED_IN = 3600 -- seconds
local BODY = 16384 -- octets

local host, accounts, secret

-- ---- from its settings

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

--- Prepares it, before nginx serves (init_by_lua_block).
-- @tparam table options
--
-- - `id`, `name`, `url`: of the company, as `mailseal.domain_connect.provider` wants them
-- - `server`: the zones' primary name server, an address with its port; `key_file`: the TSIG key, as BIND's or Knot's tools write it
-- - `templates`: the files of the templates that are taken up; `applied`: a directory to keep in what was applied
-- - `accounts`: of each customer the zones that are his
-- - `resolvers`: name servers that are asked for keys of requests (those of the system)
function M.start(options)
  local templates = {}
  for i, path in ipairs(options.templates) do templates[i] = assert(reader.decode(read(path))) end
  host = assert(provider.new {
    id = options.id, name = options.name, url = options.url, templates = templates, applied = kept.files(options.applied),
    resolver = assert(dns.resolver { servers = options.resolvers }),
    target = assert(publish.open("rfc2136", {
      server = options.server, key = read(options.key_file), fetch = { allow_private = true },
    })),
  })
  accounts, secret = options.accounts, seal.random(32)
end

-- ---- answers

local HEADERS = {
  ["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'", ["Referrer-Policy"] = "no-referrer",
  ["X-Content-Type-Options"] = "nosniff", ["Cache-Control"] = "no-store",
}

local function answer(status, kind, text)
  for name, value in pairs(HEADERS) do ngx.header[name] = value end
  ngx.status, ngx.header["Content-Type"] = status, kind
  ngx.print(text)
end

-- What the page says came from a request that anybody may have written: all of it is text.
local function page(status, title, content)
  answer(status, "text/html; charset=utf-8", h.document(h.html {
    lang = "en", h.head { h.meta { charset = "utf-8" }, h.title { title } }, h.body { h.h1 { title }, content },
  }))
end

-- What may be said to whoever asks: what is wrong with his request. What is wrong here is for who runs it.
local SAID = {}
for code in ([[
  no_template bad_request not_signed bad_key bad_signature not_ours changed cancelled no_instance refused_record
]]):gmatch "%S+" do
  SAID[code] = true
end

local function said(message, code)
  if SAID[code] then return message end
  ngx.log(ngx.ERR, tostring(code), ": ", tostring(message))
  return "This cannot be done just now."
end

local function json(text, message, code)
  if text then return answer(200, "application/json", text) end
  local is_absent = code == nil or code == "not_ours"
  answer(is_absent and 404 or 503, "text/plain; charset=utf-8", (is_absent and "there is none here" or said(message, code)) .. "\n")
end

local function lead(url) return ngx.redirect(url, 303) end

-- Back to whoever asked, where he may be told; or a page.
local function give_up(request, message, code)
  local text, url = said(message, code), request and host:back(request, code)
  if url then return lead(url) end
  page(code == "no_template" and 404 or SAID[code] and 400 or 503, "This cannot be done", h.p { text })
end

-- ---- who is there

-- What only this program can write about these texts.
local function mark(...)
  return hexadecimal(seal.hmac_sha256(secret, table.concat({ ... }, "\n")))
end

local function customer()
  local name, till, code = (ngx.var.cookie_session or ""):match "^([%w-]+)%.(%d+)%.(%x+)$"
  if name and tonumber(till) > ngx.time() and seal.same(mark("session", name, till), code) then return name end
end

-- In the place of a sign-in: a name is asked for, and believed. No company does so.
local function ask_who(path)
  page(200, "Who are you?", h.form {
    method = "post", action = "/sign-in-stub", h.input { type = "hidden", name = "to", value = path },
    h.label { "Your name ", h.input { name = "name" } }, h.button { "Sign in (this asks for no password: it is a stub)" },
  })
end

local function form()
  ngx.req.read_body()
  local body = ngx.req.get_body_data() or ""
  return #body <= BODY and query.read(body) or {}
end

local function sign_in_stub()
  local given = form()
  local name, to = given.name or "", given.to or "/"
  if not (accounts[name] and name:find "^[%w-]+$" and to:find "^/[^/\\]") then return ask_who(to:find "^/[^/\\]" and to or "/templates") end
  local till = tostring(ngx.time() + SIGNED_IN)
  ngx.header["Set-Cookie"] = ("session=%s.%s.%s; Path=/; HttpOnly; Secure; SameSite=Lax"):format(name, till, mark("session", name, till))
  lead(to)
end

local function owns(name, zone)
  for _, one in ipairs(accounts[name] or {}) do
    if one == zone then return true end
  end
  return false
end

-- ---- what a customer is asked

local function record_lines(title, list)
  if not list[1] then return nil end
  local lines = {}
  for i, one in ipairs(list) do
    lines[i] = h.tr { h.td { one.name }, h.td { one.type }, h.td { h.code { one.value } } }
  end
  return { h.h2 { title }, h.table { lines } }
end

local function name_of(request)
  local template = request.template
  local more = {}
  for _, text in ipairs { request.service_name or false, request.provider_name or false } do
    more[#more + 1] = text and (" (%s)"):format(text) or nil
  end
  return ("%s by %s%s"):format(template.serviceName, template.providerName, table.concat(more))
end

local function consent(request, plan, name, notice)
  local warnings, services = {}, {}
  for i, warning in ipairs(plan.warnings) do warnings[i] = h.p { h.strong { warning.text } } end
  for i, service in ipairs(plan.services) do
    services[i] = h.li { ("%s by %s stops working"):format(service.service_name, service.provider_name) }
  end
  page(200, ("Set up %s for %s?"):format(name_of(request), request.name), {
    notice and h.p { h.strong { notice } }, warnings,
    not plan.changes[1] and h.p { "All of its records are there already." },
    record_lines("These records are added", plan.added), record_lines("These records are removed", plan.removed),
    services[1] and { h.h2 { "And" }, h.ul { services } },
    h.form {
      method = "post", action = ngx.var.request_uri, h.input { type = "hidden", name = "digest", value = plan.digest },
      h.input { type = "hidden", name = "token", value = mark("consent", name, request.text, plan.digest) },
      h.button { name = "answer", value = "yes", "Agree" }, h.button { name = "answer", value = "no", "Cancel" },
    },
  })
end

-- The request and who brings it; nil where something was answered already.
local function brought(provider_id, service_id)
  local request, message, code, failed = host:request(provider_id, service_id, ngx.var.args or "")
  if not request then return give_up(failed, message, code) end
  local name = customer()
  if not name then return ask_who(ngx.var.request_uri) end
  if not owns(name, request.domain) then
    return give_up(request, ("%s is no domain of yours here."):format(request.domain), "not_ours")
  end
  return request, name
end

local function ask(request, name, notice)
  local plan, message, code = host:plan(request)
  if not plan then return give_up(request, message, code) end
  consent(request, plan, name, notice)
end

local function show(provider_id, service_id)
  local request, name = brought(provider_id, service_id)
  if request then ask(request, name) end
end

local function decide(provider_id, service_id)
  local request, name = brought(provider_id, service_id)
  if not request then return end
  local given = form()
  local digest = given.digest or ""
  -- Agreed to by this customer, on this page: another site's form does not know the token.
  if not seal.same(mark("consent", name, request.text, digest), given.token or "") then return ask(request, name) end
  if given.answer ~= "yes" then return give_up(request, "Nothing was changed.", "cancelled") end
  local ok, message, code = host:apply(request, digest)
  if code == "changed" then return ask(request, name, "Your records have changed since you were asked. Here is what would be done now.") end
  if not ok then return give_up(request, message, code) end
  local url = host:back(request)
  if url then return lead(url) end
  page(200, "Done", h.p { "You can close this page." })
end

-- ---- what was applied

local function list_templates()
  local name = customer()
  if not name then return ask_who "/templates" end
  local lines = {}
  for _, zone in ipairs(accounts[name]) do
    for _, one in ipairs(host:instances(zone) or {}) do
      lines[#lines + 1] = h.li {
        ("%s by %s for %s "):format(one.service_name, one.provider_name, one.host and one.host .. "." .. zone or zone),
        h.form {
          method = "post", action = "/templates", h.input { type = "hidden", name = "zone", value = zone },
          h.input { type = "hidden", name = "id", value = one.id },
          h.input { type = "hidden", name = "token", value = mark("withdraw", name, zone, one.id) }, h.button { "Take it back" },
        },
      }
    end
  end
  page(200, "Services of your domains", lines[1] and h.ul { lines } or h.p { "There are none." })
end

local function withdraw()
  local name, given = customer(), form()
  local zone, id = given.zone or "", given.id or ""
  if name and owns(name, zone) and seal.same(mark("withdraw", name, zone, id), given.token or "") then
    local ok, message, code = host:withdraw(zone, id)
    if not ok then return give_up(nil, message, code) end
  end
  lead "/templates"
end

-- ---- serving

local TEMPLATE = "^/v2/domainTemplates/providers/([%w._-]+)/services/([%w._-]+)"
local ROUTES = {
  { "GET", "^/v2/([%w._-]+)/settings$", function(domain) json(host:settings(domain:lower())) end },
  { "GET", TEMPLATE .. "$", function(provider_id, service_id) json(host:supports(provider_id, service_id)) end },
  { "GET", TEMPLATE .. "/apply$", show }, { "POST", TEMPLATE .. "/apply$", decide },
  { "POST", "^/sign%-in%-stub$", sign_in_stub },
  { "GET", "^/templates$", list_templates }, { "POST", "^/templates$", withdraw },
}

--- Answers a request (content_by_lua_block).
function M.serve()
  local path, method = ngx.var.request_uri:match "^[^?]*", ngx.req.get_method()
  for _, route in ipairs(ROUTES) do
    local first, second = path:match(route[2])
    if first and route[1] == method then return route[3](first, second) end
  end
  page(404, "There is nothing here", h.p { "Services lead to this place." })
end

return M
