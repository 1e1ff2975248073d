-- Text made fit for a terminal and for JSON.
local text = require "mailseal.core".text

local hostile = "a\27[2J\r\n\"\\\255\226\128\174" .. ("x"):rep(500)

return function(try)
  assert(#try(text.line(hostile)) > #hostile)
  assert(#try(text.utf8(hostile)) > #hostile)
  assert(#try(text.json(hostile)) > #hostile)
end
