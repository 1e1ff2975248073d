-- BIMI, MTA-STS and TLS reporting records, and an MTA-STS policy, read, told what is wrong with them, and written.
local record = require "mailseal.record"

local bimi = "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/mark.pem; avp=personal; lps=news,billing; x=1"
local policy = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\nx: y\r\n"

local wrong = {
  bimi = "v=bimi1 l=http://example.com/“logo”.png; a=b, lps=,; &quot;",
  mta_sts = "v=STSv1 ; id=2016-08-31; id=; x=a b",
  mta_sts_policy = "\239\187\191Version=STSv1\rmode : strict\n\nmx: *\nmax_age: x\n",
  tls_rpt = "v=TLSRPT; rua=a@example.com, ftp://example.com/; ;",
}

return function(try)
  assert(#try(record.parse("bimi", bimi)).local_parts == 2)
  assert(try(record.parse("mta_sts", "v=STSv1; id=1; x=2")).id == "1")
  assert(#try(record.parse("mta_sts_policy", policy)).mx == 2)
  assert(#try(record.parse("tls_rpt", { "v=TLSRPTv1; rua=mailto:a@exam", "ple.com,https://example.com/" })).rua == 2)
  for kind, text in pairs(wrong) do
    assert(#try(record.lint(kind, text)) > 2)
  end
  assert(try(record.write("bimi", { location = "https://example.com/logo.svg", others = { { name = "x", value = "1" } } })))
  assert(try(record.write("mta_sts_policy", { mode = "none", max_age = 86400 })) == "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n")
end
