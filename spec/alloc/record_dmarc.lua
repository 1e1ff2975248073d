-- DMARC records read, told what is wrong with them, and written.
local record = require "mailseal.record"

local whole = "v=DMARC1; p=reject; sp=none; rua=mailto:a@example.com!10m,https://x.example/; ruf=mailto:b@example.com; fo=1:d"
local pasted = "p=reject; V=“DMARC1” &quot; ; rua=a@example.com; mailto:b@example.com; odd"

return function(try)
  local read = try(record.parse("dmarc", whole))
  assert(#read.aggregate_reports == 2)
  assert(#try(record.lint("dmarc", pasted)) > 2)
  assert(#try(record.lint("dmarc_report", "v=DMARC1; p=none")) == 1)
  assert(try(record.parse("dmarc_report", "v=DMARC1")).version == "DMARC1")
  assert(try(record.write("dmarc", read)):find("sp=none", 1, true))
end
