/**
 * Makes a failing history smaller: fewer things happen, fewer accounts, rules, limits and faults, as long as it breaks the same
 * way (delta debugging). Each try runs the whole history again, so their number is limited; it is counted, not timed, so that
 * the same history shrinks to the same.
 */
import { NO_LIMITS } from "../../src/core/risk-settings.ts";
import { type Allocation, plainAllocation } from "../../src/core/settings.ts";
import type { Happening } from "./happenings.ts";
import { type Faults, NO_FAULTS } from "./model-connection.ts";
import type { Recording, Setting } from "./recording.ts";
import { smallerLists } from "./smaller-lists.ts";

export interface Shrunk {
  readonly recording: Recording;
  readonly tries: number;
}

type Account = Setting["accounts"][number];

/** Whether a history still breaks as the whole one did. */
export type Breaks = (recording: Recording) => boolean;

export function shrink(recording: Recording, breaks: Breaks, triesMax: number): Shrunk {
  const shrinker = new Shrinker(recording, breaks, triesMax);
  shrinker.run();
  return { recording: shrinker.smallest, tries: shrinker.tries };
}

class Shrinker {
  smallest: Recording;
  tries = 0;
  readonly #breaks: Breaks;
  readonly #triesMax: number;

  constructor(recording: Recording, breaks: Breaks, triesMax: number) {
    this.smallest = recording;
    this.#breaks = breaks;
    this.#triesMax = triesMax;
  }

  /** Until nothing more can be left out, or so often was tried. */
  run(): void {
    let size = Number.POSITIVE_INFINITY;
    while (sizeOf(this.smallest) < size && this.tries < this.#triesMax) {
      size = sizeOf(this.smallest);
      this.#fewerHappenings();
      this.#fewerAccounts();
      this.#plainerSetting();
      this.#fewerFaults();
      this.#shorterPauses();
    }
  }

  /** Keeps what still breaks. */
  #take(candidate: Recording): boolean {
    if (this.tries >= this.#triesMax) return false;
    this.tries += 1;
    if (!this.#breaks(candidate)) return false;
    this.smallest = candidate;
    return true;
  }

  #fewerHappenings(): void {
    for (const list of ["happenings", "before", "closes"] as const) {
      this.#fewer(this.smallest[list], (kept) => ({ ...this.smallest, [list]: kept }));
    }
    for (let place = 0; place < this.smallest.happenings.length; place += 1) {
      const down = this.smallest.happenings[place];
      if (down?.kind !== "down") continue;
      this.#fewer(down.meanwhile, (meanwhile) => this.#with(place, { ...down, meanwhile }));
    }
  }

  #fewer(list: readonly Happening[], without: (kept: readonly Happening[]) => Recording): void {
    const lists = smallerLists(list);
    for (let next = lists.next(); !next.done; ) next = lists.next(this.#take(without(next.value)));
  }

  #fewerAccounts(): void {
    for (const { account } of this.smallest.setting.accounts) {
      const { setting } = this.smallest;
      const accounts = setting.accounts.filter((one) => one.account !== account);
      const allocations = withoutAccount(setting.allocations, account);
      if (allocations.length === 0) continue;
      const happenings = this.smallest.happenings.map((one) =>
        one.kind === "settings" ? { ...one, allocations: withoutAccount(one.allocations, account) } : one,
      );
      this.#take({ ...this.smallest, happenings, setting: { ...setting, accounts, allocations } });
    }
    for (const { id } of this.smallest.setting.allocations) {
      const { setting } = this.smallest;
      const allocations = setting.allocations.filter((one) => one.id !== id);
      if (allocations.length > 0) this.#take({ ...this.smallest, setting: { ...setting, allocations } });
    }
  }

  #plainerSetting(): void {
    const { accounts, allocations } = this.smallest.setting;
    for (const [place] of accounts.entries()) {
      this.#account(place, ({ guards: _, ...account }) => account);
      this.#account(place, (account) => withoutLimits(account));
    }
    for (const [place, one] of allocations.entries()) {
      const plain: Allocation = plainAllocation(one.leader, one.follower);
      for (const key of Object.keys(one) as (keyof Allocation)[])
        this.#allocation(place, (allocation) => ({ ...allocation, [key]: plain[key] }));
    }
  }

  #account(place: number, change: (account: Account) => Account): void {
    const { setting } = this.smallest;
    const accounts = setting.accounts.map((one, index) => (index === place ? change(one) : one));
    this.#setting({ ...setting, accounts });
  }

  #allocation(place: number, change: (allocation: Allocation) => Allocation): void {
    const { setting } = this.smallest;
    const allocations = setting.allocations.map((one, index) => (index === place ? change(one) : one));
    this.#setting({ ...setting, allocations });
  }

  #setting(setting: Setting): void {
    if (JSON.stringify(setting) !== JSON.stringify(this.smallest.setting))
      this.#take({ ...this.smallest, setting });
  }

  #fewerFaults(): void {
    for (const list of ["before", "happenings"] as const) {
      for (const [place, one] of this.smallest[list].entries()) {
        if (one.kind !== "faults") continue;
        for (const name of Object.keys(NO_FAULTS) as (keyof Faults)[]) this.#calm(list, place, name);
      }
    }
  }

  #calm(list: "before" | "happenings", place: number, name: keyof Faults): void {
    const one = this.smallest[list][place];
    if (one?.kind !== "faults" || one.faults[name] === NO_FAULTS[name]) return;
    const calmer = { ...one, faults: { ...one.faults, [name]: NO_FAULTS[name] } };
    this.#take({ ...this.smallest, [list]: this.smallest[list].with(place, calmer) });
  }

  /** Two pauses that follow each other are one. */
  #shorterPauses(): void {
    for (let place = this.smallest.happenings.length - 1; place > 0; place -= 1) {
      const [first, second] = [this.smallest.happenings[place - 1], this.smallest.happenings[place]];
      if (first?.kind !== "pass" || second?.kind !== "pass") continue;
      const merged = { kind: "pass", ms: first.ms + second.ms } as const;
      this.smallest = {
        ...this.smallest,
        happenings: this.smallest.happenings.toSpliced(place - 1, 2, merged),
      };
    }
  }

  #with(place: number, happening: Happening): Recording {
    return { ...this.smallest, happenings: this.smallest.happenings.with(place, happening) };
  }
}

function withoutAccount(allocations: readonly Allocation[], account: string): readonly Allocation[] {
  return allocations.filter(({ leader, follower }) => leader !== account && follower !== account);
}

function withoutLimits(account: Account): Account {
  return account.limits === undefined ? account : { ...account, limits: NO_LIMITS };
}

/** As text: what is left out, and what is plainer, makes it shorter. */
function sizeOf(recording: Recording): number {
  return JSON.stringify(recording).length;
}
