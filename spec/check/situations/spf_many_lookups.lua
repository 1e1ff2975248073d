local text = "v=spf1"
local zone = {}
for i = 1, 10 do
  text = text .. (" include:%d.example"):format(i)
  zone[i .. ".example"] = { { type = "TXT", data = ("v=spf1 ip4:192.0.2.%d -all"):format(i) } }
end
zone["example.com"] = { { type = "TXT", data = text .. " -all" } }

return {
  title = "an SPF record of ten look-ups",
  zone = zone,
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_many_lookups", severity = "advice", name = "example.com", found = 10, expected = 10 } },
  status = "ok",
  report = { ["spf.lookups"] = 10, ["spf.state"] = "ok" },
}
