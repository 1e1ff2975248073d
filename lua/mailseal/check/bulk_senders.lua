--- What Gmail, Yahoo and Microsoft ask of those who send mail in bulk, as their own pages say it.
--
-- Each requirement has
--
-- - `id`: stable, such as "gmail_dmarc"
-- - `receiver`: "Gmail", "Yahoo" or "Outlook.com"
-- - `subject`: what it is about, which is the same word for all three: `mailseal.check.profile` has a judge for each
-- - `asks`: what is asked, in our words
-- - `recommended`: true where it is asked, but not required
-- - `source`: the vendor's page: `title`, `url`, and `as_of`, the day of the page's state that was read
--
-- @module mailseal.check.bulk_senders
local M = {}

-- Each has also who counts as a bulk sender there.
local gmail = {
  title = "Email sender guidelines", url = "https://support.google.com/mail/answer/81126", as_of = "2026-03-11",
}
local gmail_faq = {
  title = "Email sender guidelines FAQ", url = "https://support.google.com/a/answer/14229414", as_of = "2026-03-11",
}
local yahoo = {
  title = "Sender Requirements & Recommendations", url = "https://senders.yahooinc.com/best-practices/", as_of = "2025-04-10",
}
local yahoo_faq = { title = "FAQs", url = "https://senders.yahooinc.com/faqs/", as_of = "2025-08-02" }
local outlook = {
  title = "Strengthening Email Ecosystem: Outlook's New Requirements for High-Volume Senders",
  url = "https://techcommunity.microsoft.com/blog/microsoftdefenderforoffice365blog/"
    .. "strengthening-email-ecosystem-outlook%E2%80%99s-new-requirements-for-high%E2%80%90volume-senders/4399730",
  as_of = "2025-08-02",
}
local outlook_trouble = {
  title = "Outlook.com Postmaster: Troubleshooting", url = "https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx",
  as_of = "2025-12-03",
}

--- Who counts as a bulk sender, and since when that matters.
M.receivers = {
  { name = "Gmail", bulk = "close to 5,000 messages or more to personal Gmail accounts within 24 hours, once", since = "2024-02-01",
    source = gmail_faq },
  { name = "Yahoo", bulk = "a significant volume of mail; no figure is given", since = "2024-02", source = yahoo_faq },
  { name = "Outlook.com", bulk = "over 5,000 messages a day to outlook.com, hotmail.com and live.com", since = "2025-05-05",
    source = outlook },
}

local function of_gmail(subject, asks, source)
  return { id = "gmail_" .. subject, receiver = "Gmail", subject = subject, asks = asks, source = source or gmail }
end

local function of_yahoo(subject, asks, source)
  return { id = "yahoo_" .. subject, receiver = "Yahoo", subject = subject, asks = asks, source = source or yahoo }
end

local function of_outlook(subject, asks, source, recommended)
  return {
    id = "outlook_" .. subject, receiver = "Outlook.com", subject = subject, asks = asks, source = source or outlook,
    recommended = recommended,
  }
end

--- The requirements, by receiver.
M.requirements = {
  of_gmail("spf", "SPF is set up for the sending domain, and passes."),
  of_gmail("dkim", "DKIM is set up for the sending domain, and passes."),
  of_gmail("key_size", "The DKIM key has 1024 bits or more."),
  of_gmail("dmarc", "The sending domain has a DMARC record; its policy may be none."),
  of_gmail("alignment", "The domain in From is aligned with that of SPF or of DKIM."),
  of_gmail("reverse", "Each sending address has a PTR record, and the host that it names has that address."),
  of_gmail("tls", "Messages are handed over by TLS."),
  of_gmail("spam_rate", "The spam rate in Postmaster Tools stays below 0.3 percent."),
  of_gmail("format", "Messages keep to RFC 5322."),
  of_gmail("impersonation", "From does not name a Gmail address."),
  of_gmail("one_click", "Marketing and subscribed messages can be unsubscribed from with one click (RFC 8058)."),
  of_gmail("visible_link", "Marketing and subscribed messages have a clearly visible link to unsubscribe in their body."),
  of_gmail("unsubscribe_time", "Who unsubscribes gets no more within 48 hours.", gmail_faq),

  of_yahoo("spf", "SPF is set up for the sending domain."),
  of_yahoo("dkim", "DKIM is set up for the sending domain."),
  of_yahoo("key_size", "The DKIM key has 1024 bits or more.", yahoo_faq),
  of_yahoo("dmarc", "The sending domain has a valid DMARC policy, at least p=none."),
  of_yahoo("alignment", "DMARC passes: the domain in From is aligned with that of SPF or of DKIM, relaxed or strict."),
  of_yahoo("reverse", "Each sending address has a name that in turn has that address."),
  of_yahoo("spam_rate", "The spam rate stays below 0.3 percent of what is delivered to the inbox."),
  of_yahoo("format", "Messages keep to RFC 5321 and RFC 5322."),
  of_yahoo("one_click_or_mail", "Marketing and subscribed messages have a List-Unsubscribe field, by RFC 8058 or with mailto:."),
  of_yahoo("visible_link", "Marketing and subscribed messages have a clearly visible link to unsubscribe in their body."),
  of_yahoo("unsubscribe_time", "Who unsubscribes gets no more within 2 days."),

  of_outlook("spf", "SPF passes for the sending domain."),
  of_outlook("dkim", "DKIM passes."),
  of_outlook("dmarc", "The sending domain has a DMARC policy, at least p=none."),
  of_outlook("alignment", "The domain in From is aligned with that of SPF or of DKIM, better of both."),
  of_outlook("reverse", "The sending address has a name; mail from one without may be refused.", outlook_trouble),
  of_outlook("replies", "From or Reply-To is a valid address that can receive replies.", nil, true),
  of_outlook("visible_link", "Marketing and bulk mail has an easy and clearly visible way to unsubscribe.", nil, true),
  of_outlook("list_hygiene", "Addresses that bounce are removed from lists regularly.", nil, true),
  of_outlook("transparency", "Subjects and headers do not deceive, and recipients have consented.", nil, true),
}

return M
