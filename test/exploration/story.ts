/** Messages and paths in words. */
import { LEADER, type Message } from "./world.ts";

export function messageWords(told: Message): string {
  switch (told.kind) {
    case "leader-fill":
      return `the core learns of the leader's fill ${told.step}`;
    case "leader-position":
      return `the core learns of the leader's position after fill ${told.step}`;
    case "fill":
      return `the core learns of a fill of ${told.id}: ${told.lots}`;
    case "order":
      return `the core learns that ${told.id} is ${told.order.status} with ${told.order.filled} filled`;
    case "position":
      return `the core learns that follower ${told.to} holds ${told.position.lots}`;
    case "accepted":
      return `the core hears that ${told.id} was accepted`;
    case "rejected":
      return `the core hears that ${told.id} was refused: ${told.class}`;
    case "unknown":
      return `the core hears that nobody knows what became of ${told.id}`;
    case "not-found":
      return `the core hears that the venue knows no ${told.id}`;
    case "described":
      return `the core hears the modes of follower ${told.to}'s market`;
    case "snapshot":
      return `the core gets a snapshot of ${told.to === LEADER ? "the leader" : `follower ${told.to}`}: ${told.position.lots}`;
    case "look-up-failed":
      return `the look-up of ${told.id} fails`;
    case "snapshot-failed":
      return `a snapshot of ${told.to === LEADER ? "the leader" : `follower ${told.to}`} fails`;
  }
}
