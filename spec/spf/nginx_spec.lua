--- What holds of SPF in a plain script holds in a request of nginx.
local runner = require "spec.support.nginx_spec_runner"

describe("mailseal.spf inside #nginx", function()
  for _, path in ipairs { "spec/spf/check_spec.lua", "spec/spf/limits_spec.lua", "spec/spf/prefetch_spec.lua", "spec/spf/tree_spec.lua" } do
    describe("does what " .. path .. " says:", function()
      runner.again(path, { it = it, setup = setup, pending = pending })
    end)
  end
end)
