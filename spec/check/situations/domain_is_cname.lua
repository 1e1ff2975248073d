return {
  title = "a sending subdomain that is a CNAME to a mail service",
  zone = {
    ["em.example.com"] = { { type = "CNAME", data = "u1.service.example." } },
    ["u1.service.example"] = {
      { type = "TXT", data = "v=spf1 ip4:198.51.100.0/24 -all" }, { type = "MX", data = "10 mx.service.example." },
    },
    ["mx.service.example"] = { { type = "A", data = "198.51.100.1" } },
  },
  check = { domain = "em.example.com", only = { "spf", "mx" } },
  findings = {
    { code = "spf_of_cname", severity = "advice", aspect = "spf", name = "em.example.com", found = "u1.service.example" },
    { code = "mx_of_cname", severity = "advice", aspect = "mx", name = "em.example.com", found = "u1.service.example" },
  },
  absent = { "spf_behind_cname", "domain_cname_at_apex" },
  status = "ok",
}
