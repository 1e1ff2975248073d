local api = require "mailseal.publish.api"
local aws_signature = require "mailseal.publish.aws_signature"

-- The keys, the place and the time of AWS's published test suite ("aws-sig-v4-test-suite"), and of the guide's own example.
local ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local NOW = 1440938160 -- 20150830T123600Z
local TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUu"
  .. "wthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQc"
  .. "HNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/o"
  .. "LxBA=="

local ETHIOPIC = "\225\136\180"
local UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
local FORM = "application/x-www-form-urlencoded"

-- By the suite's names: what is asked, and the signature.
local SUITE = {
  ["get-vanilla"] = { {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
  ["get-unreserved"] = { { target = "/" .. UNRESERVED }, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f" },
  ["get-utf8"] = { { target = "/" .. ETHIOPIC }, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
  ["get-vanilla-empty-query-key"] = { { target = "/?Param1=value1" },
    "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb" },
  ["get-vanilla-query-order-key-case"] = { { target = "/?Param2=value2&Param1=value1" },
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
  ["get-vanilla-query-unreserved"] = { { target = ("/?%s=%s"):format(UNRESERVED, UNRESERVED) },
    "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197" },
  ["get-vanilla-utf8-query"] = { { target = ("/?%s=bar"):format(api.escaped(ETHIOPIC)) },
    "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04" },
  ["get-header-value-order"] = { { headers = { ["My-Header1"] = "value4,value1,value3,value2" } },
    "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01" },
  ["get-header-value-trim"] = { { headers = { ["My-Header1"] = " value1", ["My-Header2"] = ' "a   b   c"' } },
    "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
  ["post-vanilla"] = { { method = "POST" }, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
  ["post-header-value-case"] = { { method = "POST", headers = { ["My-Header1"] = "VALUE1" } },
    "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d" },
  ["post-sts-header-before"] = { { method = "POST", session_token = TOKEN },
    "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead" },
  ["post-vanilla-query"] = { { method = "POST", target = "/?Param1=value1" },
    "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11" },
  ["post-vanilla-query-nonunreserved"] = {
    { method = "POST", target = ("/?%s=&%s=%s"):format(api.escaped "@#$%^", api.escaped "+", api.escaped "/,?><`\";:\\|][{}") },
    "66c82657c86e26fb25238d0e69f011edc4c6df5ae71119d7cb98ed9b87393c1e" },
  ["post-x-www-form-urlencoded"] = { { method = "POST", headers = { ["Content-Type"] = FORM }, body = "Param1=value1" },
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" },
}

local function sign(given)
  local request = {
    method = "GET", host = "example.amazonaws.com", target = "/", region = "us-east-1", service = "service",
    access_key = ACCESS, secret_key = SECRET, now = NOW,
  }
  for name, value in pairs(given) do request[name] = value end
  return aws_signature.sign(request)
end

describe("a request that is signed for AWS", function()
  for name, case in pairs(SUITE) do
    it("has the signature of the published test " .. name, function()
      local headers = sign(case[1])
      assert.equal(case[2], headers.Authorization:match "Signature=(%x+)$")
    end)
  end

  it("has that of the guide's own example, and the key of its day", function()
    local headers = sign {
      host = "iam.amazonaws.com", service = "iam", target = "/?Version=2010-05-08&Action=ListUsers",
      headers = { ["Content-Type"] = FORM .. "; charset=utf-8" },
    }
    assert.equal("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
      .. "SignedHeaders=content-type;host;x-amz-date, "
      .. "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", headers.Authorization)
    local key = aws_signature.key(SECRET, "20150830", "us-east-1", "iam")
    assert.equal("c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
      (key:gsub(".", function(octet) return ("%02x"):format(octet:byte()) end)))
  end)

  it("is sent with what it signs, and never with the secret", function()
    local headers = sign { session_token = TOKEN, headers = { ["Content-Type"] = "text/xml" } }
    assert.equal("20150830T123600Z", headers["X-Amz-Date"])
    assert.equal(TOKEN, headers["X-Amz-Security-Token"])
    assert.equal("text/xml", headers["Content-Type"])
    assert.is_nil(headers.Host)
    for _, value in pairs(headers) do assert.is_nil(value:find(SECRET, 1, true)) end
  end)

  it("has one signature for one query, in whatever order that is sent", function()
    local headers = sign { target = "/?a-b=1&a=2&a=10" }
    assert.same(headers, sign { target = "/?a=10&a=2&a-b=1" })
  end)

  it("has another signature for each thing that is another", function()
    local seen = {}
    for _, changes in ipairs {
      {}, { method = "POST" }, { target = "/a" }, { host = "example.amazonaws.com:8443" }, { target = "/?a" }, { target = "/?a&a-b=" },
      { body = "x" }, { headers = { A = "b" } }, { now = NOW + 1 }, { region = "eu-west-1" }, { service = "other" }, { secret_key = "x" },
    } do
      local headers = sign(changes)
      local signature = headers.Authorization:match "Signature=(%x+)$"
      assert.is_nil(seen[signature])
      seen[signature] = true
    end
  end)
end)
