--- A service account for the tests of Google Cloud DNS: a key of its own, what its interface here (dns_hosts/google_cloud_dns.py) knows of
-- it, and the file that Google's console would give out.
--
--     local account = google_account.make()
--     dns_hosts.start("google-cloud-dns", { zones = …, credentials = account.known, project = account.project, token = account.token })
--     account:file(host)
local json = require "mailseal.json"
local key = require "mailseal.key"
local shell = require "spec.support.shell"

local M = {}
local Account = {}
Account.__index = Account

local PUBLIC = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"

--- Makes one.
-- @treturn table `private`, `project`, `token` (what is given out begins so), `known`; `settings`, all that the interface wants to know
function M.make()
  local self = setmetatable({
    private = assert(key.generate { type = "rsa", bits = 2048 }), directory = shell.new_directory(), project = "mail-473011",
    token = "ya29.c.b0AXv0zTPnzVv",
  }, Account)
  self.known = {
    email = "publisher@mail-473011.iam.gserviceaccount.com", key_id = "2d1f8a", public_key = self.directory .. "/public.pem",
  }
  shell.write(self.known.public_key, PUBLIC:format((self.private:public():gsub(("."):rep(64), "%0\n"))))
  self.settings = { credentials = self.known, project = self.project, token = self.token }
  return self
end

--- The file that the console gives out.
-- @tparam table host the interface here, whose token endpoint is named in it
-- @tparam[opt] table changes members that are others; false: that are not there
-- @treturn string JSON
function Account:file(host, changes)
  local file = {
    type = "service_account", project_id = self.project, private_key_id = self.known.key_id, private_key = self.private:pem(),
    client_email = self.known.email, token_uri = host.endpoint .. "/token",
  }
  for name, value in pairs(changes or {}) do file[name] = value or nil end
  return json.encode(json.plain(file))
end

--- Removes what was made.
function Account:remove() shell.remove_directory(self.directory) end

return M
