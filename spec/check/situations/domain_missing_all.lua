return {
  title = "a domain that does not exist, of which nothing else need be told",
  zone = { ["com"] = { { type = "SOA", data = "ns.example. h.example. 1 3600 600 86400 900", ttl = 900 } } },
  check = { domain = "example.com" },
  findings = { { code = "domain_missing", severity = "pending", name = "example.com", retry_in = 900 } },
  absent = {
    "spf_missing", "dmarc_missing", "profile_spf", "profile_dmarc", "mx_nowhere", "mta_sts_missing", "tls_rpt_missing", "dnssec_unsigned",
  },
  status = "unknown",
}
