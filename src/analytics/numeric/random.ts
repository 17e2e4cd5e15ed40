/**
 * Pseudo-random numbers for resampling, from a seed: the same seed gives the same intervals. xoshiro128** of D. Blackman and
 * S. Vigna (2018), its state filled by splitmix32.
 */

/** A generator of numbers in [0, 1), 32 random bits each. */
export function seededRandom(seed: number): () => number {
  const state = new Uint32Array(4);
  let mixed = seed >>> 0;
  for (let index = 0; index < 4; index += 1) {
    mixed = (mixed + 0x9e37_79b9) >>> 0;
    let value = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    value = Math.imul(value ^ (value >>> 15), 0x735a_2d97);
    state[index] = value ^ (value >>> 15);
  }
  // Read by place: taken apart at once, the state would cost more than all the rest.
  return () => {
    const a = state[0] ?? 0;
    const b = state[1] ?? 0;
    const c = state[2] ?? 0;
    const d = state[3] ?? 0;
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    state[1] = b ^ third;
    state[0] = a ^ fourth;
    state[2] = third ^ (b << 9);
    state[3] = rotated(fourth, 11);
    return result / 4_294_967_296;
  };
}

/** A generator of its own for each name: what one draws changes nothing of what another one does. */
export function seededRandomOf(seed: number, name: string): () => number {
  return seededRandom(seed ^ hashOf(name));
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x0100_0193);
  }
  return hash >>> 0;
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
