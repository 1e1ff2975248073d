--- The service: a REST API and a page, as handlers inside OpenResty, or nginx with lua-nginx-module.
--
--     init_by_lua_block        { service = require "mailseal.http".new { db = "sqlite:/var/lib/mailseal/mailseal.db", … } }
--     init_worker_by_lua_block { service:init_worker() }
--     content_by_lua_block     { service:serve() }
--
-- @module mailseal.http
local actions = require "mailseal.http.actions"
local kinds = require "mailseal.dns.options"
local problem = require "mailseal.http.problem"
local registries = require "mailseal.http.registry"
local request = require "mailseal.http.request"
local router = require "mailseal.http.router"

local M = {}

--- The modules that have routes.
M.ROUTES = { "mailseal.http.api.domains" }

--- A service, as `http.new` returns it.
-- @type service
local Service = { __name = "mailseal.http.service" }
Service.__index = Service

local known = {
  db = kinds.of_type("string", "a database's URL"),
  master_key_file = kinds.of_type("string", "a file's name"),
  resolver = kinds.of_type("table", "options of mailseal.dns.resolver"),
  policy = kinds.of_type("table", "a table of numbers"),
  rules = kinds.of_type("table", "a list of directories"),
  threads = kinds.of_type("table", "a table of numbers"),
  authenticate = kinds.of_type("function", "a function"),
  actions = kinds.of_type("table", "a list of actions"),
  routes = kinds.of_type("table", "a list of routes"),
}

-- The routes of all modules, and those of lists besides.
local function all_routes(...)
  local lists, routes = { ... }, {}
  for i, module in ipairs(M.ROUTES) do
    table.insert(lists, i, (require(module)))
  end
  for _, list in ipairs(lists) do
    for _, route in ipairs(list) do
      routes[#routes + 1] = route
    end
  end
  return routes
end

--- Makes a service.
-- @tparam table options
--
-- - `db`, `master_key_file`, `policy`, `rules`, `resolver`, `threads`: as of `mailseal.http.registry.new`
-- - `authenticate`: a function that returns who asks (a table with `tenant`), or nil
-- - `actions`: what may be done with a domain besides, see `mailseal.http.actions`
-- - `routes`: further routes, as the modules of `mailseal.http.api` have them
-- @treturn table
function M.new(options)
  kinds.check("http.new", options, known)
  local own = actions.new(options.actions or {})
  return setmetatable({
    options = options, actions = own, router = router.new(all_routes(own:routes(), options.routes or {})),
  }, Service)
end

-- The registry of this worker of nginx.
local function registry_of(self)
  self.registry = self.registry or registries.new(self.options)
  return self.registry
end

--- A tenant, whose methods are those of `mailseal.onboard.tenant`.
-- @tparam string id
-- @treturn table
function Service:tenant(id)
  return registry_of(self):tenant(id)
end

--- Who asks?
-- @treturn ?table `tenant`; nil where nobody is known by what the request has
function Service:authenticate()
  return self.options.authenticate and self.options.authenticate()
end

--- Begins the work of a worker of nginx. For init_worker_by_lua.
function Service:init_worker() end

local function answer(self, route, path)
  local call = { service = self, path = path, query = ngx.req.get_uri_args() }
  if not route.public then
    call.identity = self:authenticate()
    if not call.identity then
      return problem.reply("a token is wanted", "unauthorized", { headers = { ["WWW-Authenticate"] = "Bearer" } })
    end
    call.tenant = self:tenant(call.identity.tenant)
  end
  if route.accepts then
    local body, message, code = request.body(route.accepts)
    if body == nil then
      return problem.reply(message, code)
    end
    call.body = body
  end
  local reply, message, code, members = route.handler(call)
  return reply or problem.reply(message, code, members)
end

local function send(reply)
  ngx.status = reply.status
  for name, value in pairs(reply.headers) do
    ngx.header[name] = value
  end
  ngx.header["Content-Type"] = reply.type
  if reply.body then
    ngx.header["Content-Length"] = #reply.body
    ngx.print(reply.body)
  end
  return ngx.exit(ngx.OK)
end

--- Answers the request. For content_by_lua.
function Service:serve()
  local route, path = self.router:find(ngx.req.get_method(), ngx.var.uri)
  if not route and path then
    return send(problem.reply("there is no such method here", "method_not_allowed", { headers = { Allow = table.concat(path, ", ") } }))
  elseif not route then
    return send(problem.reply("there is nothing here", "no_route"))
  end
  return send(answer(self, route, path))
end

return M
