local query = require "mailseal.domain_connect.query"

describe("a query of Domain Connect", function()
  it("is written in the order of its names, everything encoded once", function()
    assert.equal("a=1&b=2&domain=example.net&ip=10.10.10.10&text=a%2Bb", -- the specification's example
      query.write { text = "a+b", domain = "example.net", b = "2", ip = "10.10.10.10", a = "1" })
    assert.equal("d=v%3DDKIM1%3B%20p%3DAB%2F%2B%3D%3D&x=%2525", query.write { x = "%25", d = "v=DKIM1; p=AB/+==" })
    assert.equal("a=-._~%26%3D%3F%23%C3%A9", query.write { a = "-._~&=?#é" })
  end)

  it("is what it was when it is read, and tells what of it was signed", function()
    local values = { domain = "example.com", key_value = "v=DKIM1; p=AB/+==", state = "x&sig=1", ["a b"] = "%%" }
    local text = query.write(values)
    local read, signed = query.read(text .. "&sig=AAA%2B&key=k1")
    assert.equal(text, signed)
    values.sig, values.key = "AAA+", "k1"
    assert.same(values, read)
  end)

  it("has the two taken out wherever they stand, and nothing else of it changed", function()
    local _, signed = query.read "key=k&b=%7e&sig=x&a=1+2&c"
    assert.equal("b=%7e&a=1+2&c", signed)
  end)

  it("is refused where two readers could take it in two ways", function()
    local many = {}
    for i = 1, 200 do many[i] = "a" .. i .. "=1" end
    for _, text in ipairs {
      "a=1&a=2", "a=1&%61=2", "sig=1&s%69g=2", "=1", "a=%", "a=%4", "a=%zz", "a=%00", "a=%0d%0aX", "a=%ff", "a=%c3", "%0a=1",
      ("a"):rep(9000), table.concat(many, "&"),
    } do
      local read, message, code = query.read(text)
      assert.is_nil(read, text:sub(1, 40))
      assert.equal("bad_query", code)
      assert.is_nil(message:find "%c")
    end
  end)
end)
