--- The service: a REST API and a page, as handlers inside OpenResty, or nginx with lua-nginx-module.
--
--     init_by_lua_block        { service = require "mailseal.http".new { db = "sqlite:/var/lib/mailseal/mailseal.db", … } }
--     init_worker_by_lua_block { service:init_worker() }
--     content_by_lua_block     { service:serve() }
--
-- Where to look: `dispatch` says what a route, a call and a request are, and leads from one to the other; `router` finds routes; `shape`
-- checks what was sent, `decode`, `escapes`, `accepts` and `body` read it; `reply` and `problem` are what is answered; `request` is what of
-- all that is nginx's own. The routes are in `api` and `pages`, as data.
-- @module mailseal.http
local actions = require "mailseal.http.actions"
local auths = require "mailseal.http.auth"
local backgrounds = require "mailseal.http.background"
local connecting = require "mailseal.http.connecting"
local dictionary = require "mailseal.http.dictionary"
local dispatch = require "mailseal.http.dispatch"
local fields = require "mailseal.onboard.fields"
local figures = require "mailseal.http.figures"
local kinds = require "mailseal.dns.options"
local live = require "mailseal.http.live"
local provider = require "mailseal.provider"
local refusal = require "mailseal.http.refusal"
local registries = require "mailseal.http.registry"
local request = require "mailseal.http.request"
local router = require "mailseal.http.router"

local M = {}

--- The modules that have routes, by the part that they are of.
M.ROUTES = {
  api = {
    "mailseal.http.api.check",
    "mailseal.http.api.dns_hosts",
    "mailseal.http.api.domains",
    "mailseal.http.api.events",
    "mailseal.http.api.health",
    "mailseal.http.api.holds",
    "mailseal.http.api.keys",
    "mailseal.http.api.messages",
    "mailseal.http.api.openapi",
    "mailseal.http.api.problems",
    "mailseal.http.api.providers",
    "mailseal.http.api.publishing",
    "mailseal.http.api.records",
    "mailseal.http.api.service",
    "mailseal.http.api.stream",
    "mailseal.http.api.tokens",
    "mailseal.http.api.uses",
    "mailseal.http.api.webhooks",
  },
  page = {
    "mailseal.http.pages.assets",
    "mailseal.http.pages.domain",
    "mailseal.http.pages.domains",
    "mailseal.http.pages.files",
    "mailseal.http.pages.new",
    "mailseal.http.pages.session",
    "mailseal.http.pages.setup",
  },
}

--- A service, as `http.new` returns it.
-- @type service
local Service = { __name = "mailseal.http.service" }
Service.__index = Service

local prefix = {
  function(value) return value == false or type(value) == "string" and (value == "" or value:find "^/[%w%-._~/]*[^/]$" ~= nil) end,
  'a path such as "/mail", without a slash at its end, or false',
}

local known = {
  db = kinds.of_type("string", "a database's URL"),
  master_key_file = kinds.of_type("string", "a file's name"),
  resolver = kinds.of_type("table", "options of mailseal.dns.resolver"),
  policy = kinds.of_type("table", "a table of numbers"),
  rules = kinds.of_type("table", "a list of directories"),
  threads = kinds.of_type("table", "a table of numbers"),
  background = kinds.flag,
  limits = kinds.of_type("table", "a table of limits"),
  registry = kinds.of_type("table", "a registry of mailseal.onboard"),
  authenticate = kinds.of_type("function", "a function"),
  url = {
    function(value) return type(value) == "string" and value:find "^https?://[%w%.%-:%[%]]+$" ~= nil end,
    "a URL without a path, such as https://mail.example.com",
  },
  name = kinds.of_type("string", "a text"),
  actions = kinds.of_type("table", "a list of actions"),
  routes = kinds.of_type("table", "a list of routes"),
  publish = kinds.of_type("table", "settings by way"),
  operator_zones = kinds.of_type("table", "a table of ways by zone"),
  api = prefix, page = prefix,
}

-- The routes of all modules, those of the embedder's actions, and his own, which stand where he has put them.
local function route_all(options, own)
  local made = router.new()
  for part, modules in pairs(M.ROUTES) do
    for _, module in ipairs(options[part] == false and {} or modules) do
      made:add(require(module), options[part])
    end
  end
  if options.api ~= false then
    made:add(own:routes(), options.api)
  end
  made:add(options.routes or {})
  return made
end

