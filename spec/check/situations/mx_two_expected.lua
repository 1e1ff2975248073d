return {
  title = "two MX records that are expected side by side, of which one is there; others that are as right; one of a known form",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 mxa.service.example." } },
    ["a.example.com"] = { { type = "MX", data = "1 old1.service.example." }, { type = "MX", data = "5 old2.service.example." } },
    ["b.example.com"] = { { type = "MX", data = "10 feedback.eu-west-1.service.example." } },
    ["mxa.service.example"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = {
    domain = "example.com", only = { "mx" },
    expect = {
      { id = "one", match = "mx", value = "10 mxa.service.example", beside = { "mxb.service.example" } },
      { id = "two", match = "mx", value = "10 mxb.service.example", beside = { "mxa.service.example" } },
      {
        id = "old", match = "mx", name = "a.example.com", value = "1 new.service.example",
        alternatives = { { "old1.service.example", "old2.service.example" } },
      },
      { id = "form", match = "mx", name = "b.example.com", pattern = "feedback%.[%l%d-]+%.service%.example" },
    },
  },
  findings = { { code = "record_missing", severity = "pending", name = "example.com", record = "two" } },
  status = "unknown",
  records = { one = { status = "found" }, two = { status = "missing" }, old = { status = "found" }, form = { status = "found" } },
}
