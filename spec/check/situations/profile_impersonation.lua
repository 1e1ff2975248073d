return {
  title = "mail in bulk that names a Gmail address",
  zone = {},
  check = { domain = "gmail.com", only = { "profile" } },
  findings = { {
    code = "profile_impersonation", severity = "warning", name = "gmail.com", where = { "Gmail" },
    found = "mail of these domains comes from Gmail alone",
  } },
  status = "warning",
}
