local function record(text) return { { type = "TXT", data = text } } end

return {
  title = "an SPF record of more than ten look-ups",
  line = "an SPF record over 10 look-ups",
  zone = {
    ["example.com"] = {
      { type = "TXT", data = "v=spf1 mx include:small.example include:large.example ~all" },
      { type = "MX", data = "10 mx.example.com." },
    },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["small.example"] = record "v=spf1 ip4:192.0.2.0/24 -all",
    ["large.example"] = record "v=spf1 include:1.example include:2.example include:3.example include:4.example -all",
    ["1.example"] = record "v=spf1 include:5.example -all",
    ["2.example"] = record "v=spf1 include:5.example -all",
    ["3.example"] = record "v=spf1 include:5.example -all",
    ["4.example"] = record "v=spf1 include:5.example -all",
    ["5.example"] = record "v=spf1 ip4:192.0.2.5 -all",
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { {
    code = "spf_too_many_lookups", severity = "error", name = "example.com", found = 11, expected = 10,
    where = { "include:large.example 9", "mx 1", "include:small.example 1" },
  } },
  status = "error",
  report = { ["spf.lookups"] = 11, ["spf.state"] = "broken" },
}
