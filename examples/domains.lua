--- What a mail product does with a customer's domain, from the name that was typed to signed mail, and after that.
--
--    lua5.4 examples/domains.lua
--
-- It wants nothing but this machine: the customer's DNS host is a Knot DNS on loopback, and the database and its key are in a directory
-- that is gone when the program ends. With `db = "postgresql://…"` in place of SQLite nothing else changes.
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local async = require "mailseal.async"
local customers = require "support.customer"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local onboard = require "mailseal.onboard"
local terminal = require "support.terminal"

local directory = arg[0]:match("^.*/") or ""
local ZONE, DOMAIN = "example.com", "news.example.com"

--- Ends the program with one line; caught at the bottom of this file.
local function give_up(status, message)
  error({ status = status, message = message }, 0)
end

-- ---- telling

local marks = { found = terminal.green, missing = terminal.dim, unknown = terminal.dim }

local function show_records(domain)
  for _, record in ipairs(domain.records) do
    local mark = (marks[record.status] or terminal.red)(("%-8s"):format(record.status))
    terminal.line(("   %s  %-5s %s%s"):format(mark, record.type, record.name, record.required == false and "  (optional)" or ""))
  end
end

local function show_decision(tenant)
  local verdict, code, text = tenant:decide(DOMAIN)
  local paint = verdict == "send" and terminal.green or terminal.red
  terminal.line("   ", paint(verdict), text and ": " .. terminal.plain(text) or "", code and " (" .. code .. ")" or "")
  return verdict
end

-- What keeps a record from being found, beside that it is not there.
local function show_findings(domain)
  for _, finding in ipairs(domain.findings) do
    if finding.record and finding.code ~= "record_missing" then
      terminal.line(terminal.dim("   " .. terminal.plain(finding.message)))
      terminal.line(terminal.dim("   -> " .. terminal.plain(finding.fix)))
    end
  end
end

-- ---- the story

local function create(tenant)
  terminal.heading("1. A customer types a domain; mailseal makes its key, and says what its DNS needs")
  local domain = assert(tenant:create { domain = "News.Example.com", provider = "own", vars = { spf = "v=spf1 ip4:192.0.2.25 -all" } })
  show_records(domain)
  terminal.line()
  terminal.line("   May mail of ", DOMAIN, " be sent?")
  show_decision(tenant)
end

--- Looks until the domain is verified. `mailseal worker` does that by itself, when each domain is due.
local function wait_until_verified(tenant)
  for _ = 1, 60 do
    local domain = assert(tenant:verify(DOMAIN))
    if domain.status == "verified" then
      return domain
    end
    terminal.progress("   waiting for the caches that remember what was not there")
    async.sleep(0.5)
  end
  give_up(1, DOMAIN .. " is not verified")
end

local function publish(tenant, customer)
  terminal.heading("2. The customer types the records into his DNS host's form, and doubles a name")
  local fragment = assert(tenant:export(DOMAIN, "bind"))
  customer:type(fragment)
  local domain = assert(tenant:verify(DOMAIN))
  show_records(domain)
  show_findings(domain)
  terminal.heading("3. He pastes the zone fragment that he was sent")
  for line in fragment:gmatch "[^\n]+" do
    if not line:find "^;" then
      terminal.line("   ", #line > 100 and line:sub(1, 100) .. "…" or line)
    end
  end
  terminal.line()
  customer:paste(fragment)
  show_records(wait_until_verified(tenant))
  terminal.line()
  show_decision(tenant)
end

local function read_message()
  local file = assert(io.open(directory .. "message.eml", "rb"))
  local message = file:read("*a")
  file:close()
  return (message:gsub("\r?\n", "\r\n"):gsub("example%.com", DOMAIN))
end

local function send(tenant, resolver)
  terminal.heading("4. A message leaves signed, and is verified through DNS")
  local signer, message = assert(tenant:signer(DOMAIN)), read_message()
  local header = assert(signer:sign(message))
  local result = dkim.verify(header .. message, { resolver = resolver })[1]
  local good = result.result == "pass"
  terminal.line("   ", (good and terminal.green or terminal.red)(result.result), "  ", result.domain, ", ", result.selector, ", ",
    result.algorithm)
  if not good then
    give_up(1, "the signature does not pass: " .. tostring(result.text))
  end
end

local function hold(tenant)
  terminal.heading("5. The customer does not pay: his mail is held, in order, and goes when he does")
  assert(tenant:disable(DOMAIN, { reason = "unpaid" }))
  if show_decision(tenant) == "hold" then
    assert(tenant:hold(DOMAIN, { "message-1", "message-2", "message-3" }))
  end
  assert(tenant:enable(DOMAIN))
  show_decision(tenant)
  for _, one in ipairs(assert(tenant:released())) do
    terminal.line("   released: ", one.mail)
  end
end

local function show_log(tenant)
  terminal.heading("6. All of that is in the log")
  for _, event in ipairs(assert(tenant:events())) do
    terminal.line(("   %3d  %-16s  %s"):format(event.id, event.domain, event.kind))
  end
end

local function tell(customer)
  local resolver = assert(dns.resolver { servers = { customer.address }, port = customer.port })
  local registry, cause, code = onboard.open {
    db = "sqlite:" .. customer.directory .. "/mailseal.db", master_key_file = customer.directory .. "/master.key", resolver = resolver,
  }
  if not registry then
    give_up(69, cause .. " (" .. code .. ")")
  end
  local tenant = registry:tenant "acme"
  create(tenant)
  publish(tenant, customer)
  send(tenant, resolver)
  hold(tenant)
  show_log(tenant)
  registry:close()
  terminal.line()
  terminal.line("At a shell: mailseal domains add example.org --provider own; then mailseal worker")
end

local function main()
  if arg[1] then
    give_up(64, "usage: domains.lua")
  end
  local customer, cause = customers.start(ZONE)
  if not customer then
    give_up(69, cause)
  end
  local ok, failure = pcall(tell, customer)
  customer:stop()
  if not ok then
    error(failure, 0)
  end
end

local ok, failure = pcall(main)
if ok then
  return
end
if tostring(failure):find("interrupted!", 1, true) then
  failure = { status = 130, message = "interrupted" }
elseif type(failure) ~= "table" then
  failure = { status = 70, message = failure }
end
pcall(terminal.line)
io.stderr:write("domains: ", terminal.plain(tostring(failure.message)), "\n")
os.exit(failure.status, true)
