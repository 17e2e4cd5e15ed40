/**
 * The exchange never has to turn us away: the connector keeps below what the venue lets an address and a key send, so what the
 * exchange's own counters refuse is a breach. Refusals that a fault makes up are no counters'.
 */
import type { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";

/** Of the copier; leaders and owners come from another. */
const ADDRESS = "127.0.0.1";
/** What leaders and owners draw on, too, with the same key. */
const SHARED: ReadonlySet<string> = new Set(["order.create", "order.cancel-all", "position.write"]);

/** `mayBePast`: whether a process that is gone may still count for a key, which only its address remembers. */
export function watchLimits(
  { state }: BybitProtocol,
  mayBePast: () => boolean,
  breach: (text: string) => void,
): void {
  const { addressLimits, userLimits } = state;
  for (const name of ["admitRequest", "admitConnection", "admitOrderMessage"] as const) {
    const admit = addressLimits[name].bind(addressLimits);
    addressLimits[name] = (address, now) => {
      const isAdmitted = admit(address, now);
      if (!isAdmitted && address === ADDRESS) breach(`the exchange turns the address away: ${name}`);
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
