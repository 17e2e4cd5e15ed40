/** Answers as bytes, by their schema: one that is shared by many who ask at the same moment is checked and written once. */
import { serializerCompiler } from "fastify-type-provider-zod";

type Compile = typeof serializerCompiler;

/** Answers are never changed after they were made; the bytes are forgotten with their answer. */
export const writtenOnce: Compile = (route) => {
  const write = serializerCompiler(route);
  const known = new WeakMap<object, Buffer>();
  const written = (answer: object): Buffer => {
    const found = known.get(answer) ?? Buffer.from(write(answer));
    known.set(answer, found);
    return found;
  };
  // The framework sends bytes as they are, though its type says text.
  return (answer: unknown) =>
    typeof answer === "object" && answer !== null ? (written(answer) as unknown as string) : write(answer);
};

const made = new WeakMap<object, Map<string, unknown>>();

/** What is made of an answer that many share, once for all of them: `key` says everything that `make` depends on beside the answer. */
export function madeOnce<Made>(answer: object, key: string, make: () => Made): Made {
  const known = made.get(answer) ?? new Map<string, unknown>();
  made.set(answer, known);
  if (!known.has(key)) known.set(key, make());
  // Of one key there is one `make`.
  return known.get(key) as Made;
}
