// Lets Playwright's own requests find names below `localhost` at the loopback, as Chromium does.
const dns = require("node:dns");

const isOurs = (host) => typeof host === "string" && host.toLowerCase().endsWith(".localhost");
const { lookup } = dns;
const lookupLater = dns.promises.lookup;

dns.lookup = (host, ...more) => lookup(isOurs(host) ? "127.0.0.1" : host, ...more);
dns.promises.lookup = (host, ...more) => lookupLater(isOurs(host) ? "127.0.0.1" : host, ...more);
