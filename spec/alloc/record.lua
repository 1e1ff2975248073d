-- Key records read, and told what is wrong with them.
local record = require "mailseal.record"

local ed25519 = "v=DKIM1; k=ed25519; n=a note; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
local pasted = "k=rsa; v=DKIM1; p=“MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ==” &quot; ; t=y; s=tlsrpt"

return function(try)
  assert(#try(record.tags(ed25519)) == 4)
  assert(try(record.parse("dkim", ed25519)).type == "ed25519")
  assert(#try(record.lint("dkim", ed25519)) == 0)
  assert(#try(record.lint("dkim", pasted)) > 2)
end
