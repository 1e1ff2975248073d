--- Publishing at Amazon Route 53, inside nginx, does what it does outside.
local runner = require "spec.support.nginx_spec_runner"

describe("publishing at Amazon Route 53, inside nginx, #nginx", function()
  runner.again("spec/publish/via/route53_spec.lua", { it = it, setup = setup, pending = pending })
end)
