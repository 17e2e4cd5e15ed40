/** What venues count of an address, kept in memory from one life of a process to the next. */
import type { AddressMemory, RequestBlock } from "../../src/exchange/bybit/address-memory.ts";

export class KeptAddress implements AddressMemory {
  readonly #connections: { readonly host: string; readonly atMs: number }[] = [];
  readonly #requests: (RequestBlock & { readonly group: string })[] = [];
  readonly #bans = new Map<string, number>();

  connections(host: string): readonly number[] {
    return this.#connections.filter((one) => one.host === host).map(({ atMs }) => atMs);
  }

  connectionBegun(host: string, atMs: number): void {
    this.#connections.push({ host, atMs });
  }

  requests(group: string): readonly RequestBlock[] {
    return this.#requests.filter((one) => one.group === group);
  }

  requestsBegun(group: string, block: RequestBlock): void {
    this.#requests.push({ group, ...block });
  }

  bannedUntilMs(group: string): number {
    return this.#bans.get(group) ?? 0;
  }

  banned(group: string, untilMs: number): void {
    this.#bans.set(group, untilMs);
  }
}
