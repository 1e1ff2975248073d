-- Domain names to A-labels and back.
local mail = require("mailseal.core").mail

return function(try)
  assert(try(mail.to_ascii("bücher.example")) == "xn--bcher-kva.example")
  assert(try(mail.to_unicode("xn--bcher-kva.example")) == "bücher.example")
  assert(#try(mail.scripts("пример")) == 1)
  local long = ("ü"):rep(50) .. "." .. ("label."):rep(20) .. "example"
  assert(try(mail.to_unicode(try(mail.to_ascii(long)))) == long)
end
