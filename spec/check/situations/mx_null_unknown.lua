return {
  title = "a null MX record, where DNS does not say whether mail is sent",
  zone = { ["example.com"] = { { type = "MX", data = "0 ." }, { type = "TXT", error = "timeout" } } },
  check = { domain = "example.com", only = { "mx", "profile" } },
  findings = { { code = "dns_timeout", severity = "pending", name = "example.com", retry_in = 60 } },
  absent = { "mx_null", "profile_replies" },
  status = "unknown",
}
