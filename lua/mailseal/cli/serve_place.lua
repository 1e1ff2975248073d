--- What `mailseal serve` finds on a machine: nginx with its modules, where LuaJIT finds mailseal, what the system allows.
-- @module mailseal.cli.serve_place
local status = require "mailseal.cli.status"
local core = require "mailseal.core".file

local M = {}

local NGINX = "it needs nginx with Lua: apt install nginx libnginx-mod-http-lua lua-resty-core, or OpenResty"
local BUILD = "it needs mailseal for LuaJIT as well: make, or make install LUA=luajit"

local DIRECTORIES = "/usr/sbin:/sbin:/usr/local/sbin:/usr/local/openresty/bin:/opt/homebrew/bin"

-- Where Debian's packages and others have nginx's modules; what is compiled in needs none.
local MODULE_DIRECTORIES = { "/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules" }

local AUTHORITIES = { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem" }

--- What a command of the shell prints, without the line's end.
-- @tparam string command
-- @treturn string
function M.output(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null", "r"))
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("\n$", ""))
end

--- A word of the shell.
-- @tparam string text
-- @treturn string
function M.quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- The program, or the end of the command.
-- @tparam[opt] string named by the user
-- @treturn string
function M.nginx(named)
  for _, name in ipairs(named and { named } or { "openresty", "nginx" }) do
    local path = M.output(("PATH=$PATH:%s command -v %s"):format(DIRECTORIES, M.quote(name)))
    if path ~= "" and core.kind(path) == "file" then return path end
  end
  status.stop(status.UNAVAILABLE, named and ("--nginx: there is no program %s"):format(named) or NGINX)
end

--- The modules to load.
-- @tparam string program
-- @treturn {string,...} files; none where Lua is compiled in
function M.modules(program)
  if M.output(M.quote(program) .. " -V 2>&1"):find "lua" then return {} end
  for _, directory in ipairs(MODULE_DIRECTORIES) do
    local lua = directory .. "/ngx_http_lua_module.so"
    if core.kind(lua) == "file" then return { directory .. "/ndk_http_module.so", lua } end
  end
  status.stop(status.UNAVAILABLE, NGINX)
end

-- What is missing where nginx says so, and how it is to be had.
local PACKAGES = {
  ["resty.core"] = "lua-resty-core", cjson = "lua-cjson", DBI = "lua-dbi-sqlite3", ["mailseal.http"] = "mailseal for LuaJIT",
}

--- Why nginx does not take its configuration, in one line.
-- @tparam string printed what it has printed
-- @treturn string
function M.cause(printed)
  local module = printed:match "module '([%w._]+)' not found"
  if module then
    return ("LuaJIT has no module %s%s"):format(module, PACKAGES[module] and ": install " .. PACKAGES[module] or "")
  end
  local line = printed:match "%[emerg%] ([^\n]+)" or printed:match "%[alert%] ([^\n]+)" or printed:match "%[%l+%] ([^\n]+)"
    or printed:match "[^\n]*"
  return (line:gsub("^%d+#%d+: ", ""))
end

-- Where a path of another Lua's leads for LuaJIT: bin/mailseal may run by any.
local function for_luajit(path)
  return (path:gsub("/lua5%.4/", "/luajit/"):gsub("/lua/5%.4/", "/lua/5.1/"))
end

-- A file's name from the root directory on, for nginx takes others as its own.
local function absolute(path, here)
  return path:sub(1, 1) == "/" and path or here .. "/" .. path
end

M.absolute = absolute

-- The pattern by which a module is found, such as "/a/lua/?.lua".
local function pattern_of(module, path, here)
  local file = package.searchpath(module, path) -- luacheck: ignore package
  local pattern = file and for_luajit(absolute(file, here))
  if not pattern or core.kind(pattern) ~= "file" then status.stop(status.UNAVAILABLE, BUILD) end
  return (pattern:gsub("mailseal/[%l/_]+(%.%l+)$", "?%1"))
end

--- Where nginx's LuaJIT finds mailseal.
-- @tparam string here the working directory
-- @treturn string a package.path
-- @treturn string a package.cpath
function M.lua_paths(here)
  local lua = pattern_of("mailseal.json", package.path, here)
  return ("%s;%s;;"):format(lua, (lua:gsub("%?%.lua$", "?/init.lua"))), pattern_of("mailseal.core", package.cpath, here) .. ";;"
end

--- The certificates that are trusted: those that the environment's SSL_CERT_FILE names, as OpenSSL has it, or the system's.
-- @treturn ?string a file
function M.authorities()
  local named = os.getenv "SSL_CERT_FILE"
  if named and core.kind(named) == "file" then return absolute(named, M.output "pwd") end
  for _, path in ipairs(AUTHORITIES) do
    if core.kind(path) == "file" then return path end
  end
end

--- How many processors there are.
-- @treturn number
function M.processors() return tonumber(M.output "nproc || getconf _NPROCESSORS_ONLN") or 1 end

--- How many files a process may have open if it wants to.
-- @treturn number
function M.descriptors()
  local most = M.output "ulimit -Hn"
  return most == "unlimited" and 1048576 or tonumber(most) or 1024
end

--- Who nginx's workers are to be: of root's files, one that is nobody reads none. Others stay who they are.
-- @treturn ?string
function M.user() return M.output "id -u" == "0" and M.output "id -un" .. " " .. M.output "id -gn" or nil end

return M
