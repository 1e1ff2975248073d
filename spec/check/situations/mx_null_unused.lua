return {
  title = "a domain that neither sends nor receives mail, and says so",
  zone = {
    ["example.com"] = { { type = "MX", data = "0 ." }, { type = "TXT", data = "v=spf1 -all" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = {},
  absent = { "mx_null", "mx_none" },
  status = "ok",
  report = { ["mx.null"] = true },
}
