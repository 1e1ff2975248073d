local zone = { ["example.com"] = {}, ["mx.example.com"] = { { type = "A", data = "192.0.2.1" } } }
for i = 1, 30 do
  zone["example.com"][i] = { type = "MX", data = ("%d mx%d.example.com."):format(i, i) }
  zone[("mx%d.example.com"):format(i)] = { { type = "A", data = "192.0.2.1" } }
end

return {
  title = "a domain with more receiving hosts than are looked at",
  zone = zone,
  check = { domain = "example.com", only = { "mx" } },
  findings = {},
  status = "ok",
  report = { ["mx.capped"] = true, ["mx.hosts.20.host"] = "mx20.example.com", ["mx.hosts.21"] = nil },
}
