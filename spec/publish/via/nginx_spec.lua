--- Publishing by a DNS host's interface that makes changes all at once, inside nginx, does what it does outside.
local runner = require "spec.support.nginx_spec_runner"

describe("publishing at Cloudflare, inside nginx, #nginx", function()
  runner.again("spec/publish/via/cloudflare_spec.lua", { it = it, setup = setup, pending = pending })
end)
