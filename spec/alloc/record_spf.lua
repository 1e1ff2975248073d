-- SPF records read, told what is wrong with them, changed, and their macros expanded.
local spf = require "mailseal.record.spf"

local long = "v=spf1 " .. ("include:_spf.%{d}.example ip4:192.0.2.1/24 "):rep(12) .. "exp=x.example ~all"
local pasted = "“v=spf1,include: x.example a:1.2.3.4 moo ip4:10.0.0.0/33 ptr mx-all” "
local values = { ip = "2001:db8::1", sender = "a-b@x.example", domain = "x.example", helo = "m.example", now = 1 }

return function(try)
  assert(#try(spf.parse(long)).terms == 26)
  assert(#try(spf.lint(pasted)) > 5)
  assert(#try(spf.lint { "v=spf1 mx", "-all" }) == 1)
  assert(try(spf.add_include("v=spf1 mx ~all", "x.example")) == "v=spf1 mx include:x.example ~all")
  assert(#try(spf.expand(("%{ir}.%{L1r-}."):rep(20) .. "%{d}", values)) > 200)
  assert(#try(spf.expand("%{s} %{c} %{S} %{t}", values, true)) > 20)
end
