--- An HTTP server that a test tells what to do, and that tells what it was asked: see receiver.py. And certificates for it.
local cjson = require "cjson"
local shell = require "spec.support.shell"

local M = {}
local Receiver = {}
Receiver.__index = Receiver

--- Starts one on a free loopback port.
-- @tparam[opt] table options `certificate` and `key`: files, for TLS; `port`
-- @treturn table `port`, `directory`; stop it with `stop`
function M.start(options)
  options = options or {}
  local directory = shell.new_directory()
  local words = { "python3", "spec/support/receiver.py", directory, options.certificate, options.key }
  for i, word in ipairs(words) do words[i] = shell.quote(word) end
  -- It ends when its standard input does, which is when this pipe is closed, or this program gone.
  local pipe = assert(io.popen(("RECEIVER_PORT=%d %s >%s/port 2>%s/errors"):format(
    options.port or 0, table.concat(words, " "), directory, directory), "w"))
  local self = setmetatable({ directory = directory, pipe = pipe }, Receiver)
  for _ = 1, 400 do
    self.port = shell.exists(directory .. "/port") and tonumber((shell.read(directory .. "/port"):match "^(%d+)\n"))
    if self.port then return self end
    shell.output "sleep 0.05"
  end
  error("the receiver does not start: " .. shell.read(directory .. "/errors"))
end

--- Tells it what to do, by path.
-- @tparam table behaviour
function Receiver:behave(behaviour)
  local path = self.directory .. "/behaviour.json"
  shell.write(path .. ".new", cjson.encode(behaviour))
  assert(os.rename(path .. ".new", path))
end

--- What it was asked so far, in order.
-- @tparam[opt] string path at that one alone
-- @treturn {table,...} `method`, `path`, `headers`, `body`, `at`, `server_name` (of TLS)
function Receiver:requests(path)
  local list, name = {}, self.directory .. "/requests"
  if not shell.exists(name) then return list end
  for line in shell.read(name):gmatch "([^\n]+)\n" do
    local request = cjson.decode(line)
    if not path or request.path == path then list[#list + 1] = request end
  end
  return list
end

--- Waits until it was asked so often.
-- @tparam number count
-- @tparam[opt] string path
-- @treturn {table,...} as of @{requests}
function Receiver:await(count, path)
  for _ = 1, 600 do
    local list = self:requests(path)
    if #list >= count then return list end
    shell.output "sleep 0.05"
  end
  error(("the receiver was not asked %d times"):format(count), 2)
end

--- Has it forget what it was asked, and what it was told to do.
function Receiver:forget()
  os.remove(self.directory .. "/requests")
  os.remove(self.directory .. "/behaviour.json")
end

--- Ends it.
function Receiver:stop()
  self.pipe:close()
  shell.remove_directory(self.directory)
end

local CERTIFICATES = [[
cd %s
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=mailseal tests"
make() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -out $1.csr -subj "/CN=$1"
  printf 'subjectAltName=DNS:%%s\n' "$2" >$1.ext
  openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $1.pem -days $3 -extfile $1.ext
}
make good hooks.example 30
make other other.example 30
make late hooks.example 0
make stars '*.stars.example,DNS:*.example,IP:127.0.0.1' 30
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -days 30 -subj "/CN=hooks.example" \
  -addext "subjectAltName=DNS:hooks.example"
]]

--- Makes certificates in a directory: `good.pem` of hooks.example, `other.pem` of other.example, `late.pem`, which is valid no more,
-- `stars.pem` of *.stars.example, *.example and the address 127.0.0.1, each with a .key, by the authority `ca.pem`; and `self.pem` of
-- hooks.example, by nobody.
-- @treturn string the directory
function M.certificates()
  local directory = shell.new_directory()
  shell.output(CERTIFICATES:format(shell.quote(directory)))
  assert(shell.exists(directory .. "/late.pem"), "no certificates were made")
  return directory
end

return M
