/**
 * The exchange never has to turn us away: the connector keeps below what the venue lets an address and a key send, so what the
 * exchange's own counters refuse is a breach. Refusals that a fault makes up are no counters'.
 */
import type { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";

/** Of the copier; leaders and owners come from another. */
const ADDRESS = "127.0.0.1";
/** What leaders and owners draw on, too, with the same key. */
const SHARED: ReadonlySet<string> = new Set(["order.create", "order.cancel-all", "position.write"]);

interface Excuses {
  /** Whether a process that is gone may still count for a key, which only its address remembers. */
  readonly mayBePast: () => boolean;
  /** Whether connections of a process that is gone look older than they are, as the machine's clock was set forward since. */
  readonly lookOlder: () => boolean;
}

export function watchLimits(
  { state }: BybitProtocol,
  { mayBePast, lookOlder }: Excuses,
  breach: (text: string) => void,
): void {
  const { addressLimits, userLimits } = state;
  for (const name of ["admitRequest", "admitConnection", "admitOrderMessage"] as const) {
    const admit = addressLimits[name].bind(addressLimits);
    addressLimits[name] = (address, now) => {
      const isAdmitted = admit(address, now);
      const isExcused = name === "admitConnection" && lookOlder();
      if (!isAdmitted && address === ADDRESS && !isExcused)
        breach(`the exchange turns the address away: ${name}`);
      return isAdmitted;
    };
  }
  const take = userLimits.take.bind(userLimits);
  userLimits.take = (user, bucket, units, now) => {
    const taken = take(user, bucket, units, now);
    if (taken.granted < units && !SHARED.has(bucket) && !mayBePast())
      breach(`the exchange turns a key away: ${bucket}`);
    return taken;
  };
}
