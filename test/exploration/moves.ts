/**
 * What may happen next in a world. Nothing that could be otherwise is left out but for what cannot make a difference:
 * a request arrives before anything else happens (the core learns of it by messages only) unless it is held up, the
 * leader trades only when its last messages are delivered or it is about to be read (until then nobody can tell), and time
 * passes only when nothing is under way. A request or message that is late against all this is a fault.
 */
import { type Actor, accountOf } from "./actor.ts";
import { type Account, isUnderWay, LEADER, type Message, type Request, type World } from "./world.ts";

export interface Move {
  /** Of a fault or a death: which. */
  readonly disturbs: string | null;
  /** Changes `world`, which is as the one that the move was found in. */
  act(world: World): void;
}

type Act = (world: World) => void;

export class Moves {
  readonly #actor: Actor;
  readonly #steps: number;
  readonly #isReduced: boolean;

  /** `steps`: how many of the script are made; `isReduced`: of orders of things that come to the same, one will do. */
  constructor(actor: Actor, steps: number, isReduced = true) {
    this.#isReduced = isReduced;
    this.#actor = actor;
    this.#steps = steps;
  }

  /** None in a world where all is over. */
  of(world: World): Move[] {
    const [atDoor] = world.door;
    if (atDoor !== undefined) return this.#atDoor(world, atDoor);
    const urgent = this.#urgentReads(world);
    if (urgent.length > 0) return urgent;
    const deaths = world.deaths > 0 ? this.#deaths(world) : [];
    if (this.#isUnseen(world)) {
      const faults = world.faults > 0 ? this.#streamFaults(world, LEADER) : [];
      return [plain((next) => this.#actor.deliver(next, take(next, LEADERS_NEXT))), ...faults, ...deaths];
    }
    if (this.#isReduced && world.faults === 0 && world.deaths === 0) {
      const account = world.accounts.findIndex((_, index) => index !== LEADER && this.#isNext(world, index));
      if (account >= 0)
        return [plain((next) => this.#actor.deliver(next, take(next, { account, place: 0 })))];
      const place = world.loose.findIndex((told) => told.kind === "snapshot" && this.#isOld(world, told));
      if (place >= 0)
        return [plain((next) => this.#actor.deliver(next, take(next, { account: null, place })))];
    }
    return [
      ...this.#deliveries(world),
      ...this.#trading(world),
      ...this.#passing(world),
      ...(world.faults > 0 ? this.#faults(world) : []),
      ...deaths,
    ];
  }

  /** The leader's next message confirms what its fill told: no event of a follower reads or changes what it changes. */
  #isUnseen(world: World): boolean {
    const [told] = accountOf(world, LEADER).channel;
    return told?.kind === "leader-position" && this.#actor.isUnseen(world, told);
  }

  /** All is read, nothing is under way or to come, core and venue say the same, and the followers are at their targets. */
  isAtRest(world: World): boolean {
    if (isUnderWay(world) || world.held.length > 0 || world.accounts.some(({ wanted }) => wanted))
      return false;
    const facts = world.core.facts;
    if (facts.dueMs !== null || facts.isDisputed || facts.leaderConfirmedMs === 0) return false;
    if (facts.leaderLots !== accountOf(world, LEADER).position.lots) return false;
    return facts.followers.every(({ atVenue, owned, target, isSettled, confirmedMs }, index) => {
      const { lots } = accountOf(world, index + 1).position;
      return confirmedMs !== 0 && isSettled && atVenue === lots && owned === lots && owned === target;
    });
  }

  #atDoor(world: World, request: Request): Move[] {
    const { lots, reduceOnly } = request;
    const arrives = (share: number, heard: boolean): Act =>
      atDoor((next, sent) => {
        const result = this.#actor.arrive(next, sent, share);
        if (!heard) next.loose.push(unknown(sent));
        else if (result === "refused") this.#actor.refuse(next, sent, "reduce-only-violation");
        else this.#answer(next, { kind: "accepted", to: sent.to, id: sent.id });
      });
    const refuses = (reason: "rate-limited" | "insufficient-margin") =>
      atDoor((next, sent) => this.#actor.refuse(next, sent, reason));
    const moves = [plain(arrives(1, true))];
    if (world.faults > 0) {
      moves.push(
        fault(
          "the request is held up, or lost",
          atDoor((next, sent) => {
            next.held.push(sent);
            next.loose.push(unknown(sent));
          }),
        ),
        fault("the answer is lost", arrives(1, false)),
        fault(`only ${Math.floor(Math.abs(lots) / 2)} of it are filled`, arrives(0.5, true)),
        fault("the request is refused for now", refuses("rate-limited")),
      );
      if (!reduceOnly) moves.push(fault("the request is refused for good", refuses("insufficient-margin")));
    }
    return world.deaths > 0 ? [...moves, this.#death(0)] : moves;
  }

  /**
   * That an order was accepted is heard at once: it commutes with all that may come before it, as an open order is waited for
   * whether it was accepted or not, one that has ended cannot be accepted, and a death forgets it. (It is never lost by itself:
   * that is a fault of the request.)
   */
  #answer(world: World, told: Message): void {
    if (this.#isReduced) this.#actor.deliver(world, told);
    else world.loose.push(told);
  }

  /**
   * A message of a follower that may as well be the next, when nothing goes wrong or dies any more: nothing follows from it, and
   * whatever the leader does before it comes to the same. For what it tells is either known by its fills (and settled: ledger and
   * venue agree), or fills an order that is open, so that nothing else is sent; no snapshot of the follower is under way that it
   * could race with, none can be asked for before it, and no other message of the follower is.
   */
  #isNext(world: World, account: Account): boolean {
    const { channel, reading } = accountOf(world, account);
    const [told] = channel;
    if (told === undefined || reading !== null || world.loose.some(({ to }) => to === account)) return false;
    return this.#actor.isQuiet(world, told, account);
  }

  /**
   * A snapshot that the core knows more than, when nothing goes wrong or dies any more: sequences only rise, so that it says
   * nothing later either. That another may be asked for once it is there makes no difference: what the core knows, with what is on
   * its way in order, is what the venue has, so that none is asked for before time passes. (A snapshot without a position names no
   * sequence, and may contradict what comes later.)
   */
  #isOld(world: World, told: Extract<Message, { readonly kind: "snapshot" }>): boolean {
    const { to } = told;
    if (told.position.lots === 0 || world.held.length > 0) return false;
    const { reading, wanted } = accountOf(world, to);
    if (reading !== null || wanted) return false;
    if (world.loose.some((other) => other !== told && other.to === to)) return false;
    return this.#actor.isExact(world, to) && !this.#actor.saysSomething(world, told);
  }

  #trading(world: World): Move[] {
    const isTold = accountOf(world, LEADER).channel.length === 0;
    return isTold && world.script < this.#steps ? [plain((next) => this.#actor.trade(next))] : [];
  }

  /**
   * Nothing but the leader's own trades changes what a snapshot of it shows, and nothing but late requests that of a follower
   * which was not read in this run: no order is sent for it before.
   */
  #urgentReads(world: World): Move[] {
    if (accountOf(world, LEADER).reading !== null)
      return [plain((next) => this.#actor.read(next, LEADER)), ...this.#trading(world)];
    const unread = world.core.facts.followers.findIndex(
      ({ confirmedMs }, index) => confirmedMs === 0 && accountOf(world, index + 1).reading !== null,
    );
    return unread < 0
      ? []
      : [plain((next) => this.#actor.read(next, unread + 1)), ...this.#lateArrivals(world)];
  }

  #deliveries(world: World): Move[] {
    const moves = sources(world).map((source) =>
      plain((next) => this.#actor.deliver(next, take(next, source))),
    );
    for (const [account, { reading }] of world.accounts.entries())
      if (reading !== null) moves.push(plain((next) => this.#actor.read(next, account)));
    return [...moves, ...this.#lateArrivals(world)];
  }

  #lateArrivals(world: World): Move[] {
    return [...world.held.keys()].map((place) => plain((next) => this.#arriveLate(next, place)));
  }

  /** Its sender was told that nobody knows, or is dead: nobody hears the answer. */
  #arriveLate(world: World, place: number): void {
    const [sent] = world.held.splice(place, 1);
    if (sent !== undefined) this.#actor.arrive(world, sent, 1);
  }

  #passing(world: World): Move[] {
    if (isUnderWay(world)) return [];
    if (this.isAtRest(world)) return [plain((next) => this.#actor.rest(next))];
    return [plain((next) => this.#actor.wait(next))];
  }

  #faults(world: World): Move[] {
    const moves: Move[] = [];
    for (const [account, { channel, reading }] of world.accounts.entries()) {
      if (channel.length > 0) moves.push(...this.#streamFaults(world, account));
      if (reading === null && !world.loose.some((told) => isSnapshotOf(told, account)))
        moves.push(fault("a snapshot is due just now", (next) => this.#actor.askByTimer(next, account)));
    }
    for (const [place, told] of world.loose.entries())
      if (told.kind === "snapshot" || told.kind === "not-found" || told.kind === "order")
        moves.push(fault("an answer is lost", (next) => void next.loose.splice(place, 1, failureOf(told))));
    return moves;
  }

  #streamFaults(world: World, account: Account): Move[] {
    const source = { account, place: 0 };
    const head = messageAt(world, source);
    const isRead = (head.kind === "leader-fill" || head.kind === "fill") && head.isRead === true;
    const isFollowed = accountOf(world, account).channel.length > 1 || this.#mayBeOvertaken(world, account);
    const later = (next: World): Message => {
      const told = take(next, source);
      next.loose.push(told);
      return told;
    };
    const doubled = fault("a message of the stream is doubled", (next) =>
      this.#actor.deliver(next, later(next)),
    );
    if (isRead) return [doubled];
    const lost = fault("a message of the stream is lost", (next) => {
      this.#actor.lose(next, take(next, source));
    });
    const overtaken = fault("a message of the stream is overtaken", (next) =>
      this.#actor.lose(next, later(next)),
    );
    return isFollowed ? [lost, doubled, overtaken] : [lost, doubled];
  }

  /** What follows the leader's message is not sent yet. */
  #mayBeOvertaken(world: World, account: Account): boolean {
    return account === LEADER && world.script < this.#steps;
  }

  #deaths(world: World): Move[] {
    const moves: Move[] = [];
    for (let steps = 0; steps <= this.#steps - world.script; steps += 1) moves.push(this.#death(steps));
    for (const source of sources(world)) {
      const told = messageAt(world, source);
      if (this.#actor.leadsToOrders(world, told))
        for (const arrives of [true, false])
          moves.push(
            death(`power cut, its orders ${arrives ? "arrive" : "are lost"}`, (next) =>
              this.#actor.deliverToTheDying(next, take(next, source), arrives),
            ),
          );
    }
    return moves;
  }

  #death(steps: number): Move {
    return death(`death, ${steps} steps of the leader meanwhile`, (next) => this.#actor.die(next, steps));
  }
}

const LEADERS_NEXT: Source = { account: LEADER, place: 0 };

interface Source {
  /** Null: one of the loose ones. */
  readonly account: Account | null;
  readonly place: number;
}

function sources(world: World): Source[] {
  const heads = world.accounts.flatMap(({ channel }, account) =>
    channel.length > 0 ? [{ account, place: 0 }] : [],
  );
  return [...heads, ...world.loose.map((_, place) => ({ account: null, place }))];
}

function messageAt(world: World, { account, place }: Source): Message {
  const told = (account === null ? world.loose : accountOf(world, account).channel)[place];
  if (told === undefined) throw new Error("nothing is there");
  return told;
}

function take(world: World, source: Source): Message {
  const told = messageAt(world, source);
  (source.account === null ? world.loose : accountOf(world, source.account).channel).splice(source.place, 1);
  return told;
}

function isSnapshotOf(told: Message, account: Account): boolean {
  return (told.kind === "snapshot" || told.kind === "snapshot-failed") && told.to === account;
}

function failureOf(told: Extract<Message, { readonly kind: "snapshot" | "not-found" | "order" }>): Message {
  const { to } = told;
  return told.kind === "snapshot"
    ? { kind: "snapshot-failed", to }
    : { kind: "look-up-failed", to, id: told.id };
}

function unknown({ to, id }: Request): Message {
  return { kind: "unknown", to, id };
}

function atDoor(act: (world: World, sent: Request) => void): Act {
  return (world) => {
    const sent = world.door.shift();
    if (sent !== undefined) act(world, sent);
  };
}

function plain(act: Act): Move {
  return { disturbs: null, act };
}

function fault(words: string, act: Act): Move {
  return {
    disturbs: words,
    act: (world) => {
      world.faults -= 1;
      act(world);
    },
  };
}

function death(words: string, act: Act): Move {
  return { disturbs: words, act };
}
