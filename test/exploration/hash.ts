/** 64 bits of a text, as two whole numbers of 32 bits that are not 0. */
export interface Hash {
  readonly high: number;
  readonly low: number;
}

const START: Hash = { high: 0x811c9dc5, low: 0x2c1b3c6d };

/** `start` makes a text together with what was hashed before it. */
export function hashOf(text: string, start: Hash = START): Hash {
  let high = start.high | 0;
  let low = start.low | 0;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    high = Math.imul(high ^ code, 0x5bd1e995);
    high ^= high >>> 15;
    low = Math.imul(low ^ code, 0x1b873593);
    low ^= low >>> 13;
  }
  return { high: finished(high), low: finished(low) };
}

/** The finalizer of MurmurHash3. */
function finished(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16) || 1;
}
