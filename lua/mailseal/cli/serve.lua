--- `mailseal serve`: the service, in an nginx of its own.
--
-- It writes a configuration, starts nginx with it, and stays its parent: SIGTERM and SIGINT end it when those are served who have asked
-- (a second one ends it at once), SIGHUP has it begin anew with the same options while nobody is turned away. Where this process is
-- killed, nginx gets SIGQUIT from the kernel, and its workers do where nginx is: so no port stays taken (on Linux).
-- @module mailseal.cli.serve
local conf = require "mailseal.cli.serve_conf"
local connect = require "mailseal.cli.connect"
local core = require "mailseal.core"
local operator_zone = require "mailseal.cli.operator_zone"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local place = require "mailseal.cli.serve_place"
local registry_face = require "mailseal.cli.registry"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"

local M = {}

local LISTEN = "127.0.0.1:8080"

-- Seconds between two looks whether nginx is there; and until those are left who are being served when it ends.
local LOOK, PATIENCE = 0.05, 10

-- Connections of a worker: a thousand streams of events, five hundred domains that are looked at, and requests.
local CONNECTIONS = 4096

local epilog = [[
The first start on a new database makes the tenant "default" and a token, which
is printed this once; `mailseal tokens` makes others. The database and the
master key are made for nobody else to read. SIGTERM and SIGINT end it when
those are served who have asked, SIGHUP restarts its workers.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary "Serve the REST API and the page."
  command:description "Serves the REST API and the page of onboarding, and looks at the domains that are due."
  command:epilog(epilog)
  command
    :option("--listen", "Where to listen, [::1]:8080 for instance; may be repeated (" .. LISTEN .. "). With port 0, on one that is free.")
    :argname("ADDR:PORT")
    :count "*"
  registry_face.describe_store(command)
  resolver.describe(command)
  command
    :option("--url", "Where browsers find it, https://mail.example.com for instance, if a proxy with TLS stands before it.")
    :argname "URL"
  command
    :option("--proxy", "Believe this proxy, or network, whom it asks for (X-Forwarded-For); may be repeated.")
    :argname "ADDR[/BITS]"
    :count "*"
  command:option("--workers", "nginx's worker processes (one a processor)."):convert(options.whole("--workers", 1, 256)):argname "N"
  command:option("--tls-cert", "Serve HTTPS with this certificate and those that it needs, in PEM."):argname "FILE"
  command:option("--tls-key", "Its private key, in PEM."):argname "FILE"
  command
    :option("--metrics-listen", "Tell whoever asks here the figures for Prometheus, at /metrics; else only this machine is told them.")
    :argname "ADDR:PORT"
  command:option("--access-log", "Write a line here for every request."):argname "FILE"
  command:flag("--no-worker", "Leave the domains that are due to `mailseal worker`.")
  registry_face.describe_webhooks(command)
  registry_face.describe_dns_hosts(command)
  operator_zone.describe(command)
  connect.describe_service(command)
  command:option("--nginx", "The program (openresty or nginx, as it is found)."):argname "PROGRAM"
  command
    :option("--with", "A Lua program that returns further options of mailseal.http.new: a table with actions and routes, for instance.")
    :argname "FILE"
end

-- ---- What was asked for

local function listen_of(text, option)
  local address, port = text:match "^%[([%x:.]+)%]:(%d+)$"
  if not address then address, port = text:match "^([%d.]+):(%d+)$" end
  if not address or tonumber(port) > 65535 then
    status.stop(status.USAGE, ("%s: '%s' is not an address and a port such as %s or [::1]:8080"):format(option, text, LISTEN))
  end
  local free, message, code = core.process.may_listen(address, tonumber(port))
  if not free then
    local cure = code == "in_use" and (" (%s names another, such as 127.0.0.1:0 for one that is free)"):format(option) or ""
    status.stop(code == "bad_address" and status.USAGE or status.UNAVAILABLE, ("%s: %s%s"):format(option, message, cure))
  end
  return (address:find ":" and "[%s]:%d" or "%s:%d"):format(address, free)
end

local function listen(given)
  local list = {}
  for i, text in ipairs(given[1] and given or { LISTEN }) do list[i] = listen_of(text, "--listen") end
  return list
end

local function want_file(option, path)
  local file, message = io.open(path, "rb")
  if not file then status.stop(status.DATA, ("%s: %s"):format(option, message)) end
  file:close()
end

local function check(given)
  if (given.tls_cert == nil) ~= (given.tls_key == nil) then
    status.stop(status.USAGE, "--tls-cert and --tls-key belong together")
  elseif given.tls_cert then
    want_file("--tls-cert", given.tls_cert)
    want_file("--tls-key", given.tls_key)
  end
  for _, proxy in ipairs(given.proxy) do
    local address = proxy:match "^([%x:.]+)/%d+$" or proxy:match "^[%x:.]+$"
    if not address or not address:find "[:.]" then
      status.stop(status.USAGE, ("--proxy: '%s' is not an address or a network such as 10.0.0.0/8"):format(proxy))
    end
  end
  if given.url and not given.url:find "^https?://[%w%.%-:%[%]]+$" then
    status.stop(status.USAGE, ("--url: '%s' is not a URL without a path such as https://mail.example.com"):format(given.url))
  end
end

-- The user's own program is told to be none before anything is made.
local function check_own(path)
  local chunk, message = true, nil
  if path then chunk, message = loadfile(path) end
  if not chunk then status.stop(status.DATA, "--with: " .. message) end
end

-- ---- The database, the master key, the first token

-- Makes ready what the service works on, and says how its workers open it.
local function prepare(given)
  local registry, settings = registry_face.open(given, { makes_database = true, makes_key = function() return true end })
  settings.url, settings.background, settings.publish = given.url, not given.no_worker, given.publish
  settings.resolver = { zone = given.zone, servers = given.server[1] and given.server or nil }
  return registry, settings
end

-- `tokens add` is to find the same database. A password that its URL may have is not for everybody to see.
local function tell_first_token(registry, given)
  local first = registry_face.want(require "mailseal.onboard.tokens".first(registry, registry_face.TENANT))
  if first then
    output.line(('The token of the tenant "%s", told this once:'):format(first.tenant))
    output.line("  " .. first.token)
  else
    local named = given.db and (given.db:find "^sqlite:" and given.db or "…")
    output.line(("Tokens are made by `mailseal tokens add%s`."):format(named and " --db " .. named or ""))
  end
  output.flush()
end

-- ---- nginx

local function write_file(path, text)
  local file, message = io.open(path, "wb")
  if not (file and file:write(text) and file:close()) then
    status.stop(status.CANNOT_CREATE, "cannot write " .. tostring(message or path))
  end
end

local function new_directory()
  local directory = place.output "umask 077; mktemp -d -t mailseal-serve.XXXXXXXX"
  if not directory:find "^/[%w/._+-]+$" then
    status.stop(status.CANNOT_CREATE, "cannot make a temporary directory: TMPDIR names where")
  end
  return directory
end

local function literal(value)
  if type(value) ~= "table" then return type(value) == "string" and ("%q"):format(value) or tostring(value) end
  local parts = {}
  for name, item in pairs(value) do
    parts[#parts + 1] = ("[%s] = %s"):format(literal(name), literal(item))
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- What the service is made with, as a program that nginx runs: options, and in the place of some of them those of the user's own program.
-- Of the policy it is each number for itself: what options allow is not forgotten where the program names another one.
-- Credentials are in none of it: nginx reads them where they are.
local function settings_program(settings, own, operator)
  local text = ("local settings = %s\n"):format(literal(settings))
  if operator then
    text = text .. ("settings.operator_zones = require \"mailseal.cli.operator_zone\".ways %s\n"):format(literal(operator))
  end
  if own then
    text = text .. ("local own, policy = dofile(%q), settings.policy\n"):format(own)
      .. "for name, value in pairs(own) do settings[name] = value end\n"
      .. "if policy and own.policy then\n"
      .. "  settings.policy = require \"mailseal.onboard.fields\".joined_within(policy, own.policy)\nend\n"
  end
  return text .. "return settings\n"
end

-- nginx takes what follows a $ for a variable, and knows no way to write a $ itself.
local function named_for_nginx(path)
  if path:find "[%c$]" then status.stop(status.USAGE, ("nginx takes no file's name with a $ or a control character: %s"):format(path)) end
  return path
end

local function write_configuration(given, program, where, settings)
  local here, descriptors = place.output "pwd", place.descriptors()
  local lua_path, lua_cpath = place.lua_paths(here)
  local function file(path) return path and named_for_nginx(place.absolute(path, here)) end
  local operator = operator_zone.plain(given, function(path) return place.absolute(path, here) end)
  local own = given["with"] and place.absolute(given["with"], here)
  write_file(where.directory .. "/settings.lua", settings_program(settings, own, operator))
  write_file(where.directory .. "/nginx.conf", conf.write {
    directory = where.directory, listen = where.listen, metrics = where.metrics, proxies = given.proxy,
    modules = place.modules(program), user = place.user(),
    workers = given.workers or place.processors(), database_threads = 6, signing_threads = 2, patience = PATIENCE,
    connections = math.min(CONNECTIONS, math.floor(descriptors * 0.8)), descriptors = math.min(descriptors, 4 * CONNECTIONS),
    certificate = file(given.tls_cert), certificate_key = file(given.tls_key), access_log = file(given.access_log),
    authorities = place.authorities(), lua_path = lua_path, lua_cpath = lua_cpath,
  })
end

local function words_for(program, directory)
  return program, "-p", directory .. "/", "-e", "stderr", "-c", directory .. "/nginx.conf"
end

-- Has nginx read its configuration, and start Lua, without serving: what is wrong with that is told in one line.
local function test(program, directory)
  local words = { words_for(program, directory) }
  for i, word in ipairs(words) do words[i] = place.quote(word) end
  local printed = place.output(table.concat(words, " ") .. " -t 2>&1 </dev/null; echo $?")
  os.remove(directory .. "/pid") -- an empty one
  if ("\n" .. printed):find "\n0$" then return end
  status.stop(status.UNAVAILABLE, "nginx does not start: " .. place.cause(printed))
end

-- What nginx gets for a request to end, the first, the second and all others.
local REQUESTS = { "SIGQUIT", "SIGTERM", "SIGKILL" }

-- Is there a terminal?
local function has_terminal()
  return core.file.columns(0) or core.file.columns(1) or core.file.columns(2)
end

-- Says where it is.
local function announce(given, where)
  for _, address in ipairs(where.listen) do
    output.line(("%s://%s"):format(given.tls_cert and "https" or "http", address))
  end
  if where.metrics then output.line(("http://%s/metrics"):format(where.metrics)) end
  output.flush()
end

-- Stays until nginx has ended. Returns its status, and whether it was asked to end. A terminal that is closed says SIGHUP as well.
local function attend(process, signals, given, where)
  local asked, had_terminal, is_ready = 0, has_terminal(), false
  while not process:ended() do
    local name = signals:wait(is_ready and 60 or LOOK)
    -- When it listens it writes its number.
    if not is_ready and core.file.kind(where.directory .. "/pid") == "file" then
      is_ready = true
      announce(given, where)
    end
    if name == "SIGHUP" and not (had_terminal and not has_terminal()) then
      process:signal "SIGHUP"
    elseif name and name ~= "SIGCHLD" then
      asked = math.min(asked + 1, #REQUESTS)
      process:signal(REQUESTS[asked])
    end
  end
  return process:ended(), asked > 0
end

local function serve(given, program, where, signals)
  local process, message = core.process.start(words_for(program, where.directory))
  if not process then
    status.stop(status.UNAVAILABLE, message)
  end
  local code, asked = attend(process, signals, given, where)
  if not asked or code ~= 0 then
    status.stop(status.INTERNAL, ("nginx has ended with status %d"):format(code))
  end
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  check(given)
  check_own(given["with"])
  operator_zone.ways(given) -- what is wrong with it is told before anything is made
  given.publish = connect.of_service(given, function(path) return place.absolute(path, place.output "pwd") end)
  local program = place.nginx(given.nginx)
  local where = { listen = listen(given.listen), metrics = given.metrics_listen and listen_of(given.metrics_listen, "--metrics-listen") }
  local registry, settings = prepare(given)
  local signals = core.signals.open() -- from here on there is something to clear away
  where.directory = new_directory()
  local ok, failure = pcall(function()
    write_configuration(given, program, where, settings)
    test(program, where.directory)
    tell_first_token(registry, given)
    registry:close()
    serve(given, program, where, signals)
  end)
  os.execute("rm -rf " .. place.quote(where.directory))
  signals:close()
  if not ok then error(failure, 0) end
  return status.OK
end

return M
