--- What is said of an access that is kept.
local kept = require "mailseal.cli.publish_kept"
local output = require "mailseal.cli.output"

describe("Of an access that is kept", function()
  -- What is told of a target that answers a question so.
  local function told(message, code)
    local opened, asked, lines = nil, nil, {}
    local module = {
      open = function(options)
        opened = options
        return {
          read = function(_, zone, names)
            asked = { zone, names }
            if code then return nil, message, code end
            return {}
          end,
          close = function() end,
        }
      end,
    }
    local complain = output.complain
    finally(function() output.complain = complain end)
    output.complain = function(_, line) lines[#lines + 1] = line end
    kept.tell({ resolver = function() return {} end }, module, { server = "ns.example" }, "example.com")
    assert.same({ { resolver = {}, fetch = {}, server = "ns.example" }, { "example.com", { "example.com" } } }, { opened, asked })
    return lines
  end

  it("it is said that a server in a private network, or by http, wants an option of whoever uses it", function()
    for _, code in ipairs { "forbidden_address", "not_https" } do
      local lines = told("no", code)
      assert.equal(1, #lines)
      assert.matches("--allow-private-dns-hosts", lines[1], 1, true)
    end
  end)

  it("nothing is said where that can be connected to, or does not answer", function()
    assert.same({}, told())
    assert.same({}, told("no", "timeout"))
  end)
end)
