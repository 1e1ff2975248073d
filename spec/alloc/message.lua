-- Messages looked at, mended, and asked whose they are; Authentication-Results written and read.
local authres, message = require "mailseal.authres", require "mailseal.message"

local bad = "From: \"A, B\" <a@bücher.example>, c@example.org\nSubject: x\r\n" .. ("X-%d: y\r\n"):rep(40) .. "\r\nbody\r"
local results = { { method = "dkim", result = "pass", properties = { ["header.d"] = "example.com" }, comments = { "(x" } } }

return function(try)
  assert(#try(message.lint(bad)) >= 4)
  local mended = try(message.normalize(bad))
  assert(mended:sub(-6) == "body\r\n")
  assert(try(message.author_domains(mended))[2] == "example.org")
  assert(#try(message.fields(mended)) == 42)
  local field = try(authres.write { authserv_id = "mx.example.org", results = results })
  assert(try(authres.parse(field)).results[1].properties["header.d"] == "example.com")
end
