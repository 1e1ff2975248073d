--- examples/openresty, run as its nginx.conf says, from the sources.
local knot = require "spec.support.knot"
local shell = require "spec.support.shell"

local conf = shell.read "examples/openresty/nginx.conf"
local command = assert(conf:match "\n#     (%S*nginx [^\n]+)\n")
local port = tonumber(conf:match "listen 127.0.0.1:(%d+);")

-- Runs it for as long as it takes to get pages. It ends with the shell, whatever becomes of that.
local script = [[
out=$(mktemp -d); exec 2>&1
MAILSEAL_SERVER=%s %s >"$out/log" 2>&1 </dev/null & server=$!
trap 'kill $server; wait $server; cat "$out/log" >&2; rm -rf "$out"; rmdir /tmp/mailseal-example-*' EXIT
get() { exec 3<>/dev/tcp/127.0.0.1/%d || return 1; printf 'GET %%s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3; cat <&3; exec 3>&-; }
for i in {1..100}; do
  kill -0 $server 2>/dev/null || exit
  (get /?domain=a..b) >"$out/page" 2>/dev/null && break
  sleep 0.1
done
for path in %s; do echo "== $path"; get "$path"; echo --; done
]]

describe("examples/openresty in #nginx", function()
  local names

  setup(function()
    names = assert(knot.start { zones = { ["example.test"] = knot.EMPTY .. [[
@ MX 10 mx.example.test.
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p=reject"
]] } })
  end)

  teardown(function() names:stop() end)

  -- The pages by their paths, and all that was printed.
  local function get(...)
    local paths, printed = { ... }, nil
    for i, path in ipairs(paths) do paths[i] = shell.quote(path) end
    -- The example's port is always the same, and another run of these tests may have it just now.
    for _ = 1, 20 do
      printed = shell.output("bash -c " .. shell.quote(script:format(names.address, command, port, table.concat(paths, " "))))
      if not printed:find("bind() to", 1, true) then break end
      shell.output "sleep 1"
    end
    local pages = {}
    for path, page in printed:gmatch "== (%S+)\nHTTP/1.1 200.-\r\n\r\n(.-)%-%-\n" do pages[path] = page end
    return pages, printed
  end

  it("has a configuration that nginx takes as it stands", function()
    local printed = shell.output(command .. " -t 2>&1")
    assert.matches("test is successful", printed, 1, true)
    assert.is_nil(printed:find "%[%a+%]", printed)
  end)

  it("tells what a domain publishes, and what it does not, and whose name is none", function()
    local pages, printed = get("/?domain=example.test", "/?domain=example.test&again", "/?domain=a..b")
    assert.equal("example.test MX: 10 mx.example.test\nexample.test TXT: v=spf1 -all\n_dmarc.example.test TXT: v=DMARC1; p=reject\n"
      .. "_mta-sts.example.test TXT: nxdomain\n_smtp._tls.example.test TXT: nxdomain\ndefault._bimi.example.test TXT: nxdomain\n",
      pages["/?domain=example.test"], printed)
    assert.matches("example.test TXT (cached): v=spf1 -all", pages["/?domain=example.test&again"], 1, true)
    assert.matches("^[^\n]*label", pages["/?domain=a..b"])
  end)
end)
