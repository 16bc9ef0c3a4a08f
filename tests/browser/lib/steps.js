// The steps of one way through the pages.
import { test } from "node:test";

/** Gives the word for a step of a way; once one has failed, those after it have nothing to stand on. */
export function way() {
  let broken = false;
  return (name, body) =>
    test(name, async (context) => {
      if (broken) return context.skip("an earlier step failed");
      broken = true;
      await body();
      broken = false;
    });
}
