/**
 * What a follower keeps in memory when its two streams are encrypted: the difference between many followers and few, so that
 * what the engine takes by itself is left out. Connecting and following only; nothing is traded.
 */
import { type CertificateFiles, makeCertificate } from "./certificate.ts";
import { World } from "./fan-out.ts";
import { median, rounded } from "./statistics.ts";

const FEW = 100;

export interface MemoryPlan {
  readonly followers: number;
  readonly rounds: number;
}

/** KiB of resident memory per follower; null when no certificate can be made here, or with too few followers to tell. */
export async function measureMemoryTls({ followers, rounds }: MemoryPlan): Promise<number | null> {
  const tls = followers < 2 * FEW ? null : makeCertificate();
  if (tls === null) return null;
  try {
    const perFollower: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const few = await residentKiB(FEW, tls);
      perFollower.push(((await residentKiB(followers, tls)) - few) / (followers - FEW));
    }
    return rounded(median(perFollower), 1);
  } finally {
    tls.remove();
  }
}

async function residentKiB(followers: number, tls: CertificateFiles): Promise<number> {
  const world = new World({ followers, path: "ws", tls });
  try {
    await world.start();
    return (await world.engine.call("memory", null)).resident;
  } finally {
    await world.end();
  }
}
