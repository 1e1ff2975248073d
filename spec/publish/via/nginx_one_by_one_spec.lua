--- Publishing by a DNS host's interface that makes changes one by one, inside nginx, does what it does outside.
local runner = require "spec.support.nginx_spec_runner"

describe("publishing at DigitalOcean, inside nginx, #nginx", function()
  runner.again("spec/publish/via/digitalocean_spec.lua", { it = it, setup = setup, pending = pending })
end)
