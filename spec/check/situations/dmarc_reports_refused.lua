return {
  title = "a DMARC record that asks for reports to two other organizations, of which one takes them",
  zone = {
    ["_dmarc.example.com"] = {
      { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@taker.example,mailto:d@Other.example; ruf=mailto:f@other.example" },
    },
    ["example.com._report._dmarc.taker.example"] = { { type = "TXT", data = "v=DMARC1" } },
  },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { {
    code = "dmarc_reports_refused", severity = "warning", name = "example.com._report._dmarc.other.example",
    expected = "v=DMARC1", where = "_dmarc.example.com",
    fix = "Have whoever runs other.example publish a TXT record v=DMARC1 at example.com._report._dmarc.other.example, "
      .. "or name an address in a domain of your own.",
  } },
  status = "warning",
  report = { ["dmarc.reports.1.result"] = "authorised", ["dmarc.reports.2.result"] = "refused", ["dmarc.reports.3"] = nil },
}
