--- The ids of the rules, in the order of the alphabet: the names of the files beside this one.
-- @module mailseal.provider.ids
return {
  "activecampaign", "aweber", "brevo-cname", "brevo-txt", "campaignmonitor", "coldletter", "constantcontact", "customerio",
  "elasticemail", "emailoctopus", "fastmail", "forwardemail", "google-workspace", "hubspot", "icloud", "improvmx", "kartra", "keap",
  "keap-legacy", "kit", "klaviyo-dynamic", "klaviyo-static", "kraiter", "lettermint", "loops", "m365", "m365-legacy", "mailchimp",
  "mailerlite", "mailersend", "mailgun", "mailgun-auto", "mailjet", "mandrill", "own-server", "postmark", "proton", "resend",
  "sendgrid-auto", "sendgrid-manual", "ses-byodkim", "ses-deed", "ses-easy-dkim", "ses-mail-from", "shopify-email", "smtp2go",
  "sparkpost", "squarespace-campaigns", "usesend", "zeptomail", "zoho-mail",
}
