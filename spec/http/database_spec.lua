--- What befalls the database of the service while it is asked: it is locked, full, or gone.
local async = require "mailseal.async"
local child = require "spec.support.child"
local http_client = require "spec.support.http_client"
local postgresql = require "spec.support.postgresql"
local services = require "spec.support.service"
local shell = require "spec.support.shell"

local PATIENCE = 30

-- A provider that makes the keys.
local KRAITER = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }

local function create(service, domain)
  local reply = service:post("/v1/domains", { domain = domain, provider = "kraiter", vars = KRAITER })
  assert.equal(201, reply.status, reply.body)
end

describe("A database of the service in #nginx", function()
  local service
  after_each(function() service:stop() end)

  -- What is refused for its sake: a problem that says when to come again, and nothing of where the database is.
  local function is_refused(reply, code)
    assert.equal(503, reply.status, reply.body)
    assert.equal(code, reply.json.code)
    assert.matches("^%d+$", reply.headers["retry-after"] or "none")
    assert.is_nil(reply.body:find(service.directory, 1, true), reply.body)
  end

  it("that is locked has writers told to come again, while readers are served", function()
    service = services.start { arguments = { "--no-worker" } }
    create(service, "mail.example.com")
    local locker = child.start([[
      local connection = require "mailseal.store".open(...).connection
      connection:rows "BEGIN IMMEDIATE"
      print "locked"
      require "mailseal.async".sleep(300)
    ]], { service.db })
    finally(function() locker:kill() end)
    assert.equal("locked", locker:line())
    assert.equal(200, service:get("/v1/domains/mail.example.com").status)
    assert.equal(200, service:get("/healthz", { token = false }).status)
    is_refused(service:post("/v1/domains", { domain = "other.example.com", provider = "own" }), "store_busy")
    locker:kill()
    locker:rest()
    create(service, "other.example.com")
  end)

  it("that is gone, and comes again, is found again", function()
    local database = postgresql.start()
    finally(function() database:stop() end)
    service = services.start { db = (database:new_database()), arguments = { "--no-worker" } }
    create(service, "mail.example.com")
    database:crash()
    is_refused(service:get "/v1/domains/mail.example.com", "store_unreachable")
    is_refused(service:post("/v1/domains", { domain = "other.example.com", provider = "own" }), "store_unreachable")
    database:restart()
    local ends = async.now() + PATIENCE
    while service:get("/v1/domains/mail.example.com").status ~= 200 and async.now() < ends do async.sleep(0.05) end
    create(service, "other.example.com")
  end)

  it("that is a file, and is taken away and put back, is not made anew meanwhile, and is found again", function()
    service = services.start { arguments = { "--no-worker" } }
    create(service, "mail.example.com")
    local path = service.db:match "^sqlite:(.*)$"
    assert(os.rename(path, path .. ".away"))
    -- More at a time than have opened it until now.
    local replies = {}
    http_client.at_once(12, function(i) replies[i] = service:get "/v1/domains" end)
    for _, reply in ipairs(replies) do is_refused(reply, "store_unreachable") end
    is_refused(service:post("/v1/domains", { domain = "other.example.com", provider = "own" }), "store_unreachable")
    assert.is_false(shell.exists(path))
    assert(os.rename(path .. ".away", path))
    create(service, "other.example.com")
    assert.equal(2, #service:get("/v1/domains").json.domains)
  end)

  -- A small disk of the service's own, in a name space of mounts.
  local small = { "unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=1m none /mnt && exec "$@"', "sh" }
  local on_small_disk = shell.succeeds "unshare -m mount -t tmpfs -o size=1m none /mnt" and it or pending

  on_small_disk("that is full refuses what is new, keeps what is there, and goes on when there is room", function()
    service = services.start { db = "sqlite:/mnt/mailseal.db", under = small, arguments = { "--no-worker" } }
    local made = 0
    local reply
    repeat
      reply = service:post("/v1/domains", { domain = ("n%d.example.com"):format(made + 1), provider = "kraiter", vars = KRAITER })
      if reply.status == 201 then made = made + 1 end
    until reply.status ~= 201
    is_refused(reply, "store_full")
    assert.is_true(made > 5)
    for i = 1, made do assert.equal(200, service:get(("/v1/domains/n%d.example.com"):format(i)).status) end
    shell.output(("nsenter -m -t %d mount -o remount,size=4m /mnt"):format(service.pid))
    create(service, ("n%d.example.com"):format(made + 1))
  end)
end)
