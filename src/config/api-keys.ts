/** The keys of the HTTP API: whether, where and under which names it listens. Passwords and tokens are no keys: users are made in it. */
import { z } from "zod";
import { defaults } from "./defaults.ts";
import { flag, text, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.api;

const NAMES_MAX = 50;
/** A DNS name or an address, without a port; an IPv6 address without its brackets. */
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^[0-9a-fA-F:]{2,39}$/;

export function apiSection() {
  return section({
    enabled: key(flag(), {
      meaning: "Whether start serves the API and the dashboard. API_ENABLED comes before it.",
      status: "in-force",
      default: own.enabled,
    }),
    host: key(host("127.0.0.1"), {
      meaning:
        "Address to listen on. Other than this machine's own needs tls_cert and tls_key, or behind_proxy. API_HOST comes before it.",
      status: "in-force",
      default: own.host,
    }),
    port: key(wholeNumber({ min: 0, max: 65_535 }), {
      meaning: "Port to listen on; 0 takes any free one. API_PORT comes before it.",
      status: "in-force",
      default: own.port,
    }),
    behind_proxy: key(flag(), {
      meaning:
        "The deliberate word that a proxy in front does TLS: its X-Forwarded-For and X-Forwarded-Proto are believed.",
      status: "in-force",
      default: own.behindProxy,
    }),
    tls_cert: key(text("the path of a PEM file", 1_000), {
      meaning: "Certificate chain (PEM) to serve https with; relative to the configuration folder.",
      status: "in-force",
    }),
    tls_key: key(text("the path of a PEM file", 1_000), {
      meaning: "Its private key (PEM); relative to the configuration folder.",
      status: "in-force",
    }),
    allowed_hosts: key(listOf(host("copy.example.com")), {
      meaning:
        "Names that requests may address the API by, beside this machine's own and host. Others are refused, so that no other site's name can be pointed here.",
      status: "in-force",
    }),
    allowed_origins: key(listOf(origin()), {
      meaning: "Origins of other pages that may use the API from a browser; the dashboard's own needs none.",
      status: "in-force",
    }),
  });
}

function host(example: string) {
  const wrong = { error: `must be a host name or address without a port, such as "${example}"` };
  return z.string(wrong).regex(HOST, wrong);
}

function origin() {
  const wrong = { error: 'must be an origin such as "https://panel.example.com", without a path' };
  const isOrigin = (value: string) =>
    /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value;
  return z.string(wrong).refine(isOrigin, wrong);
}

function listOf(one: z.ZodString) {
  const wrong = { error: `must be a list of 1 to ${NAMES_MAX}; leave the key out for none` };
  return z.array(one, wrong).min(1, wrong).max(NAMES_MAX, wrong);
}
