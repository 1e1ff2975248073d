return {
  title = "SPF records with the includes that are expected, one of them further below and one at a subdomain",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:_spf.example.com ~all" } },
    ["_spf.example.com"] = { { type = "TXT", data = "v=spf1 include:_spf.service.example -all" } },
    ["_spf.service.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 -all" } },
    ["bounces.example.com"] = { { type = "TXT", data = "v=spf1 include:_SPF.service.example ~all" } },
  },
  check = {
    domain = "example.com", only = { "spf" },
    expect = {
      { id = "own", match = "spf_include", include = "_spf.service.example" },
      { id = "bounces", match = "spf_include", name = "bounces.example.com", include = "_spf.service.example." },
    },
  },
  findings = {},
  status = "ok",
  records = { own = { status = "found", findings = {} }, bounces = { status = "found", findings = {} } },
  report = { ["spf.others.1.name"] = "bounces.example.com", ["spf.others.1.state"] = "ok" },
}
