/**
 * What a venue goes on counting against an internet address when the process that caused it is gone: new streams, requests, and a
 * ban. An engine that is started again and again keeps within the ceilings with it.
 */

/** So long a block of requests may be drawn on after it was noted. */
export const BLOCK_MS = 1_000;
/** What a process sent before it ended reaches the venue within this time. */
export const UNDER_WAY_MS_MAX = 1_000;

/** Requests of an earlier process: so many may have been sent from then on for BLOCK_MS. */
export interface RequestBlock {
  readonly atMs: number;
  readonly count: number;
}

/**
 * By the machine's clock, as nothing else goes on from one process to the next. One that was set back since leaves times that are
 * later than now; whoever reads them takes such a one for now. One that was set forward makes them look older than they are.
 */
export interface AddressMemory {
  /** When earlier processes began connections to this host. */
  connections(host: string): readonly number[];
  /** Called before the connection begins. */
  connectionBegun(host: string, atMs: number): void;
  requests(group: string): readonly RequestBlock[];
  /** Called before the first of them is sent. */
  requestsBegun(group: string, block: RequestBlock): void;
  /** Until when the venue refuses everything; 0 when it does not. */
  bannedUntilMs(group: string): number;
  banned(group: string, untilMs: number): void;
}

/** The hosts that count requests together, and what is known of them from before. */
export interface GroupMemory {
  readonly group: string;
  readonly memory: AddressMemory;
}
