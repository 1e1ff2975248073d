local behaviour = require "spec.support.dns_host_behaviour"

local TOKEN = "dop_v1_" .. ("3f9a"):rep(16)

describe("DigitalOcean", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "digitalocean", settings = { credentials = { token = TOKEN }, page = 3 }, options = { token = TOKEN }, secrets = { TOKEN },
    reads = function(request) return request.method == "GET" end,
  }
end)
