--- The whole story, to be clicked through without the Internet: the service with its page, and customers at different DNS hosts in
-- different kinds of trouble, whose name servers are Knot DNS on loopback.
--
--    lua5.4 examples/demo.lua [--listen 127.0.0.1:8080]
--
-- Two of the customers have let the service write to their zones: "Set up for me", on their domains' pages, shows what would be changed,
-- does it, and takes it back. Beside the page's own buttons there is one of the demo's, which does by itself, at any customer's DNS host,
-- what the customer is asked to do. All is in temporary directories, and gone when the program ends. Where to look: `demo/customers.lua`
-- tells who the customers are, `demo/internet.lua` what their Internet is, `demo/history.lua` what happened so far, `demo/button.lua` is
-- the button.
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local async = require "mailseal.async"
local customers = require "demo.customers"
local dns = require "mailseal.dns"
local history = require "demo.history"
local onboard = require "mailseal.onboard"
local servers = require "demo.servers"
local service = require "demo.service"
local terminal = require "support.terminal"

local TENANT = "default" -- whose token `mailseal serve` makes

--- Ends the program with one line; caught at the bottom of this file.
local function give_up(status, message)
  error({ status = status, message = message }, 0)
end

local function want(value, message)
  return value or give_up(69, tostring(message))
end

-- The directory of the sources, from the root of all files on.
local function root_of_sources()
  local examples = arg[0]:match "^.*/" or "./"
  local pipe = assert(io.popen("cd '" .. examples:gsub("'", "'\\''") .. "..' && pwd"))
  local root = pipe:read "*l"
  pipe:close()
  return root
end

-- What happened so far. Of the silent servers nothing is to be waited for that will not come.
local function fill(internet, directory)
  local database, master_key = service.database(directory)
  history.fill {
    customers = customers, servers = internet, tenant = TENANT, now = os.time(),
    open = function(clock)
      local options = internet:resolver_options()
      options.cache, options.now, options.timeout, options.tries = false, clock, 0.2, 1
      local resolver = want(dns.resolver(options))
      return want(onboard.open {
        db = database, master_key_file = master_key, clock = clock, resolver = resolver, policy = { publishing = { allow_private = true } },
      })
    end,
  }
end

local function introduce(running, access)
  terminal.heading("The customers")
  for _, customer in ipairs(customers) do
    terminal.line(("   %-17s %s"):format(customer.zone, customer.trouble))
  end
  terminal.heading("Open " .. running.url)
  terminal.line("   and sign in with ", terminal.bold(running.token))
  terminal.line()
  terminal.line("Each domain's page has a button that publishes what its customer's DNS lacks. Those who let us set it up have")
  terminal.line("\"Set up for me\" besides, which shows what would be changed, and takes it back. For others, the way \"With a TSIG key\"")
  terminal.line(("wants the port %s and the key %s."):format(access.port, access.key))
  terminal.line("Ctrl-C ends it all.")
end

local function attend(running)
  while true do
    local cause = running:ended()
    if cause then
      give_up(70, "the service has ended: " .. cause)
    end
    async.sleep(0.5)
  end
end

local function run(internet, listen)
  terminal.progress("   what happened in the last weeks")
  internet:fall_silent()
  local directory = service.new_directory()
  local ok, failure = pcall(fill, internet, directory)
  if not ok then
    os.execute("rm -rf '" .. directory .. "'")
    error(failure, 0)
  end
  local running = want(service.start {
    directory = directory, root = root_of_sources(), plan = internet:plan(), listen = listen,
  })
  local _, ending = pcall(function()
    introduce(running, internet:access())
    attend(running)
  end)
  running:stop()
  error(ending, 0)
end

local function main()
  local listen = "127.0.0.1:0"
  if arg[1] == "--listen" and arg[2] and not arg[3] then
    listen = arg[2]
  elseif arg[1] then
    give_up(64, "usage: demo.lua [--listen ADDRESS:PORT]")
  end
  local internet = want(servers.start(customers))
  local _, failure = pcall(run, internet, listen)
  internet:stop()
  error(failure, 0)
end

local _, failure = pcall(main)
if tostring(failure):find("interrupted!", 1, true) then
  terminal.line()
  os.exit(0, true)
elseif type(failure) ~= "table" then
  failure = { status = 70, message = failure }
end
pcall(terminal.line)
io.stderr:write("demo: ", terminal.plain(tostring(failure.message)), "\n")
os.exit(failure.status, true)
