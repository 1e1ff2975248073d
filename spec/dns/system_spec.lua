local dns = require "mailseal.dns"
local system = require "mailseal.dns.system"
local shell = require "spec.support.shell"

describe("dns.system", function()
  local directory, path

  setup(function()
    directory = shell.new_directory()
    path = directory .. "/resolv.conf"
  end)
  teardown(function() shell.remove_directory(directory) end)

  local function read(text)
    shell.write(path, text)
    return system.read(path)
  end

  it("reads servers and options of resolv.conf", function()
    assert.same({ servers = { "192.0.2.1", "2001:db8::1" }, timeout = 3, tries = 4 }, read [[
# a comment
nameserver 192.0.2.1
search example.com
nameserver	2001:db8::1
nameserver fe80::1%eth0
options edns0 timeout:3 attempts:4
]])
  end)

  it("keeps options within reason", function()
    assert.same({ servers = { "192.0.2.1" }, timeout = 30, tries = 5 },
      read "nameserver 192.0.2.1\noptions timeout:9999 attempts:9999")
    assert.is_nil(read "options timeout:0".timeout)
  end)

  it("takes this machine where nobody is named, or there is no file", function()
    assert.same({ "127.0.0.1" }, read "".servers)
    assert.same({ "127.0.0.1" }, system.read "/nowhere/resolv.conf".servers)
  end)

  it("is where a resolver without servers takes them from", function()
    read "nameserver 127.0.0.77\noptions timeout:1 attempts:1\n"
    local resolver = assert(dns.resolver { resolv_conf = path })
    assert.same({ "127.0.0.77" }, resolver.transport.servers)
    assert.equal(1, resolver.asker.timeout)
    assert.equal(1, resolver.asker.tries)
  end)
end)
