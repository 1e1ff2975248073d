return {
  title = "a domain that neither sends nor receives mail, and says so",
  zone = {
    ["example.com"] = { { type = "MX", data = "0 ." }, { type = "TXT", data = "v=spf1 -all" } },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:dmarc@example.net" } },
    ["example.com._report._dmarc.example.net"] = { { type = "TXT", data = "v=DMARC1" } },
  },
  check = { domain = "example.com" },
  findings = {},
  absent = { "mx_null", "mta_sts_missing", "tls_rpt_missing", "profile_replies" },
  status = "ok",
  report = { ["mx.null"] = true, ["mx.sends"] = false },
}
