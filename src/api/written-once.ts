/** Answers as text, by their schema: one that is shared by many who ask at the same moment is checked and written once. */
import { serializerCompiler } from "fastify-type-provider-zod";

type Compile = typeof serializerCompiler;

/** Answers are never changed after they were made; the text is forgotten with its answer. */
export const writtenOnce: Compile = (route) => {
  const write = serializerCompiler(route);
  const known = new WeakMap<object, string>();
  return (answer: unknown) => {
    if (typeof answer !== "object" || answer === null) return write(answer);
    const found = known.get(answer);
    if (found !== undefined) return found;
    const text = write(answer);
    known.set(answer, text);
    return text;
  };
};
