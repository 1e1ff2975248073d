--- mailseal inside a product: who asks is whom the product says.
local http = require "mailseal.http"

local M = {}

local server = os.getenv "MAILSEAL_SERVER"

local SAFE = { GET = true, HEAD = true, OPTIONS = true }

--- The account that the request is from: nginx has checked its password.
function M.account() return ngx.var.remote_user end

-- A browser sends a password that it knows wherever a page of anybody's has it sent, so it has to say that the page is ours.
-- A program says nothing of a page.
local function may_ask(call)
  local from_browser = call.headers.origin or call.headers["sec-fetch-site"]
  if SAFE[call.method] or not from_browser then return true end
  return M.service:same_origin(call)
end

local function authenticate(call)
  local account = M.account()
  if not account then return nil end
  local ok, message, code = may_ask(call)
  if not ok then return nil, message, code end
  return { tenant = account, actor = "user " .. account }
end

--- The service.
M.service = http.new {
  db = os.getenv "MAILSEAL_DB" or "sqlite:/tmp/mailseal-example.db",
  master_key_file = os.getenv "MAILSEAL_MASTER_KEY" or "/tmp/mailseal-example.key",
  resolver = { servers = server and { server } },
  page = "/mail", api = "/mail/api", authenticate = authenticate,
}

--- Ends the request with a status and a line of text.
function M.stop(status, text)
  ngx.status = status
  ngx.header["Content-Type"] = "text/plain; charset=utf-8"
  ngx.say(text)
  return ngx.exit(ngx.OK)
end

return M
