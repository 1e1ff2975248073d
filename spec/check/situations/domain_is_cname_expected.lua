return {
  title = "a sending subdomain that is a CNAME as the mail service wants it",
  zone = {
    ["em.example.com"] = { { type = "CNAME", data = "u1.service.example." } },
    ["u1.service.example"] = {
      { type = "TXT", data = "v=spf1 ip4:198.51.100.0/24 -all" }, { type = "MX", data = "10 mx.service.example." },
    },
    ["mx.service.example"] = { { type = "A", data = "198.51.100.1" } },
  },
  check = {
    domain = "em.example.com", only = { "expected", "spf", "mx" },
    expect = { { id = "em", match = "cname_target", name = "em.example.com", target = "u1.service.example" } },
  },
  findings = {},
  absent = { "spf_of_cname", "mx_of_cname", "spf_behind_cname" },
  status = "ok",
  records = { em = { status = "found" } },
}
