local zones = require "spec.support.zones"

return {
  title = "a domain whose selectors nobody has named",
  zone = zones.plain(),
  check = { domain = "example.com", only = { "dkim" } },
  findings = {
    {
      code = "dkim_no_selector",
      severity = "advice",
      aspect = "dkim",
      name = "example.com",
      fix = "Name the selector, which stands as s= in the DKIM-Signature of any message of the domain.",
    },
  },
  status = "ok",
}