--- Makes a service.
-- @tparam table options
--
-- - `db`, `master_key_file`, `policy`, `rules`, `resolver`, `threads`, `operator_zones`: as of `mailseal.http.registry.new`
-- - `background`: false where domains that are due are looked at by `mailseal worker` alone, and not here, see
--   `mailseal.http.background`
-- - `registry`: in place of those, a registry that is open
-- - `authenticate`: a function that gets a call (`mailseal.http.dispatch`) and returns who asks: a table with `tenant`; `actor` for the
--   events; and `operator`, true for whoever runs the service and may lift what health has restricted; or nil, and a message and a code
--   where there is more to say: without a code it is `unauthorized`, 401, and a code of his own is 403. One that goes by a cookie asks
--   @{Service:same_origin}, too. Without it a token has to be shown
-- - `url`: where browsers find the service, as `https://mail.example.com`: to be told where a proxy stands before it that they speak
--   https with, or that changes the field Host
-- - `limits`: by what they are of, in place of the usual ones: `check`, how often tenants may ask for checks and DNS hosts (as of `LIMITS`
--   of `mailseal.http.costly`); `verify`, how often may be looked at a domain (as of `LIMITS` of `mailseal.http.verify_now`); `streams`,
--   how many streams of events there may be (see `mailseal.http.stream`)
-- - `publish`: by way (`via`), settings of targets that are not for whoever uses the service to choose, such as an `endpoint`; for
--   `domain-connect`, what `tenant:plan` is told by that way: `provider_id`, under which DNS hosts have been given templates, `key_name`
--   and `key`, or `key_file`, where that is (PEM)
-- - `name`: what the page calls the service, above and in its titles ("mailseal")
-- - `actions`: what may be done with a domain besides, see `mailseal.http.actions`
-- - `routes`: further routes, as `mailseal.http.dispatch` describes them
-- - `api`, `page`: under which path each of the two is mounted ("", so that the API is at /v1), or false for not at all
-- @treturn table
function M.new(options)
  kinds.check("http.new", options, known)
  local own = actions.new(options.actions or {})
  return setmetatable({
    options = options, actions = own, connect = connecting.own((options.publish or {})[connecting.VIA]),
    router = route_all(options, own), registry = options.registry, busy = {},
    auth = auths.new { dict = ngx and ngx.shared.mailseal, url = options.url },
  }, Service)
end

-- The options of a resolver, with `observe` among them; a resolver as it is.
local function observed(resolver, observe)
  if resolver.query or resolver.observe then
    return resolver
  end
  local options = { observe = observe }
  for name, value in pairs(resolver) do
    options[name] = value
  end
  return options
end

--- The registry of this worker of nginx: see `mailseal.http.registry`.
-- @treturn table
function Service:registry_of_worker()
  if not self.registry then
    local kept, options = live.of(self), {}
    for name, value in pairs(self.options) do
      options[name] = value
    end
    options.resolver = observed(options.resolver or {}, function(...) kept:asked(...) end)
    self.registry = registries.new(options)
    self.registry.providers = self:providers()
    kept:measure_threads(self.registry)
  end
  return self.registry
end

--- A tenant, whose methods are those of `mailseal.onboard.tenant`.
-- @tparam string id
-- @tparam[opt] string actor who does it, for the events: a text of up to 255 octets
-- @treturn table
function Service:tenant(id, actor)
  return self:registry_of_worker():tenant(id, actor)
end

--- The user's own rules of providers, read the first time.
-- @treturn[1] table as of `mailseal.provider.load_directory`
-- @treturn[2] nil
-- @treturn[2] string what is wrong with them
-- @treturn[2] string a code of that function's
function Service:providers()
  if not self.own_rules then
    local own = fields.joined(self.options.registry and self.options.registry.providers)
    for _, path in ipairs(self.options.rules or {}) do
      local found, message, code = provider.load_directory(path)
      if not found then
        return nil, message, code
      end
      own = fields.joined(own, found)
    end
    self.own_rules = own
  end
  return self.own_rules
end

--- Under which path something of the service is, for links.
-- @tparam string part "api" or "page"
-- @tparam string path as routes have it
-- @treturn ?string nil where that part is not served
function Service:path(part, path)
  local before = self.options[part]
  return before ~= false and (before or "") .. path or nil
end

--- Who asks?
-- @tparam table call as of `mailseal.http.dispatch`
-- @treturn[1] table `tenant`, `actor`, `operator`
-- @treturn[2] nil
-- @treturn[2] ?string what is wrong, where that is to be said
-- @treturn[2] ?string its code (`unauthorized`)
function Service:authenticate(call)
  if self.options.authenticate then
    return self.options.authenticate(call)
  end
  return self.auth:identify(call)
end

--- Does a request come from a page of this host? To be asked where a cookie says who it is, and something is changed: see
-- `mailseal.http.auth`.
-- @tparam table call as of `mailseal.http.dispatch`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `forbidden`
function Service:same_origin(call)
  return self.auth:same_origin(call)
end

--- Begins the work of a worker of nginx. For init_worker_by_lua.
function Service:init_worker()
  live.of(self):begin()
  if self.options.background ~= false then
    backgrounds.new(self:registry_of_worker(), dictionary.shared "mailseal"):start()
  end
end

--- Answers a request, wherever it came from.
-- @tparam table asked as of `mailseal.http.dispatch`
-- @treturn table as of `mailseal.http.reply`
function Service:answer(asked)
  local reply = dispatch.answer(self, asked)
  live.of(self):answered(asked.route, reply.status)
  return reply
end

--- Answers the request of nginx, and ends it. For content_by_lua.
function Service:serve()
  request.send(self:answer(request.current()))
end

--- Answers the request of nginx with the figures for Prometheus, whoever asks. For content_by_lua of a location that nginx lets only those
-- see who may: `/metrics` itself is told on this machine alone.
--
--     location = /figures { allow 192.0.2.0/24; deny all; content_by_lua_block { service:metrics() } }
function Service:metrics()
  request.send(figures.reply(self))
end

--- Answers what nginx refuses by itself as this service does, with a problem. For content_by_lua of what `error_page` names:
--
--     error_page 405 413 500 501 502 503 504 @refused;
--     location @refused { content_by_lua_block { service:refuse() } }
--     error_page 400 408 414 505 /refused;    # of those nginx may not know what they ask for
--     error_page 494 =431 /refused;
--     location = /refused { internal; content_by_lua_block { service:refuse() } }
--
-- @tparam[opt] string|number why as of `mailseal.http.refusal`; the status that nginx has
function Service:refuse(why)
  request.send(refusal.reply(self, why or ngx.status, ngx.var.request_uri or ""))
end

return M
