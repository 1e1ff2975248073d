return {
  title = "an MX record of before",
  zone = { ["bounces.example.com"] = { { type = "MX", data = "10 old.service.example." } } },
  check = {
    domain = "example.com", only = { "mx" },
    expect = { {
      id = "mx", match = "mx", name = "bounces.example.com", value = "10 new.service.example",
      migrations = { { from = "10 old.service.example" } },
    } },
  },
  findings = { { code = "record_migrating", severity = "warning", record = "mx", found = "10 old.service.example",
    expected = "10 new.service.example" } },
  records = { mx = { status = "migrating" } },
}
