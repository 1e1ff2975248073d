--- Publishing by RFC 2136 inside nginx does what it does outside. What is another there is the way to a server, not the server: one does.
local runner = require "spec.support.nginx_spec_runner"

describe("publishing by RFC 2136, inside nginx, #nginx", function()
  for _, path in ipairs { "spec/publish/rfc2136_knot_spec.lua", "spec/publish/rfc2136_faults_spec.lua" } do
    runner.again(path, { it = it, setup = setup, pending = pending })
  end
end)
