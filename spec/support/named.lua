--- A real BIND of one's own, which takes updates signed by TSIG. See name_server.lua.
--
--     local server = named.start { zones = { ["example.test"] = "@ SOA ns hostmaster 1 60 60 600 5\n@ NS ns\n…" },
--       keys = { { name = "k.example", algorithm = "hmac-sha256", secret = base64 } } }
--     server.address                    -- "127.0.0.1:port"
--     server:zone "example.test"        -- what it holds now
--     server:stop()
local name_server = require "spec.support.name_server"
local shell = require "spec.support.shell"

local M = { command = "named -g -n 1 -U 1 -c named.conf", ready = " running\n", taken = "address in use" }

local configuration = [[
options {
  directory "%s";
  listen-on port %d { 127.0.0.1; };
  listen-on-v6 { none; };
  pid-file none;
  lock-file none;
  session-keyfile none;
  reuseport no;
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
  allow-transfer { 127.0.0.0/8; };
};
controls { };
]]

--- Writes what it reads.
function M.prepare(directory, port, options)
  local lines, granted = { configuration:format(directory, port) }, {}
  for _, key in ipairs(options.keys or {}) do
    lines[#lines + 1] = ('key "%s" { algorithm %s; secret "%s"; };\n'):format(key.name, key.algorithm, key.secret)
    if not key.idle then granted[#granted + 1] = ('grant "%s" zonesub ANY;'):format(key.name) end
  end
  local policy = granted[1] and ("update-policy { %s };"):format(table.concat(granted, " ")) or "allow-update { none; };"
  for name, text in pairs(options.zones) do
    shell.write(("%s/%s.zone"):format(directory, name), name_server.zone_file(name, text))
    local signed = (options.signed or {})[name] and "dnssec-policy default; inline-signing no;" or ""
    lines[#lines + 1] = ('zone "%s" { type primary; file "%s.zone"; %s %s };\n'):format(name, name, policy, signed)
  end
  shell.write(directory .. "/named.conf", table.concat(lines))
end

--- Starts one.
-- @tparam table options see name_server.lua
-- @treturn table
function M.start(options) return name_server.start(M, options) end

return M
