--- Publishing at Google Cloud DNS, inside nginx, does what it does outside.
local runner = require "spec.support.nginx_spec_runner"

describe("publishing at Google Cloud DNS, inside nginx, #nginx", function()
  runner.again("spec/publish/via/google_cloud_dns_spec.lua", { it = it, setup = setup, pending = pending })
end)
