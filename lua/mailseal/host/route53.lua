--- Amazon Route 53, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.route53
return {
  id = "route53",
  name = "Amazon Route 53",
  name_servers = { "ns-#.awsdns-#.com", "ns-#.awsdns-#.net", "ns-#.awsdns-#.org", "ns-#.awsdns-#.co.uk" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "optional",
  text = { form = "quoted" },
  mx = "joined",
  record_sets = true,
  underscore_cname = true,
  labels = { name = "Record name", value = "Value", type = "Record type", ttl = "TTL (seconds)" },

  ttl = { default = 300 },

  domain_connect = { supported = false },
  api = { available = true, note = "with IAM; it takes whole names" },
  help = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-creating.html",

  pitfalls = {
    { text = "Older consoles still offer the record type SPF (99), which nobody reads: use TXT.", types = { "TXT" } },
  },

  source = {
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",
    "hashicorp/terraform-provider-aws #14941",
    "zone-eu/wildduck #176",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html (a line for each value)",
    "https://repost.aws/knowledge-center/route-53-configure-long-spf-txt-records",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { ttl = "general-knowledge", apex = "general-knowledge", domain_connect = "general-knowledge" },
}
