-- Key records read, and told what is wrong with them.
local dkim = require "mailseal.record.dkim"
local public_key = require "spec.support.public_key"
local record = require "mailseal.record"

local ed25519 = "v=DKIM1; k=ed25519; n=a note; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
local pasted = "k=rsa; v=DKIM1; p=“MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ==” &quot; ; t=y; s=tlsrpt"

local bare = "v=DKIM1; k=rsa; p=" .. public_key.base64(public_key.pkcs1(1024))
local in_spki = "v=DKIM1; k=rsa; p=" .. public_key.base64(public_key.rsa(1024))

return function(try)
  assert(#try(record.tags(ed25519)) == 4)
  assert(try(record.parse("dkim", ed25519)).type == "ed25519")
  assert(#try(record.lint("dkim", ed25519)) == 0)
  assert(#try(record.lint("dkim", pasted)) > 2)
  assert(dkim.same_key(try(record.parse("dkim", bare)), try(record.parse("dkim", in_spki))))
end
