-- stale_rules.lua: which rules' facts were looked at over a year ago. They are told and fail nothing: facts age by themselves, and no
-- change to the code is to wait for it.
--
--   lua5.4 spec/support/stale_rules.lua [SECONDS SINCE 1970]

package.path = "./lua/?.lua;./lua/?/init.lua;" .. package.path
package.cpath = (jit and "build/luajit" or "build/lua5.4") .. "/?.so;" .. package.cpath -- luacheck: ignore jit

local literal = require "mailseal.rules.literal"
local schema = require "mailseal.rules.schema"

local now = tonumber(arg[1]) or os.time()

-- A rule; nil for a file that is none but code.
local function read(path)
  local file = assert(io.open(path, "rb"))
  local rule = literal.read(file:read "*a")
  file:close()
  return type(rule) == "table" and rule.checked_on and rule or nil
end

local pipe = assert(io.popen "find lua/mailseal/provider lua/mailseal/host -name '*.lua' 2>/dev/null | sort")
for path in pipe:lines() do
  local rule = read(path)
  if rule and schema.is_stale(rule, now) then
    print(("# %s: its facts were looked at on %s, over a year ago"):format(path, rule.checked_on))
  end
end
pipe:close()
